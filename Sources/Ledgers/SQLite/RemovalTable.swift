internal import Domain

/// Events whose body is gone, and what makes it go.
final class RemovalTable {
    private let select: Statement
    private let selectUnsent: Statement
    private let selectSize: Statement
    private let insert: Statement
    private let empty: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        select = try Statement("SELECT 1 FROM removed WHERE event = ?", on: database)
        selectUnsent = try Statement(
            "SELECT event, ordinal FROM deliveries WHERE event = ? AND state = 0 LIMIT 1", on: database)
        selectSize = try Statement("SELECT length(body) FROM events WHERE id = ?", on: database)
        insert = try Statement("INSERT INTO removed (event, bytes, action) VALUES (?, ?, ?)", on: database)
        // Naming the key makes SQLite delete the row and insert it again, and that is when it joins pages that are nearly
        // empty; a row that is only overwritten keeps its page to itself for ever.
        empty = try Statement("UPDATE events SET id = id, body = x'' WHERE id = ?", on: database)
    }

    func isGone(_ event: EventID) throws(SQLiteError) -> Bool {
        try select.exists { $0.add(event) }
    }

    /// A delivery of it that is pending or held.
    func unsent(_ event: EventID) throws(SQLiteError) -> DeliveryID? {
        try selectUnsent.first({ $0.add(event) }) { $0.delivery(0) }
    }

    /// Nil when there is no such event.
    func bodyBytes(_ event: EventID) throws(SQLiteError) -> Int64? {
        try selectSize.first({ $0.add(event) }) { $0.int(0) }
    }

    /// - Parameter action: 0 for retention.
    func remove(_ event: EventID, bytes: Int64, by action: Int64) throws(SQLiteError) {
        try insert.run {
            $0.add(event)
            $0.add(bytes)
            $0.add(action)
        }
        try empty.run { $0.add(event) }
    }
}
