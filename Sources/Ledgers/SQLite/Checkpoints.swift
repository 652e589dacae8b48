internal import CSQLite
internal import Domain

/// Moves pages from the write-ahead log into the database: often while events flow, so that the log stays short, and
/// whole when nothing happens. SQLite would do it inside some commit, as much as has come together.
final class Checkpoints {
    /// Pages in the log after the latest commit. At an address that never moves: the connection's hook writes to it.
    private let frames: UnsafeMutablePointer<Int32>
    /// How many pages the next checkpoint waits for.
    private var threshold = Checkpoints.often

    /// Four megabytes: pages that many commits touch are written once, and the pause stays within a few milliseconds.
    private static let often: Int32 = 500
    /// After a reader kept a checkpoint from finishing.
    private static let again: Int32 = 125

    init(_ database: borrowing Database) {
        frames = .allocate(capacity: 1)
        frames.initialize(to: 1)  // an earlier process may have left a log
        // `detach` comes before this object goes, so the hook never writes to freed memory.
        sqlite3_wal_hook(
            database.raw,
            { context, _, _, frames in
                context?.assumingMemoryBound(to: Int32.self).pointee = frames
                return SQLITE_OK
            }, frames)
    }

    /// Before the last reference to this object goes.
    func detach(from database: borrowing Database) { sqlite3_wal_hook(database.raw, nil, nil) }

    deinit { frames.deallocate() }

    /// True when enough has come together for `some`.
    var isDue: Bool { frames.pointee >= threshold }

    /// Waits for nobody: an operator's forgotten shell may make the log grow, which a metric shows, but never stops events.
    /// False when a reader kept it from finishing.
    func some(_ database: borrowing Database) throws(SQLiteError) -> Bool {
        let isDone = try Self.run(SQLITE_CHECKPOINT_PASSIVE, on: database)
        // When all of it is in the database the next commit begins the log anew.
        threshold = isDone ? Self.often : frames.pointee + Self.again
        return isDone
    }

    /// When nothing waits: everything into the database, the log to length zero. True when that was possible.
    ///
    /// - Parameter patience: how long it may wait for readers to end.
    func whole(_ database: borrowing Database, patience: TimeSpan = .zero) throws(SQLiteError) -> Bool {
        sqlite3_busy_timeout(database.raw, Int32(patience.milliseconds))
        defer { sqlite3_busy_timeout(database.raw, Database.patience) }
        guard try Self.all(database) else { return false }
        frames.pointee = 0
        threshold = Self.often
        return true
    }

    /// The same, for a connection that needs no count.
    static func all(_ database: borrowing Database) throws(SQLiteError) -> Bool {
        try run(SQLITE_CHECKPOINT_TRUNCATE, on: database)
    }

    var isLogEmpty: Bool { frames.pointee == 0 }

    /// Bytes by which the database grows when all of the log is moved to it, at most.
    var growthMost: Int64 { Int64(frames.pointee) * Int64(Self.pageSize) }

    /// An event with a body of 1 KiB takes some 1.5: pages of 4096 bytes would hold two and waste a quarter.
    static let pageSize = 8192

    private static func run(_ mode: Int32, on database: borrowing Database) throws(SQLiteError) -> Bool {
        var (inLog, moved): (Int32, Int32) = (0, 0)
        switch sqlite3_wal_checkpoint_v2(database.raw, nil, mode, &inLog, &moved) & 0xff {
        case SQLITE_OK: return inLog == moved
        case SQLITE_BUSY, SQLITE_LOCKED: return false
        default: throw SQLiteError(database.raw)
        }
    }
}
