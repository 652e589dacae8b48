internal import CSQLite
internal import Glibc

/// What SQLite said: the extended code, its text, and errno where a system call was behind it. Bound values never
/// appear in SQLite's texts.
struct SQLiteError: Error {
    let code: Int32
    let message: String
    let systemCode: Int32
    /// Whose it is, where several are in use at once.
    private var connection: UInt?

    init(_ connection: OpaquePointer) {
        self.connection = UInt(bitPattern: connection)
        // Read first. sqlite3_system_errno() does not know why a COMMIT failed.
        let systemCode = errno
        code = sqlite3_extended_errcode(connection)
        self.systemCode = [SQLITE_IOERR, SQLITE_CANTOPEN].contains(code & 0xff) ? systemCode : 0
        message = String(cString: sqlite3_errmsg(connection))
    }

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
        systemCode = 0
    }

    /// While the database is open.
    func isOf(_ database: borrowing Database) -> Bool { connection == UInt(bitPattern: database.raw) }

    /// The same, as one of this database.
    func of(_ database: borrowing Database) -> SQLiteError {
        var error = self
        error.connection = UInt(bitPattern: database.raw)
        return error
    }

    /// SQLITE_IOERR_WRITE, a macro that is not imported.
    static let ioWrite = SQLITE_IOERR | 3 << 8

    var primaryCode: Int32 { code & 0xff }

    /// SQLite calls only ENOSPC full; a quota and a limit on the file's size are the same to us. A sync that fails for want of
    /// space, as on a volume that is thinly provisioned, fails like any other.
    var isFull: Bool {
        primaryCode == SQLITE_FULL
            || primaryCode == SQLITE_IOERR && !isOfSync && [ENOSPC, EDQUOT, EFBIG].contains(systemCode)
    }

    /// SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC: whatever the reason, the kernel has dropped what it could not write.
    private var isOfSync: Bool { [SQLITE_IOERR | 4 << 8, SQLITE_IOERR | 5 << 8].contains(code) }

    func ledgerError(path: String) -> LedgerError {
        if isFull { return .full(path: path) }
        let cause = systemCode == 0 ? message : "\(message) (\(String(cString: strerror(systemCode))))"
        return switch primaryCode {
        case SQLITE_NOTADB: .foreign(path: path)
        case SQLITE_CANTOPEN: .cannotOpen(path: path, detail: cause)
        default: .storage(path: path, code: code, detail: cause)
        }
    }
}

extension SQLiteError {
    /// Somebody moved, replaced or removed a file that is in use.
    static func displaced(_ file: String) -> SQLiteError {
        SQLiteError(
            code: SQLITE_IOERR,
            message: "\(file) or a file beside it was moved, replaced or removed while in use; put it back")
    }

    /// The file is a database, but not in the state that we left it in.
    static func damaged(_ what: String) -> SQLiteError { SQLiteError(code: SQLITE_CORRUPT, message: what) }
}
