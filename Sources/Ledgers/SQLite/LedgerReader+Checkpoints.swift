internal import CLinux
internal import Crypto
package import Domain
internal import Glibc
internal import Net

extension LedgerReader {
    /// What the ledger is now.
    package func checkpoint(at now: WallTime) throws(LedgerError) -> Checkpoint {
        try lastingSnapshot { () throws(SQLiteError) in
            var sha256 = try SHA256.ofLedger()
            return try Self.checkpoint(of: database, at: now, sha256: &sha256)
        }
    }

    /// What is going to be signed: no power cut may take it back, and the latest outcomes need not be synced yet.
    func lastingSnapshot<Result>(_ body: () throws(SQLiteError) -> Result) throws(LedgerError) -> Result {
        let result = try snapshot(body)
        do throws(SystemError) {
            let log = headgate_open(path + "-wal", O_RDONLY, 0)
            // Without a log all of it is in the database, synced.
            if log == -1, errno == ENOENT { return result }
            let file = FileDescriptor(adopting: try check("open") { log })
            try check("fdatasync") { fdatasync(file.raw) }
            return result
        } catch {
            throw .storage(path: path + "-wal", code: error.code, detail: error.description)
        }
    }

    /// Inside a snapshot.
    static func checkpoint(
        of database: borrowing Database, at now: WallTime, sha256: inout SHA256
    ) throws(SQLiteError) -> Checkpoint {
        let last = try Statement("SELECT id, hash, last_attempt FROM chain ORDER BY id DESC LIMIT 1", on: database)
            .first { (batch: $0.int(0), hash: $0.digest(1), attempts: $0.int(2)) }
        let end = last ?? (0, .zero, 0)
        let frontier = try TreeReader(database).frontier(of: end.batch, sha256: &sha256)
        let actions = try database.number("SELECT max(id) FROM actions") ?? 0
        return Checkpoint(
            ledger: try identity(of: database), batch: end.batch, root: frontier.root(sha256: &sha256), head: end.hash,
            at: now, events: frontier.records - end.attempts - actions, attempts: end.attempts, actions: actions)
    }

    static func identity(of database: borrowing Database) throws(SQLiteError) -> String {
        try database.text("SELECT lower(hex(identity)) FROM proof") ?? ""
    }
}

extension SHA256 {
    static func ofLedger() throws(SQLiteError) -> SHA256 {
        do { return try SHA256() } catch { throw .damaged("\(error)") }
    }
}
