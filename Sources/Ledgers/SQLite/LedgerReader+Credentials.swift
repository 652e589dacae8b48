internal import Crypto
internal import Domain

extension LedgerReader {
    /// All of them, the oldest first.
    package func credentials() throws(LedgerError) -> [RouteCredential] {
        try snapshot { () throws(SQLiteError) in
            try Statement("SELECT * FROM credentials ORDER BY id", on: database).all { $0.credential() }
        }
    }

    package func routeSettings() throws(LedgerError) -> [RouteSettings] {
        try snapshot { () throws(SQLiteError) in
            try Statement("SELECT * FROM route_settings ORDER BY route", on: database).all { $0.routeSettings() }
        }
    }

    /// Of every secret that was ever in place.
    package func secretUses() throws(LedgerError) -> [SecretUseRow] {
        try snapshot { () throws(SQLiteError) in
            try Statement("SELECT * FROM secret_uses", on: database).all { $0.secretUse() }
        }
    }

    package func secretPrints() throws(LedgerError) -> SecretPrints {
        let key = try snapshot { () throws(SQLiteError) in
            try Statement("SELECT key FROM secret_prints", on: database).first { Secret(copying: $0.buffer(0)) }
        }
        guard let key, !key.isEmpty else {
            throw .storage(path: path, code: 0, detail: "its key for naming secrets is missing")
        }
        return SecretPrints(key: key)
    }

    /// Lasting ids of the routes that the ledger has known.
    package func routeIDs() throws(LedgerError) -> [String: Int64] {
        try snapshot { () throws(SQLiteError) in
            var found: [String: Int64] = [:]
            try Statement("SELECT name, id FROM routes", on: database).forEach {
                found[$0.text(0)] = $0.int(1)
                return true
            }
            return found
        }
    }
}
