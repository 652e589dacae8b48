internal import CSQLite
internal import Domain

/// A prepared statement. Every call binds, steps and resets, so that nothing bound in place is kept beyond the call
/// and no read transaction stays open behind a forgotten row.
struct Statement: ~Copyable {
    private let raw: OpaquePointer

    init(_ sql: StaticString, on database: borrowing Database) throws(SQLiteError) {
        var statement: OpaquePointer?
        let code = sql.withUTF8Buffer { text in
            text.withMemoryRebound(to: CChar.self) {
                sqlite3_prepare_v3(
                    database.raw, $0.baseAddress, Int32($0.count), UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
            }
        }
        guard code == SQLITE_OK, let statement else { throw SQLiteError(database.raw) }
        raw = statement
    }

    deinit { sqlite3_finalize(raw) }

    /// For statements that give no rows.
    func run(_ bind: (inout Values) -> Void = { _ in }) throws(SQLiteError) {
        try forEach(bind) { _ in true }
    }

    func first<Found>(
        _ bind: (inout Values) -> Void = { _ in }, _ read: (borrowing Row) -> Found
    ) throws(SQLiteError) -> Found? {
        var found: Found?
        try forEach(bind) {
            found = read($0)
            return false
        }
        return found
    }

    /// Whether there is a row.
    func exists(_ bind: (inout Values) -> Void = { _ in }) throws(SQLiteError) -> Bool {
        try first(bind) { _ in true } ?? false
    }

    /// What `read` makes of every row. For answers that are known to be short.
    func all<Found>(
        _ bind: (inout Values) -> Void = { _ in }, _ read: (borrowing Row) -> Found
    ) throws(SQLiteError) -> [Found] {
        var found: [Found] = []
        try forEach(bind) {
            found.append(read($0))
            return true
        }
        return found
    }

    /// Calls `each` for every row, until it returns false.
    func forEach(
        _ bind: (inout Values) -> Void = { _ in }, _ each: (borrowing Row) -> Bool
    ) throws(SQLiteError) {
        defer {
            sqlite3_reset(raw)
            sqlite3_clear_bindings(raw)
        }
        var values = Values(raw)
        bind(&values)
        // A value that could not be bound would be stored as NULL.
        guard values.code == SQLITE_OK else { throw SQLiteError(sqlite3_db_handle(raw)) }
        while true {
            switch sqlite3_step(raw) {
            case SQLITE_ROW: if !each(Row(raw)) { return }
            case SQLITE_DONE: return
            default: throw SQLiteError(sqlite3_db_handle(raw))
            }
        }
    }
}

/// The values of a statement's places, added in their order. Bytes are bound in place: they must live until the
/// statement has run.
struct Values: ~Copyable {
    private let statement: OpaquePointer
    private var place: Int32 = 0
    fileprivate var code = SQLITE_OK

    fileprivate init(_ statement: OpaquePointer) { self.statement = statement }

    mutating func add(_ value: Int64) { bind { sqlite3_bind_int64($0, $1, value) } }
    mutating func add(_ value: Int64?) { if let value { add(value) } else { addNull() } }
    mutating func add(_ value: Int32) { bind { sqlite3_bind_int64($0, $1, Int64(value)) } }
    mutating func add(_ value: UInt32) { bind { sqlite3_bind_int64($0, $1, Int64(value)) } }
    mutating func add(_ value: UInt8) { bind { sqlite3_bind_int64($0, $1, Int64(value)) } }
    mutating func add<Of>(_ id: ID<Of>) { add(id.raw) }
    mutating func add(_ time: WallTime) { add(time.microseconds) }
    mutating func addNull() { bind { sqlite3_bind_null($0, $1) } }

    /// In place, and never NULL: the base of `Bytes` is never nil.
    mutating func add(_ bytes: Bytes) {
        bind { sqlite3_bind_blob64($0, $1, bytes.base, UInt64(bytes.count), nil) }
    }
    mutating func add(_ bytes: Bytes?) { if let bytes { add(bytes) } else { addNull() } }

    mutating func add(copying bytes: [UInt8]) {
        bind { statement, place in
            bytes.withUnsafeBytes { buffer in
                // An empty array's base may be nil, which SQLite would bind as NULL.
                guard let base = buffer.baseAddress else { return sqlite3_bind_zeroblob(statement, place, 0) }
                return headgate_sqlite_bind_copy(statement, place, base, Int32(buffer.count))
            }
        }
    }

    mutating func add(_ digest: Digest256) {
        bind { statement, place in
            digest.withBytes { headgate_sqlite_bind_copy(statement, place, $0.baseAddress, Int32($0.count)) }
        }
    }

    /// Four bytes for IPv4, sixteen for IPv6, in network order.
    mutating func add(_ address: IPAddress) {
        bind { statement, place in
            if let v4 = address.v4 {
                return withUnsafeBytes(of: v4.bigEndian) {
                    headgate_sqlite_bind_copy(statement, place, $0.baseAddress, 4)
                }
            }
            return withUnsafeBytes(of: (address.high.bigEndian, address.low.bigEndian)) {
                headgate_sqlite_bind_copy(statement, place, $0.baseAddress, 16)
            }
        }
    }
    mutating func add(_ address: IPAddress?) { if let address { add(address) } else { addNull() } }

    mutating func add(_ text: String) {
        var text = text
        bind { statement, place in
            text.withUTF8 { utf8 in
                // An empty string's base may be nil, which SQLite would bind as NULL.
                guard let base = utf8.baseAddress, !utf8.isEmpty else {
                    return headgate_sqlite_bind_text_copy(statement, place, "", 0)
                }
                return base.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
                    headgate_sqlite_bind_text_copy(statement, place, $0, Int32(utf8.count))
                }
            }
        }
    }
    mutating func add(_ text: String?) { if let text { add(text) } else { addNull() } }

    private mutating func bind(_ call: (OpaquePointer, Int32) -> Int32) {
        place += 1
        let result = call(statement, place)
        if result != SQLITE_OK { code = result }
    }
}
