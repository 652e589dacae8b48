internal import CSQLite

/// One SQLite connection. It is opened without SQLite's own mutex: its owner keeps it to one thread at a time
/// (https://www.sqlite.org/threadsafe.html, "Multi-thread").
struct Database: ~Copyable {
    let raw: OpaquePointer

    /// Milliseconds to wait for another program's lock: somebody's `sqlite3` shell. Another headgate is kept out by ours.
    static let patience: Int32 = 2000

    /// The count of allocated bytes takes a mutex at every allocation of every connection, and nobody reads it. It can be
    /// turned off only before the first connection.
    private static let configured: Int32 = headgate_sqlite_config(SQLITE_CONFIG_MEMSTATUS, 0)

    init(path: String, flags: Int32) throws(SQLiteError) {
        _ = Self.configured
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard let handle else { throw SQLiteError(code: code, message: "out of memory") }
        guard code == SQLITE_OK else {
            let error = SQLiteError(handle)
            sqlite3_close_v2(handle)
            throw error
        }
        // A file that somebody prepared must not make this process run its triggers' functions or rewrite its schema.
        _ = headgate_sqlite_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
        _ = headgate_sqlite_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        raw = handle
    }

    // With v2 the connection really closes when its last statement is finalized, in whichever order they go.
    deinit { sqlite3_close_v2(raw) }

    /// Any number of statements, none of which has results that matter.
    func execute(_ sql: StaticString) throws(SQLiteError) {
        let code = sql.withUTF8Buffer {
            $0.withMemoryRebound(to: CChar.self) { sqlite3_exec(raw, $0.baseAddress, nil, nil, nil) }
        }
        guard code == SQLITE_OK else { throw SQLiteError(raw) }
    }

    /// The answer of a pragma, or of any other statement run once, as a number; nil when it gives no row.
    func number(_ sql: StaticString) throws(SQLiteError) -> Int64? {
        try Statement(sql, on: self).first { $0.int(0) }
    }

    /// Sets a pragma of the file's header, which takes no bound value.
    func setNumber(_ pragma: StaticString, to value: Int64) throws(SQLiteError) {
        guard sqlite3_exec(raw, "PRAGMA \(pragma) = \(value)", nil, nil, nil) == SQLITE_OK else {
            throw SQLiteError(raw)
        }
    }

    func text(_ sql: StaticString) throws(SQLiteError) -> String? {
        try Statement(sql, on: self).first { $0.text(0) }
    }

    /// Closing leaves the log as it is, instead of writing it back and removing whatever bears its name.
    func keepLog() { _ = headgate_sqlite_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1) }

    /// - Throws: when a page or an index is not what SQLite left there.
    func quickCheck() throws(SQLiteError) {
        let answer = try text("PRAGMA quick_check(1)")
        guard answer == "ok" else { throw .damaged(answer ?? "quick_check gave no answer") }
    }

    /// False after an error that rolled the transaction back by itself.
    var isInTransaction: Bool { sqlite3_get_autocommit(raw) == 0 }

    /// Rows that the latest INSERT, UPDATE or DELETE changed.
    var changes: Int { Int(sqlite3_changes64(raw)) }
}
