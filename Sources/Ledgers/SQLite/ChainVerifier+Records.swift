internal import Crypto
internal import Domain

/// The leaves of what the tables hold, and whether rows that have no leaf of their own fit those that do.
extension ChainVerifier {
    func readEvents(
        upTo last: EventID, into records: inout [ChainRecord]
    ) throws(SQLiteError) {
        let found: [(EventID, Int64)] = try selectEvents.all({
            $0.add(lastEvent)
            $0.add(last)
        }) { row in
            (row.id(0), row.int(1))
        }
        for (id, fanout) in found {
            guard case .event((let event, let conflictsWith)) = try events.event(id) else { continue }
            let removed = try removal(of: id)
            if let removed {
                if try !isAllowed(removed, of: id) || !event.body.isEmpty { note(.body(id)) }
            } else if sha256.hash(event.body.buffer) != event.bodyDigest {
                note(.body(id))
            }
            let endpoints = try endpoints(of: id, fanout: fanout)
            let route = try directory.routeName(event.route) ?? .empty
            let leaf = form.event(
                event, id: id, route: route, conflictsWith: conflictsWith, endpoints: endpoints,
                bodyBytes: removed?.bytes, sha256: &sha256)
            records.append(ChainRecord(kind: .event(id), leaf: leaf))
        }
        let stray = try selectStray.first({
            $0.add(lastEvent)
            $0.add(last)
        }) { $0.delivery(0) }
        if let stray { note(.delivery(stray, .inserted)) }
    }

    /// Of each delivery the event was accepted with; checks the deliveries on the way.
    private func endpoints(of id: EventID, fanout: Int64) throws(SQLiteError) -> [Digest256] {
        struct Delivery {
            let id: DeliveryID
            let endpoint: EndpointID
            let isSound: Bool
            let madeBy: Int64
            let replayOf: Int32
        }
        var deliveries: [Delivery] = []
        try selectDeliveries.forEach({ $0.add(id) }) { row in
            let last = row.isNull(7) ? nil : (number: row.int(7), isOK: row.uint8(8) == Outcome.ok.rawValue)
            let isOwn = last == nil || row.int(9) == row.int(0) && row.int(10) == row.int(1)
            let isDelivered = row.state(5) == .delivered
            let isSound =
                row.int(3) == row.int(4) && row.int(6) == last?.number ?? 0 && isOwn
                && isDelivered == (last?.isOK ?? false)
            deliveries.append(
                Delivery(
                    id: row.delivery(0), endpoint: row.id(2), isSound: isSound, madeBy: row.int(11),
                    replayOf: row.int32(12)))
            return true
        }
        var endpoints: [Digest256] = []
        for (index, delivery) in deliveries.enumerated() {
            let expected = DeliveryID(event: id, ordinal: Int32(index) + 1)
            if delivery.id != expected { note(.delivery(expected, .missing)) }
            let digest = try directory.endpoint(delivery.endpoint, sha256: &sha256)?.digest ?? .zero
            if index < fanout {
                endpoints.append(digest)
                if delivery.madeBy != 0 || delivery.replayOf != 0 { note(.delivery(delivery.id, .altered)) }
            } else {
                let made = TouchedDelivery(id: delivery.id, replayOf: delivery.replayOf, endpoint: digest)
                if try !touched(by: delivery.madeBy).contains(made) { note(.delivery(delivery.id, .inserted)) }
            }
            if !delivery.isSound { note(.delivery(delivery.id, .altered)) }
        }
        if endpoints.count < fanout {
            note(.delivery(DeliveryID(event: id, ordinal: Int32(endpoints.count) + 1), .missing))
        }
        return endpoints
    }

    /// What an action says of itself; its leaf is compared when its batch is reached.
    private func touched(by action: Int64) throws(SQLiteError) -> [TouchedDelivery] {
        try selectDeliveriesOfAction.first({ $0.add(action) }) { TouchedDelivery.decode($0.buffer(0)) } ?? []
    }

    func readActions(
        upTo last: Int64, into records: inout [ChainRecord]
    ) throws(SQLiteError) {
        let found = try selectActions.all({
            $0.add(lastAction)
            $0.add(last)
        }) { row in
            row.action()
        }
        for action in found {
            records.append(ChainRecord(kind: .action(action.id), leaf: form.action(action, sha256: &sha256)))
            guard action.kind == .replay else { continue }
            for made in TouchedDelivery.decode(action.deliveries.buffer) {
                // The event, and its deliveries with it, may have been removed since.
                if made.id.event <= removedEvents.event { continue }
                let maker = try selectMadeBy.first({ $0.add(made.id) }) { $0.int(0) }
                if maker != action.id { note(.delivery(made.id, maker == nil ? .missing : .altered)) }
            }
        }
    }

    func readAttempts(
        upTo last: Int64, into records: inout [ChainRecord]
    ) throws(SQLiteError) {
        try selectAttempts.forEach({
            $0.add(lastAttempt)
            $0.add(last)
        }) { row in
            let (found, previous) = row.attempt()
            let leaf = form.attempt(
                found.attempt, id: found.id, of: found.delivery, previous: previous, sha256: &sha256)
            records.append(ChainRecord(kind: .attempt(found.id, found.delivery), leaf: leaf))
            if row.isNull(15) {
                // Of an event that retention removed; this attempt is of a later batch.
                if found.delivery.event > removedEvents.event { note(.delivery(found.delivery, .missing)) }
            } else if row.int32(15) < found.attempt.number {
                note(.delivery(found.delivery, .altered))
            }
            return true
        }
    }

    // MARK: What was removed

    struct Removal {
        let bytes: Int64
        let action: Int64
    }

    private func removal(of id: EventID) throws(SQLiteError) -> Removal? {
        try selectRemoved.first({ $0.add(id) }) { Removal(bytes: $0.int(0), action: $0.int(1)) }
    }

    /// By retention within what it announced, or by an operator whose action says so.
    private func isAllowed(_ removed: Removal, of id: EventID) throws(SQLiteError) -> Bool {
        guard removed.action != 0 else {
            report.bodiesRemoved += 1
            return id <= removedBodies.event
        }
        let action = try selectAction.first({ $0.add(removed.action) }) { $0.action() }
        guard let action, action.kind == .redact, action.target == id.text else { return false }
        report.redactions.append(
            ChainReport.Redaction(event: id, at: action.at, actor: action.actor, reason: action.reason))
        return true
    }

    // MARK: Faults

    func note(_ fault: ChainFault) { report.fault = report.fault ?? fault }

    /// A record that does not match its leaf tells more than what was noted on the way, unless that says why it does not.
    func conclude(_ fault: ChainFault) {
        switch (fault, report.fault) {
        case (.event(let id, .altered), .delivery(let delivery, _)) where delivery.event == id: break
        case (.event(let id, .altered), .body(let other)) where other == id: break
        default: report.fault = fault
        }
    }
}
