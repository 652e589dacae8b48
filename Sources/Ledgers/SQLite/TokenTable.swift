internal import Domain

final class TokenTable {
    private let insert: Statement
    private let select: Statement
    private let count: Statement
    private let revoke: Statement
    private let use: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        insert = try Statement(
            """
            INSERT INTO tokens (id, name, hash, scope, routes, granted_at, granted_by, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, on: database)
        select = try Statement("SELECT * FROM tokens WHERE name = ?", on: database)
        count = try Statement("SELECT count(*) FROM tokens", on: database)
        revoke = try Statement("UPDATE tokens SET revoked_at = ?2 WHERE id = ?1", on: database)
        use = try Statement("UPDATE tokens SET used_at = ?2 WHERE id = ?1", on: database)
    }

    func insert(_ grant: TokenGrant, as id: TokenID, by actor: String, at now: WallTime) throws(SQLiteError) {
        try insert.run {
            $0.add(id)
            $0.add(grant.name)
            $0.add(grant.hash)
            $0.add(grant.scope.rawValue)
            $0.add(grant.routes.map { $0.sorted().joined(separator: " ") })
            $0.add(now)
            $0.add(actor)
            $0.add(grant.expiresAt?.microseconds)
        }
    }

    func token(named name: String) throws(SQLiteError) -> TokenRow? {
        try select.first({ $0.add(name) }) { $0.token() }
    }

    /// Ended ones too.
    func total() throws(SQLiteError) -> Int64 { try count.first { $0.int(0) } ?? 0 }

    func revoke(_ id: TokenID, at now: WallTime) throws(SQLiteError) {
        try revoke.run {
            $0.add(id)
            $0.add(now)
        }
    }

    func use(_ id: TokenID, at now: WallTime) throws(SQLiteError) {
        try use.run {
            $0.add(id)
            $0.add(now)
        }
    }
}

extension Row {
    /// From all columns of `tokens`, in the order of the schema.
    func token() -> TokenRow {
        TokenRow(
            // A scope that this build does not know is good for next to nothing.
            id: id(0), name: text(1), scope: TokenScope(rawValue: uint8(3)) ?? .register,
            routes: textIfAny(4).map { Set($0.split(separator: " ").map(String.init)) }, grantedAt: time(5),
            grantedBy: text(6), expiresAt: intIfAny(7).map { WallTime(microseconds: $0) },
            usedAt: intIfAny(8).map { WallTime(microseconds: $0) },
            revokedAt: intIfAny(9).map { WallTime(microseconds: $0) })
    }
}
