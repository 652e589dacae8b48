package import Domain

/// What was refused.
extension LedgerReader {
    /// Newest first. What was kept is bounded, and so is every search of it.
    ///
    /// - Parameter after: the `next` of the page before; nil for the first.
    package func quarantine(
        _ query: QuarantineQuery, after: QuarantineID?, limit: Int
    ) throws(LedgerError) -> Page<QuarantineRow, QuarantineID> {
        try snapshot { () throws(SQLiteError) in
            let names = try directory.names()
            var rows: [QuarantineRow] = []
            let found = try scan(limit: limit, { self.bind(query, after: after, &$0) }, scanQuarantine) { row in
                let one = row.quarantined(names)
                let isWanted = Self.wants(one, query)
                if isWanted { rows.append(one) }
                return (one.id, isWanted)
            }
            return Page(rows: rows, next: found.next)
        }
    }

    /// With everything that a verifier needs, oldest first.
    ///
    /// - Parameters:
    ///   - after: the last one of the part before; nil for the first.
    ///   - bytes: of their bodies, about; one comes however large it is.
    package func refused(
        _ query: QuarantineQuery, after: QuarantineID?, limit: Int, bytes: Int
    ) throws(LedgerError) -> Page<QuarantineDetail, QuarantineID> {
        try snapshot { () throws(SQLiteError) in
            let names = try directory.names()
            if let ids = query.ids {
                let later = ids.filter { $0 > after ?? QuarantineID(0) }.sorted()
                return try refused(later, within: query.within, limit: limit, bytes: bytes, names)
            }
            var left = bytes
            var rows: [QuarantineDetail] = []
            let deadline = clock.monotonic() + Self.patience
            var (next, seen): (QuarantineID?, Int) = (nil, 0)
            let since = query.since.map { QuarantineID.first(at: $0) } ?? QuarantineID(0)
            try scanOldestQuarantined.forEach({
                $0.add(max(after ?? QuarantineID(0), QuarantineID(since.raw - 1)))
                $0.add(query.until.map { QuarantineID.first(at: $0) } ?? QuarantineID(.max))
            }) { row in
                let one = row.quarantined(names)
                if Self.wants(one, query) {
                    let detail = row.quarantineDetail(names)
                    left -= detail.weight
                    rows.append(detail)
                }
                seen += 1
                let isLate = seen % 64 == 0 && self.clock.monotonic() >= deadline
                next = rows.count == limit || left <= 0 || isLate ? one.id : nil
                return next == nil
            }
            return Page(rows: rows, next: next)
        }
    }

    private func refused(
        _ ids: [QuarantineID], within routes: Set<String>?, limit: Int, bytes: Int, _ names: ReaderDirectory.Names
    ) throws(SQLiteError) -> Page<QuarantineDetail, QuarantineID> {
        var left = bytes
        var rows: [QuarantineDetail] = []
        for id in ids {
            guard let found = try selectQuarantined.first({ $0.add(id) }, { $0.quarantineDetail(names) }),
                routes?.contains(found.row.route) ?? true
            else { continue }
            left -= found.weight
            rows.append(found)
            if rows.count == limit || left <= 0, id != ids.last { return Page(rows: rows, next: id) }
        }
        return Page(rows: rows, next: nil)
    }

    /// Those of these that are there, and of these routes. Their bodies are not read.
    package func quarantined(
        _ ids: [QuarantineID], within routes: Set<String>
    ) throws(LedgerError) -> [QuarantineID] {
        try snapshot { () throws(SQLiteError) in
            let wanted = try directory.names().routes(named: nil, within: routes)
            let select = try Statement("SELECT route FROM quarantine WHERE id = ?", on: database)
            var found: [QuarantineID] = []
            for id in ids {
                let route: RouteID? = try select.first({ $0.add(id) }) { $0.id(0) }
                if let route, wanted.contains(route) { found.append(id) }
            }
            return found
        }
    }

    package func refused(_ id: QuarantineID) throws(LedgerError) -> QuarantineDetail? {
        try snapshot { () throws(SQLiteError) in
            let names = try directory.names()
            return try selectQuarantined.first({ $0.add(id) }) { $0.quarantineDetail(names) }
        }
    }

    private func bind(_ query: QuarantineQuery, after: QuarantineID?, _ values: inout Values) {
        let until = query.until.map { QuarantineID.first(at: $0) } ?? QuarantineID(.max)
        values.add(min(after ?? QuarantineID(.max), until))
        values.add(query.since.map { QuarantineID.first(at: $0) } ?? QuarantineID(0))
    }

    private static func wants(_ row: QuarantineRow, _ query: QuarantineQuery) -> Bool {
        (query.route.map { $0 == row.route } ?? true) && (query.within?.contains(row.route) ?? true)
            && (query.reason.map { $0 == row.reason } ?? true)
            && (query.source.map { $0.contains(row.source) } ?? true)
    }
}

extension QuarantineDetail {
    /// Bytes of it in memory, about.
    fileprivate var weight: Int { request.weight + (hidden.box?.box.count ?? 0) }
}

extension Row {
    /// id, route, received_at, reason, source, method, path, body_bytes, body IS NULL, …
    fileprivate func quarantined(_ names: ReaderDirectory.Names) -> QuarantineRow {
        QuarantineRow(
            id: id(0), route: names.routeNames[id(1)] ?? "", receivedAt: time(2),
            source: addressIfAny(4) ?? .unspecified,
            reason: text(3), method: bytes(5), path: bytes(6), bodyBytes: intIfAny(7).map { Int($0) },
            hasBody: int(8) == 0)
    }

    /// … headers, has_query, hidden_fields, key_id, box, body
    fileprivate func quarantineDetail(_ names: ReaderDirectory.Names) -> QuarantineDetail {
        let row = quarantined(names)
        return QuarantineDetail(
            row: row,
            request: RefusedRequest(
                route: id(1), receivedAt: row.receivedAt, source: row.source, reason: row.reason, method: row.method,
                path: row.path, headers: bytes(9),
                hidden: .nothing, body: bytesIfAny(14), bodyBytes: row.bodyBytes),
            hidden: HiddenParts(
                hasQuery: int(10) != 0, fields: text(11).split(separator: ",").map(String.init),
                box: textIfAny(12).map { SealedBytes(keyID: $0, box: Array(buffer(13))) }))
    }
}
