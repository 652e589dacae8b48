internal import Domain

final class ActionTable {
    private let insert: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        insert = try Statement(
            """
            INSERT INTO actions (id, at, kind, actor, target, reason, done, skipped, deliveries)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, on: database)
    }

    func insert(_ action: ActionRecord) throws(SQLiteError) {
        try insert.run {
            $0.add(action.id)
            $0.add(action.at)
            $0.add(action.kind.rawValue)
            $0.add(action.actor)
            $0.add(action.target)
            $0.add(action.reason)
            $0.add(action.done)
            $0.add(action.skipped)
            $0.add(action.deliveries)
        }
    }
}

extension Row {
    /// From the columns of `actions`, in the order of the schema.
    func action() -> ActionRecord {
        ActionRecord(
            id: int(0), at: time(1), kind: ActionKind(rawValue: uint8(2)) ?? .pause, actor: text(3), target: text(4),
            reason: text(5), done: int(6), skipped: int(7), deliveries: bytes(8))
    }
}
