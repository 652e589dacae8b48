internal import CLinux
internal import CSQLite
internal import Glibc

/// The index beside the ledger: what is in it is in the ledger too, so it may be removed at any time, and is made again.
///
/// - `search`: the one row about it. `identity` is the ledger's, `batch` and `hash` a place in its chain: a ledger without
///   that place is another one. Events after `first` and up to `last` are indexed; `attempts` and `actions` are how far what
///   became of them has been followed.
/// - `blocks`: events side by side; `ids` has theirs. `level` counts how often smaller ones were put together, `state` is
///   `BlockState`. `gone_bodies` and `gone_events`: what is no longer in the ledger, and no longer here.
/// - `terms`: by block, what can be looked for, with the events that have it (`EventList`).
/// - `classes` and `late`: see `DeliveryClasses`.
/// - `erase`: events whose words are to be removed.
enum SearchFile {
    /// "HGSX".
    private static let applicationID: Int64 = 0x4847_5358
    /// With another one it is made again.
    private static let version: Int64 = 1

    static func path(of ledger: String) -> String { ledger + ".search" }

    private static let schema: StaticString = """
        CREATE TABLE search (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            identity TEXT NOT NULL,
            batch INTEGER NOT NULL,
            hash BLOB NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            actions INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE blocks (
            id INTEGER PRIMARY KEY,
            state INTEGER NOT NULL,
            level INTEGER NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            events INTEGER NOT NULL,
            gone_bodies INTEGER NOT NULL,
            gone_events INTEGER NOT NULL,
            ids BLOB NOT NULL
        ) STRICT;
        CREATE TABLE terms (
            block INTEGER NOT NULL,
            term BLOB NOT NULL,
            events BLOB NOT NULL,
            PRIMARY KEY (block, term)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE classes (
            id INTEGER PRIMARY KEY,
            subscriber INTEGER NOT NULL,
            state INTEGER NOT NULL,
            outcome INTEGER NOT NULL,
            status INTEGER NOT NULL,
            UNIQUE (subscriber, state, outcome, status)
        ) STRICT;
        CREATE TABLE late (
            event INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            class INTEGER NOT NULL,
            PRIMARY KEY (event, ordinal)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX late_by_class ON late (class, event);
        CREATE TABLE erase (event INTEGER PRIMARY KEY) STRICT;
        """

    /// To be written by one thread.
    static func open(of ledger: String) throws(SQLiteError) -> Database {
        let path = path(of: ledger)
        // For its owner alone, as the ledger is; SQLite gives its other files the same mode.
        let descriptor = headgate_open(path, O_RDWR | O_CREAT, 0o600)
        guard descriptor >= 0 else {
            throw SQLiteError(code: SQLITE_CANTOPEN, message: String(cString: strerror(errno)))
        }
        fchmod(descriptor, 0o600)
        close(descriptor)
        let database = try Database(path: path, flags: SQLITE_OPEN_READWRITE)
        try database.execute(
            """
            PRAGMA page_size = 8192;
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            PRAGMA secure_delete = ON;
            PRAGMA cache_size = -4096;
            PRAGMA temp_store = MEMORY;
            PRAGMA cell_size_check = ON;
            PRAGMA journal_size_limit = 4194304;
            """)
        if try database.number("SELECT count(*) FROM sqlite_schema") == 0 {
            try database.execute("BEGIN IMMEDIATE")
            try database.execute(schema)
            try database.setNumber("application_id", to: applicationID)
            try database.setNumber("user_version", to: version)
            try database.execute("COMMIT")
        }
        try check(database)
        return database
    }

    /// Beside the one who writes it; nil when there is none.
    static func read(of ledger: String) throws(SQLiteError) -> Database? {
        guard exists(of: ledger) else { return nil }
        let database = try Database(path: path(of: ledger), flags: SQLITE_OPEN_READONLY)
        sqlite3_busy_timeout(database.raw, 100)
        try database.execute("PRAGMA cache_size = -2048; PRAGMA cell_size_check = ON")
        try check(database)
        return database
    }

    private static func check(_ database: borrowing Database) throws(SQLiteError) {
        guard try database.number("PRAGMA application_id") == applicationID,
            try database.number("PRAGMA user_version") == version
        else { throw .damaged("not an index of this build") }
    }

    static func exists(of ledger: String) -> Bool { access(path(of: ledger), F_OK) == 0 }

    static func remove(of ledger: String) {
        // The journal is of a process that ended before the file had a log.
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path(of: ledger) + suffix) }
    }
}

enum BlockState: Int64 {
    /// Searched.
    case live = 0
    /// Being put together; nothing after a start.
    case unfinished = 1
    /// Being removed.
    case doomed = 2
}
