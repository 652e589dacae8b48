package import Domain

extension LedgerReader {
    /// - Parameter after: the `next` of the page before; nil for the first.
    package func events(
        _ query: EventQuery, after: EventID?, limit: Int
    ) throws(LedgerError) -> Page<EventRow, EventID> {
        try snapshot { () throws(SQLiteError) in
            let names = try directory.names()
            let found = try find(query, after: after, limit: limit, names)
            var rows: [EventRow] = []
            for id in found.ids { if let row = try eventRow(id, names) { rows.append(row) } }
            return Page(rows: rows, next: found.next)
        }
    }

    private func find(
        _ query: EventQuery, after: EventID?, limit: Int, _ names: ReaderDirectory.Names
    ) throws(SQLiteError) -> (ids: [EventID], next: EventID?) {
        let until = min(after ?? EventID(.max), query.until.map { .first(at: $0) } ?? EventID(.max))
        let since = query.since.map { EventID.first(at: $0) } ?? EventID(0)
        let routes = names.routes(named: query.route, within: query.within)
        if after == nil, let providerID = query.providerID {
            let recent = try directory.recent(providerID, routes: routes).filter { $0 >= since && $0 < until }
                .prefix(Self.clamp(limit))
            // Older ones are behind the newest that the search for duplicates knows of.
            if let last = recent.last { return (Array(recent), last) }
        }
        return try scan(
            limit: limit,
            {
                $0.add(until)
                $0.add(since)
            }, scanEvents
        ) { row in
            let isWanted =
                routes.contains(row.id(1)) && query.types.matches(row.buffer(2))
                && (query.providerID.map { !row.isNull(3) && $0.buffer.elementsEqual(row.buffer(3)) } ?? true)
            return (row.id(0), isWanted)
        }
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
