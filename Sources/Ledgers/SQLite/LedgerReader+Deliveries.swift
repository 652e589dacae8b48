package import Domain

extension LedgerReader {
    /// - Parameter after: the `next` of the page before; nil for the first.
    package func deliveries(
        _ query: DeliveryQuery, after: DeliveryID?, limit: Int
    ) throws(LedgerError) -> Page<DeliveryRow, DeliveryID> {
        try search { () throws(SQLiteError) in
            let names = try directory.names()
            let found = try find(query, after: after, limit: limit, names)
            var rows: [DeliveryRow] = []
            for id in found.ids { if let row = try deliveryRow(id, names) { rows.append(row) } }
            return Page(rows: rows, next: found.next, index: isIndexNeeded ? indexUse : nil)
        }
    }

    func find(
        _ query: DeliveryQuery, after: DeliveryID?, limit: Int, _ names: ReaderDirectory.Names
    ) throws(SQLiteError) -> (ids: [DeliveryID], next: DeliveryID?) {
        let judge = DeliveryJudge(query, names, self)
        let bounds = query.events ?? []
        let end = DeliveryID(event: query.until.map { .first(at: $0) } ?? EventID(.max), ordinal: 0)
        let last = bounds.max().map { DeliveryID(event: $0, ordinal: .max) } ?? end
        let until = min(after ?? end, end, last)
        let since = max(query.since.map { EventID.first(at: $0) } ?? EventID(0), bounds.min() ?? EventID(0))
        let matches = { (row: borrowing Row) in (id: row.delivery(0), isWanted: judge.wants(row)) }
        let bind = { (values: inout Values) in
            values.add(until)
            values.add(since)
        }
        let found = try find(query, limit: limit, until: until, since: since, names, bind, matches)
        if let failure = judge.failure { throw failure }
        return found
    }

    private func find(
        _ query: DeliveryQuery, limit: Int, until: DeliveryID, since: EventID, _ names: ReaderDirectory.Names,
        _ bind: (inout Values) -> Void, _ matches: (borrowing Row) -> (id: DeliveryID, isWanted: Bool)
    ) throws(SQLiteError) -> (ids: [DeliveryID], next: DeliveryID?) {
        let isPending = query.state == .pending || query.state == .held
        if isPending, query.containing == nil, try directory.pending() <= Self.fewPending {
            return try findPending(until: until, since: since, limit: limit, matches)
        }
        // The ledger's own index has the dead ones, of all alike.
        let isIndexed = query.state == .dead && query.isOnlyByState
        if !isIndexed,
            let found = try findByIndex(query, from: since, before: until, limit: limit, names, matches)
        {
            return found
        }
        // Bodies take their time.
        let stride = query.containing == nil ? 256 : 1
        if query.state == .dead { return try scan(limit: limit, stride: stride, bind, scanDead, matches) }
        return try scan(limit: limit, stride: stride, bind, scanDeliveries, matches)
    }

    /// Up to here all that is pending is read and sorted: it may be little among much that is settled. Beyond, a search
    /// through all deliveries meets it soon enough.
    private static var fewPending: Int64 { 10_000 }

    private func findPending(
        until: DeliveryID, since: EventID, limit: Int, _ matches: (borrowing Row) -> (id: DeliveryID, isWanted: Bool)
    ) throws(SQLiteError) -> (ids: [DeliveryID], next: DeliveryID?) {
        var found: [DeliveryID] = []
        try selectPending.forEach { row in
            let (id, isWanted) = matches(row)
            if isWanted, id < until, id.event >= since { found.append(id) }
            return true
        }
        found.sort(by: >)
        let limit = Self.clamp(limit)
        return (Array(found.prefix(limit)), found.count > limit ? found[limit - 1] : nil)
    }

    /// With its attempts; nil when there is no such delivery.
    package func delivery(_ id: DeliveryID) throws(LedgerError) -> DeliveryDetail? {
        try snapshot { () throws(SQLiteError) in
            guard let row = try deliveryRow(id, try directory.names()) else { return nil }
            return DeliveryDetail(row: row, attempts: try attempts(endingWith: row.lastAttempt))
        }
    }

    /// In the order they were made; empty when there is no such delivery.
    package func attempts(of id: DeliveryID) throws(LedgerError) -> [AttemptRow] { try delivery(id)?.attempts ?? [] }

    /// Has subscribers read as paused, for the reasons that are given, which a running gateway holds by their configuration:
    /// of that the ledger knows nothing.
    package func hold(_ subscribers: [SubscriberID: String]) { directory.held = subscribers }

    /// All that were ever registered, with their counts.
    package func subscribers() throws(LedgerError) -> [SubscriberRow] {
        try snapshot { () throws(SQLiteError) in try directory.subscriberRows() }
    }
}
