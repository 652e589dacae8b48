internal import CSQLite
internal import Domain

/// The database while it is open, and what is known of it in memory. After an error it is dropped with all of that:
/// nothing is carried over that was not read from disk again.
final class OpenLedger {
    let events: EventTable
    let deliveries: DeliveryTable
    let attempts: AttemptTable
    let dedup: DedupTable
    let counts: CountTable
    let tallies: TallyTable
    let directory: DirectoryTable
    let chain: ChainTable
    let actions: ActionTable
    let jobs: JobTable
    let touched: TouchedTable
    let quarantine: QuarantineTable
    let insertRelease: Statement
    let tokens: TokenTable
    let handover: HandoverTable
    var recent = RecentEvents()
    let removals: RemovalTable
    let retention: RetentionWork
    let registry: RegistryTable
    let credentials: CredentialTable
    let secretUses: SecretUseTable
    let database: Database
    let checkpoints: Checkpoints

    /// This process's claim on deliveries: `deliveries.lease`.
    let run: Int64
    var sequence: EventIDSequence

    private var syncsCommits = true

    private let begin: Statement
    private let commit: Statement
    private let rollback: Statement
    private let pageCount: Statement
    private let freePageCount: Statement

    /// - Parameter run: the number that this process took when it first opened the file; nil to take one.
    init(path: String, run: Int64?) throws(LedgerError) {
        let database: Database
        do throws(SQLiteError) {
            database = try Database(path: path, flags: SQLITE_OPEN_READWRITE)
        } catch { throw error.ledgerError(path: path) }
        // Nothing is written to a file before it is known to be ours.
        _ = try Schema.identify(database, path: path)
        do throws(SQLiteError) { try Self.configure(database) } catch { throw error.ledgerError(path: path) }
        try Schema.migrate(database, path: path)
        do throws(SQLiteError) {
            if let run {
                self.run = run
            } else {
                try database.execute("UPDATE ledger SET run = run + 1")
                self.run = try database.number("SELECT run FROM ledger") ?? 0
            }
            events = try EventTable(database)
            deliveries = try DeliveryTable(database)
            attempts = try AttemptTable(database)
            dedup = try DedupTable(database)
            counts = try CountTable(database)
            tallies = try TallyTable(database)
            directory = try DirectoryTable(database)
            chain = try ChainTable(database)
            actions = try ActionTable(database)
            jobs = try JobTable(database)
            touched = try TouchedTable(database)
            quarantine = try QuarantineTable(database)
            insertRelease = try Statement("INSERT INTO releases (event, action) VALUES (?, ?)", on: database)
            tokens = try TokenTable(database)
            handover = try HandoverTable(run: self.run, database)
            removals = try RemovalTable(database)
            retention = try RetentionWork(database)
            registry = try RegistryTable(database)
            credentials = try CredentialTable(database)
            secretUses = try SecretUseTable(database)
            begin = try Statement("BEGIN IMMEDIATE", on: database)
            commit = try Statement("COMMIT", on: database)
            rollback = try Statement("ROLLBACK", on: database)
            pageCount = try Statement("PRAGMA page_count", on: database)
            freePageCount = try Statement("PRAGMA freelist_count", on: database)
            // Retention may have removed the latest ones.
            let latest = EventID(try database.number("SELECT max(id) FROM events") ?? 0)
            sequence = EventIDSequence(after: max(latest, chain.lastEvent))
            checkpoints = Checkpoints(database)
            self.database = database
        } catch { throw error.ledgerError(path: path) }
    }

    deinit { checkpoints.detach(from: database) }

    private static func configure(_ database: borrowing Database) throws(SQLiteError) {
        sqlite3_busy_timeout(database.raw, Database.patience)
        try database.execute("PRAGMA page_size = 8192")  // Checkpoints.pageSize
        guard try database.text("PRAGMA journal_mode = WAL") == "wal" else {
            throw SQLiteError(code: SQLITE_CANTOPEN, message: "its file system does not allow a write-ahead log")
        }
        try database.execute("PRAGMA synchronous = FULL")
        guard try database.number("PRAGMA synchronous") == 2 else {
            throw SQLiteError(code: SQLITE_CANTOPEN, message: "this build of SQLite cannot sync every commit")
        }
        try database.execute(
            """
            PRAGMA wal_autocheckpoint = 0;
            PRAGMA journal_size_limit = 16777216;
            PRAGMA cache_size = -8192;
            PRAGMA temp_store = MEMORY;
            PRAGMA cell_size_check = ON;
            """)
    }

    /// Everything that `body` does, with its place in the chain, or nothing of it.
    ///
    /// - Parameter isSynced: false when a power cut may take it. It is synced with the next one that is, or before the log is
    ///   written back (https://www.sqlite.org/pragma.html#pragma_synchronous, WAL and NORMAL).
    func transaction<Result>(
        at now: WallTime, isSynced: Bool = true, _ body: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        try sync(isSynced)
        try begin.run()
        do throws(SQLiteError) {
            let result = try body()
            try dedup.flush(at: now, refused: quarantine.oldest)
            try counts.flush()
            try tallies.flush()
            try handover.flush(deliveries, newest: chain.lastEvent)
            try chain.seal(at: now)
            try commit.run()
            return result
        } catch {
            if database.isInTransaction { try? rollback.run() }
            throw error
        }
    }

    private func sync(_ isWanted: Bool) throws(SQLiteError) {
        guard isWanted != syncsCommits else { return }
        try database.execute(isWanted ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
        syncsCommits = isWanted
    }

    /// Makes sure that a transaction whose sync failed cannot come back: it is in the log, complete, and would be found
    /// there when the log is read again. Another one in its place breaks the chain of checksums behind it.
    ///
    /// - Throws: when it could not be put there. That this one's sync fails too does not matter.
    func overwriteFailed() throws(SQLiteError) {
        do throws(SQLiteError) {
            try database.execute("UPDATE ledger SET reopened = reopened + 1")
        } catch {
            let isUnwritten = [SQLITE_FULL, SQLITE_READONLY].contains(error.primaryCode)
            if isUnwritten || error.code == SQLiteError.ioWrite { throw error }
        }
    }

    /// Bytes by which a checkpoint would make the file longer.
    func growth(of file: LedgerFile) -> Int64 { max(Self.bytes(pageCount) - file.ledgerBytes, 0) }

    /// Nil when the system does not say.
    func room(in file: LedgerFile) -> LedgerRoom? {
        guard let space = file.space() else { return nil }
        return LedgerRoom(
            free: space.free, reserve: space.reserve, growth: growth(of: file), unused: Self.bytes(freePageCount))
    }

    private static func bytes(_ pages: borrowing Statement) -> Int64 {
        let count = (try? pages.first { $0.int(0) }) ?? nil
        return (count ?? 0) * Int64(Checkpoints.pageSize)
    }

    /// Closing leaves the log as it is, instead of writing it back and removing whatever bears its name.
    func keepLog() { database.keepLog() }
}
