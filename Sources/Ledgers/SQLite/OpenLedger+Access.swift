internal import Domain

/// Who may use the admin API, inside the batch's transaction: the change, and the record of it.
extension OpenLedger {
    func access(_ deed: AccessDeed, by operation: Operation, at now: WallTime) throws(SQLiteError) -> OperationResult {
        switch deed {
        case .grant(let grant):
            guard try tokens.token(named: grant.name) == nil else { return .refused(.access(.nameTaken)) }
            guard try tokens.total() < Limits.tokens else { return .refused(.access(.tooMany)) }
            try tokens.insert(grant, as: TokenID(chain.lastAction + 1), by: operation.actor, at: now)
            try record(.grantToken, of: grant.text, done: 1, by: operation, at: now)
        case .revoke(let name):
            guard let token = try tokens.token(named: name) else { return .refused(.access(.noSuchToken)) }
            guard token.revokedAt == nil else { return .refused(.access(.revokedAlready)) }
            try tokens.revoke(token.id, at: now)
            try record(.revokeToken, of: name, done: 1, by: operation, at: now)
        case .used(let id): try tokens.use(id, at: now)
        case .refused(let who, let count): try record(.refuse, of: who, done: count, by: operation, at: now)
        }
        return .done(changed: 1, subscribers: [])
    }
}
