internal import CSQLite
package import Domain

extension LedgerReader {
    /// All that were ever granted, the newest first.
    package func tokens() throws(LedgerError) -> [TokenRow] {
        try snapshot { () throws(SQLiteError) in
            try Statement("SELECT * FROM tokens ORDER BY id DESC", on: database).all { $0.token() }
        }
    }

    /// Names of routes that the ledger has known.
    package func routes() throws(LedgerError) -> Set<String> {
        try snapshot { () throws(SQLiteError) in Set(try directory.names().routeNames.values) }
    }
}

/// Finds a token by its hash: asked for each request of the admin API, so it prepares nothing else. Opens the file for each
/// question, as every reader of a running gateway does.
package enum TokenSearch {
    package static func token(_ hash: Digest256, in path: String) throws(LedgerError) -> TokenRow? {
        do throws(SQLiteError) {
            let database = try Database(path: path, flags: SQLITE_OPEN_READONLY)
            sqlite3_busy_timeout(database.raw, 1000)  // while a stopped gateway's log is being recovered
            return try Statement("SELECT * FROM tokens WHERE hash = ?", on: database)
                .first({ $0.add(hash) }) { $0.token() }
        } catch { throw error.ledgerError(path: path) }
    }
}
