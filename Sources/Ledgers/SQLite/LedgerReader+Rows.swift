internal import Domain

/// From what the tables hold to what is shown.
extension LedgerReader {
    func eventRow(_ id: EventID, _ names: ReaderDirectory.Names) throws(SQLiteError) -> EventRow? {
        var deliveries: [DeliveryState: Int] = [:]
        try selectDeliveriesOfEvent.forEach({ $0.add(id) }) { row in
            deliveries[names.shown(row.state(2), of: row.id(1)), default: 0] += 1
            return true
        }
        let release = try selectRelease.first({ $0.add(id) }) { row in
            ReleaseRow(action: row.int(0), at: row.time(1), actor: row.text(2), reason: row.text(3))
        }
        let removal = try selectRemoval.first({ $0.add(id) }) { row in
            let redaction = row.intIfAny(1).map {
                Removal.Redaction(at: WallTime(microseconds: $0), actor: row.text(2), reason: row.text(3))
            }
            return (bytes: row.int(0), removal: Removal(redaction: redaction))
        }
        return try selectEvent.first({ $0.add(id) }) { row in
            EventRow(
                id: id, route: names.routeNames[row.id(0)] ?? "", receivedAt: row.time(1),
                source: row.addressIfAny(2) ?? .unspecified, providerID: row.bytesIfAny(3), type: row.bytesIfAny(4),
                bodyBytes: Int(removal?.bytes ?? row.int(5)), bodyDigest: row.digest(6),
                coverage: Coverage(rawValue: row.uint8(7)) ?? .none, provenBy: row.text(8),
                conflictsWith: row.intIfAny(9).map { EventID($0) }, release: release, deliveries: deliveries,
                removal: removal?.removal)
        }
    }

    func deliveryRow(_ id: DeliveryID, _ names: ReaderDirectory.Names) throws(SQLiteError) -> DeliveryRow? {
        struct Stored {
            let subscriber: SubscriberID
            let endpoint: EndpointID
            let state: DeliveryState
            let attempts: Int32
            let lastAttempt: Int64?
            let dueAt: WallTime?
            let isClaimed: Bool
            let closure: Closure?
            let replayOf: DeliveryID?
        }
        let stored = try selectDelivery.first({ $0.add(id) }) { row in
            Stored(
                subscriber: row.id(0), endpoint: row.id(1), state: row.state(2), attempts: row.int32(3),
                lastAttempt: row.intIfAny(4), dueAt: row.intIfAny(5).map { WallTime(microseconds: $0) },
                isClaimed: row.int(6) != 0, closure: Closure(rawValue: row.uint8(7)),
                replayOf: row.replay(of: id.event, 8))
        }
        guard let stored else { return nil }
        let event = try selectEvent.first({ $0.add(id.event) }) { (receivedAt: $0.time(1), type: $0.bytesIfAny(4)) }
        var lastAttempt: AttemptRow?
        if let number = stored.lastAttempt { lastAttempt = try attempt(number)?.row }
        let subscriber = names.subscribers[stored.subscriber]
        return DeliveryRow(
            id: id, route: subscriber?.route ?? "", subscriber: subscriber?.name ?? "",
            url: try directory.url(stored.endpoint) ?? "", eventType: event?.type,
            receivedAt: event?.receivedAt ?? id.event.time, state: names.shown(stored.state, of: stored.subscriber),
            attempts: stored.attempts, dueAt: stored.dueAt, isClaimed: stored.isClaimed, lastAttempt: lastAttempt,
            closure: stored.closure, replayOf: stored.replayOf)
    }

    func attempt(_ id: Int64) throws(SQLiteError) -> (row: AttemptRow, previous: Int64?)? {
        try selectAttempt.first({ $0.add(id) }) { $0.attempt() }
    }

    /// Back along the links, then turned round.
    func attempts(endingWith last: AttemptRow?) throws(SQLiteError) -> [AttemptRow] {
        var attempts: [AttemptRow] = []
        var next = last?.id
        while let id = next, let (row, previous) = try attempt(id) {
            attempts.append(row)
            // A link that leads forward is not ours, and might lead in a circle.
            next = previous.flatMap { $0 < id ? $0 : nil }
        }
        return attempts.reversed()
    }
}

extension Row {
    func state(_ column: Int32) -> DeliveryState { DeliveryState(rawValue: uint8(column)) ?? .pending }

    /// From all columns of `attempts`, in the order of the schema.
    func attempt() -> (row: AttemptRow, previous: Int64?) {
        let attempt = Attempt(
            number: int32(3), startedAt: time(5), took: TimeSpan(microseconds: int(6)),
            outcome: Outcome(rawValue: uint8(7)) ?? .unknown, status: int32(8), address: addressIfAny(13),
            phases: Attempt.Phases(
                resolved: uint32(9), connected: uint32(10), secured: uint32(11), firstByte: uint32(12)),
            response: bytes(14))
        return (AttemptRow(id: int(0), delivery: delivery(1), attempt: attempt), intIfAny(4))
    }
}
