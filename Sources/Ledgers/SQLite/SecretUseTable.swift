internal import Domain

/// How often secrets are used: a row for each that was ever in place.
final class SecretUseTable {
    private let note: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        note = try Statement(
            """
            INSERT INTO secret_uses (direction, owner, print, since, uses, first_at, last_at) VALUES (?1, ?2, ?3, ?5, ?4,
                iif(?4 > 0, ?5, NULL), iif(?4 > 0, ?5, NULL))
            ON CONFLICT DO UPDATE SET uses = uses + excluded.uses, first_at = coalesce(first_at, excluded.first_at),
                last_at = max(coalesce(last_at, 0), coalesce(excluded.last_at, last_at))
            """, on: database)
    }

    func note(_ uses: [SecretUse]) throws(SQLiteError) {
        for use in uses {
            try note.run {
                $0.add(use.direction.rawValue)
                $0.add(use.owner)
                $0.add(use.print)
                $0.add(use.count)
                $0.add(use.last)
            }
        }
    }
}

extension Row {
    /// From all columns of `secret_uses`, in the order of the schema.
    func secretUse() -> SecretUseRow {
        func timeIfAny(_ column: Int32) -> WallTime? { intIfAny(column).map { WallTime(microseconds: $0) } }
        return SecretUseRow(
            direction: SecretDirection(rawValue: uint8(0)) ?? .inbound, owner: int(1), print: text(2), since: time(3),
            uses: int(4), firstUsed: timeIfAny(5), lastUsed: timeIfAny(6))
    }
}
