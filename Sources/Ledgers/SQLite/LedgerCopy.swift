internal import CLinux
internal import CSQLite
internal import Glibc
internal import Net

/// A copy of a ledger as it is at one moment, while its gateway goes on; or of a stopped one.
///
/// The copy reads one snapshot: until it is done, what is committed meanwhile stays in the write-ahead log, which grows by
/// that. It is made under another name, and has its own only when it is whole and on stable storage.
package enum LedgerCopy {
    /// Pages that are copied at a time, 2 MiB.
    private static let step: Int32 = 256

    /// - Parameters:
    ///   - target: must not be there. Its owner alone can read it.
    ///   - told: called with the pages that are left, and all.
    package static func make(
        of source: String, at target: String, told: (_ left: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(LedgerError) {
        let database: Database
        do throws(SQLiteError) {
            database = try Database(path: source, flags: SQLITE_OPEN_READONLY)
            sqlite3_busy_timeout(database.raw, Database.patience)
        } catch { throw error.ledgerError(path: source) }
        guard try Schema.identify(database, path: source) > 0 else { throw .foreign(path: source) }
        try refuseToReplace(target)
        let draft = "\(target).\(getpid()).partial"
        defer { for suffix in ["", "-journal", "-wal", "-shm"] { unlink(draft + suffix) } }
        // Made before SQLite would, so that it is never anybody else's to read.
        try storing(target) { () throws(SystemError) in
            _ = FileDescriptor(
                adopting: try check("open") { headgate_open(draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600) })
        }
        do throws(SQLiteError) { try copy(database, to: draft, told) } catch { throw error.ledgerError(path: target) }
        try storing(target) { () throws(SystemError) in
            let file = FileDescriptor(adopting: try check("open") { headgate_open(draft, O_RDONLY, 0) })
            try check("fsync") { fsync(file.raw) }
            try check("link") { link(draft, target) }
            let directory = FileDescriptor(
                adopting: try check("open directory") { headgate_open(parent(of: target), O_RDONLY | O_DIRECTORY, 0) })
            try check("fsync directory") { fsync(directory.raw) }
        }
    }

    private static func storing(_ target: String, _ body: () throws(SystemError) -> Void) throws(LedgerError) {
        do throws(SystemError) { try body() } catch {
            throw error.code == ENOSPC ? .full(path: target) : .cannotOpen(path: target, detail: "\(error)")
        }
    }

    /// A log that was left beside another database would be read as this one's.
    private static func refuseToReplace(_ target: String) throws(LedgerError) {
        for suffix in ["", "-wal", "-journal"] where access(target + suffix, F_OK) == 0 {
            throw .cannotOpen(path: target, detail: "\(target + suffix) is there already; move it away first")
        }
    }

    private static func copy(
        _ source: borrowing Database, to draft: String, _ told: (_ left: Int, _ all: Int) -> Void
    ) throws(SQLiteError) {
        let target = try Database(path: draft, flags: SQLITE_OPEN_READWRITE)
        // Without a transaction of its own, every commit of the gateway would begin the copy anew
        // (https://www.sqlite.org/c3ref/backup_finish.html).
        try source.execute("BEGIN")
        defer { try? source.execute("COMMIT") }
        _ = try source.number("SELECT run FROM ledger")
        guard let backup = sqlite3_backup_init(target.raw, "main", source.raw, "main") else {
            throw SQLiteError(target.raw)
        }
        var code: Int32
        repeat {
            code = sqlite3_backup_step(backup, step)
            told(Int(sqlite3_backup_remaining(backup)), Int(sqlite3_backup_pagecount(backup)))
            if code == SQLITE_BUSY || code == SQLITE_LOCKED { usleep(10_000) }
        } while [SQLITE_OK, SQLITE_BUSY, SQLITE_LOCKED].contains(code)
        sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE else { throw SQLiteError(target.raw) }
        // One file, which needs none beside it to be read.
        guard try target.text("PRAGMA journal_mode = DELETE") == "delete" else {
            throw SQLiteError(code: SQLITE_CANTOPEN, message: "the copy cannot be closed")
        }
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
