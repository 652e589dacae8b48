package import Domain

extension LedgerReader {
    /// - Parameter after: the `next` of the page before; nil for the first.
    package func events(
        _ query: EventQuery, after: EventID?, limit: Int
    ) throws(LedgerError) -> Page<EventRow, EventID> {
        try search { () throws(SQLiteError) in
            let names = try directory.names()
            let found = try find(query, after: after, limit: limit, names)
            var rows: [EventRow] = []
            for id in found.ids { if let row = try eventRow(id, names) { rows.append(row) } }
            return Page(rows: rows, next: found.next, index: isIndexNeeded ? indexUse : nil)
        }
    }

    private func find(
        _ query: EventQuery, after: EventID?, limit: Int, _ names: ReaderDirectory.Names
    ) throws(SQLiteError) -> (ids: [EventID], next: EventID?) {
        if let delivery = query.delivery {
            return try find(query, having: delivery, after: after, limit: limit, names)
        }
        let until = min(after ?? EventID(.max), query.until.map { .first(at: $0) } ?? EventID(.max))
        let since = query.since.map { EventID.first(at: $0) } ?? EventID(0)
        let routes = names.routes(named: query.route, within: query.within)
        return try find(query, from: since, before: until, limit: limit, routes: routes)
    }

    /// - Parameter row: id, route, type, provider's id, source, …
    static func wants(_ row: borrowing Row, _ query: EventQuery, _ routes: Set<RouteID>) -> Bool {
        routes.contains(row.id(1)) && query.types.matches(row.buffer(2))
            && (query.providerID.map { !row.isNull(3) && $0.buffer.elementsEqual(row.buffer(3)) } ?? true)
            && (query.source.map { row.addressIfAny(4).map($0.contains) ?? false } ?? true)
    }

    /// Events by what became of them: their deliveries are searched, and each event is found once.
    private func find(
        _ query: EventQuery, having delivery: DeliveryQuery, after: EventID?, limit: Int,
        _ names: ReaderDirectory.Names
    ) throws(SQLiteError) -> (ids: [EventID], next: EventID?) {
        var wanted = delivery
        (wanted.route, wanted.type) = (query.route, query.types.globs.first)
        (wanted.since, wanted.until, wanted.within) = (query.since, query.until, query.within)
        (wanted.providerID, wanted.source, wanted.containing) = (query.providerID, query.source, query.containing)
        let found = try find(wanted, after: after.map { DeliveryID(event: $0, ordinal: 0) }, limit: limit, names)
        var events: [EventID] = []
        for id in found.ids where events.last != id.event { events.append(id.event) }
        // The search may have stopped within an event: that one is searched to its end, and the next page goes on behind it.
        if let last = found.next?.event, events.last != last, try has(wanted, last, names) { events.append(last) }
        return (events, found.next?.event)
    }

    /// Whether one of an event's deliveries is wanted.
    private func has(
        _ wanted: DeliveryQuery, _ event: EventID, _ names: ReaderDirectory.Names
    ) throws(SQLiteError) -> Bool {
        let judge = DeliveryJudge(wanted, names, self)
        var isFound = false
        try scanDeliveries.forEach({
            $0.add(DeliveryID(event: EventID(event.raw + 1), ordinal: 0))
            $0.add(event)
        }) { row in
            isFound = judge.wants(row)
            return !isFound
        }
        if let failure = judge.failure { throw failure }
        return isFound
    }

    /// Whole, with its body; nil when there is no such event.
    package func event(_ id: EventID) throws(LedgerError) -> EventDetail? {
        try snapshot { () throws(SQLiteError) in try detail(id, try directory.names()) }
    }

    func detail(_ id: EventID, _ names: ReaderDirectory.Names) throws(SQLiteError) -> EventDetail? {
        guard let row = try eventRow(id, names) else { return nil }
        let content = try selectBody.first({ $0.add(id) }) { ($0.bytes(0), $0.bytes(1)) }
        guard let (headers, body) = content else { return nil }
        var ordinals: [Int32] = []
        try selectDeliveriesOfEvent.forEach({ $0.add(id) }) {
            ordinals.append($0.int32(0))
            return true
        }
        var deliveries: [DeliveryRow] = []
        for ordinal in ordinals {
            if let row = try deliveryRow(DeliveryID(event: id, ordinal: ordinal), names) { deliveries.append(row) }
        }
        return EventDetail(row: row, headers: headers, body: body, deliveries: deliveries)
    }
}
