package import Domain

/// Rows in the order in which they were stored, a few at a time: each page is a transaction of its own, so that no export keeps
/// the log from being written back.
extension LedgerReader {
    /// Of one page: an event may be as large as all others together.
    private static var pageRows: Int64 { 500 }
    private static var pageBytes: Int { 4 << 20 }

    /// - Parameter withContent: also headers and bodies.
    package func exportEvents(
        after: EventID, until: EventID, withContent: Bool
    ) throws(LedgerError) -> [(row: EventRow, content: (headers: Bytes, body: Bytes)?)] {
        try snapshot { () throws(SQLiteError) in
            let names = try directory.names()
            var ids: [EventID] = []
            try Statement("SELECT id FROM events WHERE id > ? AND id < ? ORDER BY id LIMIT ?", on: database).forEach({
                $0.add(after)
                $0.add(until)
                $0.add(Self.pageRows)
            }) {
                ids.append($0.id(0))
                return true
            }
            var (found, bytes): ([(EventRow, (headers: Bytes, body: Bytes)?)], Int) = ([], 0)
            for id in ids where bytes < Self.pageBytes {
                guard let row = try eventRow(id, names) else { continue }
                var content: (headers: Bytes, body: Bytes)?
                if withContent { content = try selectBody.first({ $0.add(id) }) { ($0.bytes(0), $0.bytes(1)) } }
                bytes += (content?.headers.count ?? 0) + (content?.body.count ?? 0)
                found.append((row, content))
            }
            return found
        }
    }

    package func exportDeliveries(after: DeliveryID, until: EventID) throws(LedgerError) -> [DeliveryRow] {
        try snapshot { () throws(SQLiteError) in
            let names = try directory.names()
            var ids: [DeliveryID] = []
            try Statement(
                """
                SELECT event, ordinal FROM deliveries WHERE (event, ordinal) > (?, ?) AND event < ?
                ORDER BY event, ordinal LIMIT ?
                """, on: database
            ).forEach({
                $0.add(after)
                $0.add(until)
                $0.add(Self.pageRows)
            }) {
                ids.append($0.delivery(0))
                return true
            }
            var rows: [DeliveryRow] = []
            for id in ids { if let row = try deliveryRow(id, names) { rows.append(row) } }
            return rows
        }
    }

    package func exportAttempts(after: Int64) throws(LedgerError) -> [AttemptRow] {
        try snapshot { () throws(SQLiteError) in
            var rows: [AttemptRow] = []
            try Statement(
                """
                SELECT id, event, ordinal, number, previous, started_at, took, outcome, status, resolved, connected,
                    secured, first_byte, address, response
                FROM attempts WHERE id > ? ORDER BY id LIMIT ?
                """, on: database
            ).forEach({
                $0.add(after)
                $0.add(Self.pageRows)
            }) {
                rows.append($0.attempt().row)
                return true
            }
            return rows
        }
    }

    package func exportActions(after: Int64) throws(LedgerError) -> [ActionRecord] {
        try snapshot { () throws(SQLiteError) in
            var rows: [ActionRecord] = []
            try Statement("SELECT * FROM actions WHERE id > ? ORDER BY id LIMIT ?", on: database).forEach({
                $0.add(after)
                $0.add(Self.pageRows)
            }) {
                rows.append($0.action())
                return true
            }
            return rows
        }
    }

    /// The last attempt that was recorded before this time: none behind it started earlier than a send takes at most.
    package func lastAttempt(before time: WallTime) throws(LedgerError) -> Int64 {
        try snapshot { () throws(SQLiteError) in
            let batches = try BatchSearch(database)
            return try batches.ends(before: try batches.batch(at: time)).attempt
        }
    }
}
