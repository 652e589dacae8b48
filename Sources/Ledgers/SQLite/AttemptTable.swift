internal import Domain

final class AttemptTable {
    private let insert: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        insert = try Statement(
            """
            INSERT INTO attempts (id, event, ordinal, number, previous, started_at, took, outcome, status, resolved,
                connected, secured, first_byte, address, response)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, on: database)
    }

    /// - Parameter previous: the id of the delivery's attempt before this one.
    func insert(
        _ attempt: Attempt, id: Int64, of delivery: DeliveryID, previous: Int64?
    ) throws(SQLiteError) {
        try insert.run {
            $0.add(id)
            $0.add(delivery)
            $0.add(attempt.number)
            $0.add(previous)
            $0.add(attempt.startedAt)
            $0.add(attempt.took.microseconds)
            $0.add(attempt.outcome.rawValue)
            $0.add(attempt.status)
            $0.add(attempt.phases.resolved)
            $0.add(attempt.phases.connected)
            $0.add(attempt.phases.secured)
            $0.add(attempt.phases.firstByte)
            $0.add(attempt.address)
            $0.add(attempt.response)
        }
    }
}
