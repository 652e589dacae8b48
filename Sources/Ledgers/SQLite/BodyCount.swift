internal import Domain

/// How many bytes the bodies have that are still there.
final class BodyCount {
    private var until: EventID
    private(set) var bytes: Int64
    private let selectNext: Statement
    private let store: Statement

    /// Events that one step counts: their sizes are read, and not their bodies.
    private static let eventsOfStep: Int64 = 512

    init(_ database: borrowing Database) throws(SQLiteError) {
        let stored = try Statement("SELECT counted_until, bytes FROM bodies", on: database).first {
            (EventID($0.int(0)), $0.int(1))
        }
        (until, bytes) = stored ?? (EventID(0), 0)
        selectNext = try Statement(
            "SELECT id, length(body) FROM events WHERE id > ? ORDER BY id LIMIT ?", on: database)
        store = try Statement("UPDATE bodies SET counted_until = ?, bytes = ?", on: database)
    }

    /// Inside a transaction.
    ///
    /// - Returns: whether there are more.
    func countSome() throws(SQLiteError) -> Bool {
        var seen: Int64 = 0
        try selectNext.forEach({
            $0.add(until)
            $0.add(Self.eventsOfStep)
        }) { row in
            until = row.id(0)
            bytes += row.int(1)
            seen += 1
            return true
        }
        if seen > 0 { try save() }
        return seen == Self.eventsOfStep
    }

    /// Inside the transaction that removes them.
    func removed(_ bodies: [(event: EventID, bytes: Int64)]) throws(SQLiteError) {
        let counted = bodies.reduce(0) { $0 + ($1.event <= until ? $1.bytes : 0) }
        guard counted > 0 else { return }
        bytes -= counted
        try save()
    }

    private func save() throws(SQLiteError) {
        try store.run {
            $0.add(until)
            $0.add(bytes)
        }
    }
}
