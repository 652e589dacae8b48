package import Domain

extension LedgerReader {
    /// Counts what became of a window's events, until the window or the reader's patience ends.
    ///
    /// - Parameters:
    ///   - within: the only routes that whoever asks may see; nil for all.
    ///   - until: exclusive.
    ///   - after: the `next` of the part before; nil for the first.
    package func reconcile(
        route: String?, within: Set<String>? = nil, since: WallTime?, until: WallTime, after: EventID?
    ) throws(LedgerError) -> Reconciliation {
        try snapshot { () throws(SQLiteError) in
            let names = try directory.names()
            let counting = ReconciliationCount(
                self, names, routes: names.routes(named: route, within: within),
                removedUntil: after == nil ? try removedUntil() : nil)
            // In the first part, once.
            if after == nil { try counting.addTallies(since: since, until: until) }
            let first = since.map { EventID(EventID.first(at: $0).raw - 1) } ?? EventID(0)
            return try counting.run(from: max(after ?? first, first), until: .first(at: until))
        }
    }
}

extension LedgerReader {
    /// As retention announced it: what is not sent yet stays, so that its own place tells less.
    private func removedUntil() throws(SQLiteError) -> WallTime? {
        guard let announced = try RetentionTarget.announced(.removeEvents, database) else { return nil }
        return try BatchSearch(database).ends(before: announced.batch + 1).event.time
    }
}

private final class ReconciliationCount {
    private let reader: LedgerReader
    private let names: ReaderDirectory.Names
    private let routes: Set<RouteID>
    private var result = Reconciliation()
    private var failure: SQLiteError?

    init(_ reader: LedgerReader, _ names: ReaderDirectory.Names, routes: Set<RouteID>, removedUntil: WallTime?) {
        result.removedUntil = removedUntil
        self.reader = reader
        self.names = names
        self.routes = routes
    }

    /// Of every hour that the window touches.
    func addTallies(since: WallTime?, until: WallTime) throws(SQLiteError) {
        try reader.scanTallies.forEach({
            $0.add(since.map { TallyTable.hour(of: $0) } ?? 0)
            $0.add(TallyTable.hour(of: WallTime(microseconds: until.microseconds - 1)))
        }) { row in
            let name = self.names.routeNames[row.id(0)] ?? ""
            guard self.routes.contains(row.id(0)) else { return true }
            let (filtered, duplicates) = (row.int(2), row.int(3))
            guard row.int(1) != 0 else {
                self.result.routes[name, default: .init()].duplicates += duplicates
                return true
            }
            let place = Reconciliation.Place(route: name, subscriber: self.names.subscribers[row.id(1)]?.name ?? "")
            self.result.subscribers[place, default: .init()].filtered += filtered
            self.result.subscribers[place, default: .init()].duplicates += duplicates
            self.result.subscribers[place, default: .init()].received += filtered + duplicates
            return true
        }
    }

    func run(from start: EventID, until end: EventID) throws(SQLiteError) -> Reconciliation {
        let deadline = reader.clock.monotonic() + LedgerReader.patience
        var seen = 0
        try reader.scanWindow.forEach({
            $0.add(start)
            $0.add(end)
        }) { row in
            if self.routes.contains(row.id(1)) {
                let name = self.names.routeNames[row.id(1)] ?? ""
                self.count(row.id(0), fanout: row.int32(2), isConflict: !row.isNull(3), of: name)
            }
            seen += 1
            let isLate = seen % 256 == 0 && self.reader.clock.monotonic() >= deadline
            if isLate { self.result.next = row.id(0) }
            return !isLate && self.failure == nil
        }
        if let failure { throw failure }
        return result
    }

    private func count(_ event: EventID, fanout: Int32, isConflict: Bool, of route: String) {
        result.routes[route, default: .init()].events += 1
        result.routes[route, default: .init()].expected += Int64(fanout)
        if fanout == 0 { result.routes[route, default: .init()].unmatched += 1 }
        if isConflict { result.routes[route, default: .init()].conflicts += 1 }
        var fates: [SubscriberID: Fate] = [:]
        do throws(SQLiteError) {
            try reader.selectFates.forEach({ $0.add(event) }) { row in
                fates[row.id(1), default: Fate()].add(
                    state: row.int(2), closure: Closure(rawValue: row.uint8(3)), isReplay: row.int32(0) > fanout)
                return true
            }
        } catch { failure = error }
        for (id, fate) in fates {
            let subscriber = names.subscribers[id]
            let place = Reconciliation.Place(route: route, subscriber: subscriber?.name ?? "")
            fate.enter(&result.subscribers[place, default: .init()], isHeld: subscriber?.isHeld ?? false)
        }
    }

    /// Of one event at one subscriber.
    private struct Fate {
        private var isAccepted = false
        private var isDelivered = false
        private var isPending = false
        /// As stored: a state that there is not is counted nowhere, so that the sum shows it.
        private var latest: (state: Int64, closure: Closure?) = (-1, nil)
        private var replays: Int64 = 0

        mutating func add(state: Int64, closure: Closure?, isReplay: Bool) {
            if isReplay { replays += 1 } else { isAccepted = true }
            if state == Int64(DeliveryState.delivered.rawValue) { isDelivered = true }
            if state == Int64(DeliveryState.pending.rawValue) { isPending = true }
            latest = (state, closure)
        }

        func enter(_ counts: inout Reconciliation.Subscriber, isHeld: Bool) {
            counts.replays += replays
            if isAccepted { counts.received += 1 }
            switch (isDelivered, isPending, latest.closure) {
            case (true, _, _): counts.delivered += 1
            case (false, true, _): if isHeld { counts.held += 1 } else { counts.pending += 1 }
            case (false, false, .discarded?): counts.discarded += 1
            case (false, false, .cancelled?): counts.cancelled += 1
            case (false, false, nil):
                if latest.state == Int64(DeliveryState.dead.rawValue) { counts.dead += 1 }
            }
        }
    }
}
