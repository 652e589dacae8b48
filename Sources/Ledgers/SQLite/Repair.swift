internal import CSQLite

/// After a failed sync the kernel holds pages for written that are not: it dropped them, and a later sync says nothing of it
/// (https://wiki.postgresql.org/wiki/Fsync_Errors). All that was acknowledged since the last whole checkpoint is in the log,
/// synced; so all of it is written to the database once more.
enum Repair {
    /// - Throws: while anybody else has the ledger open. Shared memory remembers which part of the log is in the database
    ///   already, and that is not to be believed; alone, SQLite keeps that to itself, and begins with nothing
    ///   (https://www.sqlite.org/wal.html, section 6).
    static func run(path: String) throws(SQLiteError) {
        let database = try Database(path: path, flags: SQLITE_OPEN_READWRITE)
        sqlite3_busy_timeout(database.raw, 500)
        do throws(SQLiteError) {
            guard try database.text("PRAGMA locking_mode = EXCLUSIVE") == "exclusive",
                try database.text("PRAGMA journal_mode = WAL") == "wal"
            else { throw .damaged("it cannot be had alone") }
            try database.execute("PRAGMA synchronous = FULL")
            try database.quickCheck()
            guard try Checkpoints.all(database) else { throw .damaged("its log cannot be written back") }
        } catch {
            guard error.primaryCode == SQLITE_BUSY else { throw error }
            throw SQLiteError(code: error.code, message: "another program has it open; it must be closed first")
        }
    }
}
