internal import CSQLite
package import Domain
internal import Net

/// Reads the ledger beside the one who writes it: a connection of its own, which never waits for a commit and never makes
/// one wait. Opens the file of a running gateway and that of a stopped one alike. Used by one thread at a time.
///
/// Every search is bounded by `rowsMost` and by `patience`, so that no reader keeps the log from being written back.
package final class LedgerReader {
    package static let rowsMost = 1000
    package static let patience = TimeSpan.milliseconds(250)

    let path: String
    let database: Database
    let directory: ReaderDirectory
    let clock: any Clock
    let scanEvents: Statement
    let scanDeliveries: Statement
    let scanDead: Statement
    let scanOldest: Statement
    let scanOldestDead: Statement
    let selectLater: Statement
    let selectPendingOf: Statement
    let selectResult: Statement
    let selectTraits: Statement
    let scanEventTexts: Statement
    let selectJobs: Statement
    let selectJob: Statement
    let selectRunning: Statement
    let selectActions: Statement
    let selectPending: Statement
    let scanWindow: Statement
    let selectFates: Statement
    let selectEvent: Statement
    let selectBody: Statement
    let selectRemoval: Statement
    let selectDelivery: Statement
    let selectDeliveriesOfEvent: Statement
    let selectAttempt: Statement
    let scanTallies: Statement
    let scanQuarantine: Statement
    let scanOldestQuarantined: Statement
    let selectQuarantined: Statement
    let selectRelease: Statement
    /// Beside the ledger, when there is one; opened for each search.
    var index: SearchReader?
    var indexUse = IndexUse.absent
    var ignoresIndex = false
    /// The search asked for something that an index helps with.
    var isIndexNeeded = false

    package convenience init(path: String) throws(LedgerError) { try self.init(path: path, clock: SystemClock()) }

    package init(path: String, clock: any Clock) throws(LedgerError) {
        do throws(SQLiteError) {
            let database = try Database(path: path, flags: SQLITE_OPEN_READONLY)
            sqlite3_busy_timeout(database.raw, 1000)  // while a stopped gateway's log is being recovered
            try database.execute("PRAGMA cache_size = -2048; PRAGMA cell_size_check = ON")
            self.database = database
        } catch { throw error.ledgerError(path: path) }
        let found = try Schema.identify(database, path: path)
        guard found == Schema.version else {
            throw .olderSchema(path: path, found: found, known: Schema.version)
        }
        self.path = path
        self.clock = clock
        do throws(SQLiteError) {
            directory = try ReaderDirectory(database)
            scanEvents = try Statement(
                """
                SELECT id, route, type, provider_id, source FROM events WHERE id < ? AND id >= ? ORDER BY id DESC
                """, on: database)
            scanDeliveries = try Statement(
                """
                SELECT event, ordinal, subscriber, state, last_attempt, closure FROM deliveries
                WHERE (event, ordinal) < (?, ?) AND event >= ? ORDER BY event DESC, ordinal DESC
                """, on: database)
            scanOldest = try Statement(
                """
                SELECT event, ordinal, subscriber, state, last_attempt, closure FROM deliveries
                WHERE (event, ordinal) > (?, ?) AND event < ? AND made_by < ? ORDER BY event, ordinal
                """, on: database)
            scanOldestDead = try Statement(
                """
                SELECT event, ordinal, subscriber, state, last_attempt, closure FROM deliveries INDEXED BY dead
                WHERE state = 2 AND (event, ordinal) > (?, ?) AND event < ? AND made_by < ? ORDER BY event, ordinal
                """, on: database)
            selectLater = try Statement(
                """
                SELECT state FROM deliveries WHERE event = ? AND ordinal > ? AND subscriber = ? AND made_by < ?
                ORDER BY ordinal DESC LIMIT 1
                """, on: database)
            selectPendingOf = try Statement(
                "SELECT 1 FROM deliveries WHERE event = ? AND subscriber = ? AND state = 0 LIMIT 1", on: database)
            selectResult = try Statement("SELECT outcome, status FROM attempts WHERE id = ?", on: database)
            selectTraits = try Statement("SELECT type, provider_id, source FROM events WHERE id = ?", on: database)
            scanEventTexts = try Statement(
                """
                SELECT e.id, e.route, e.type, e.provider_id, e.source, e.headers, e.body, r.event
                FROM events AS e LEFT JOIN removed AS r ON r.event = e.id
                WHERE e.id < ? AND e.id >= ? ORDER BY e.id DESC
                """, on: database)
            selectJobs = try Statement("SELECT * FROM jobs WHERE id < ? ORDER BY id DESC", on: database)
            selectJob = try Statement("SELECT * FROM jobs WHERE id = ?", on: database)
            selectRunning = try Statement(
                "SELECT * FROM jobs INDEXED BY running WHERE state = 0 ORDER BY id", on: database)
            selectActions = try Statement("SELECT * FROM actions WHERE id < ? ORDER BY id DESC", on: database)
            scanDead = try Statement(
                """
                SELECT event, ordinal, subscriber, state, last_attempt, closure FROM deliveries INDEXED BY dead
                WHERE state = 2 AND (event, ordinal) < (?, ?) AND event >= ? ORDER BY event DESC, ordinal DESC
                """, on: database)
            scanWindow = try Statement(
                "SELECT id, route, fanout, conflicts_with FROM events WHERE id > ? AND id < ? ORDER BY id", on: database
            )
            selectFates = try Statement(
                "SELECT ordinal, subscriber, state, closure FROM deliveries WHERE event = ? ORDER BY ordinal",
                on: database)
            selectPending = try Statement(
                """
                SELECT event, ordinal, subscriber, state, last_attempt, closure FROM deliveries INDEXED BY pending
                WHERE state = 0 AND lease >= 0
                UNION ALL
                SELECT event, ordinal, subscriber, state, last_attempt, closure FROM deliveries
                WHERE event >= (SELECT handed_from FROM ledger) AND state = 0 AND lease < 0
                """, on: database)
            selectEvent = try Statement(
                """
                SELECT route, received_at, source, provider_id, type, length(body), body_sha256, coverage, proven_by,
                    conflicts_with FROM events WHERE id = ?
                """, on: database)
            selectBody = try Statement("SELECT headers, body FROM events WHERE id = ?", on: database)
            selectRemoval = try Statement(
                """
                SELECT r.bytes, a.at, a.actor, a.reason FROM removed AS r LEFT JOIN actions AS a ON a.id = r.action
                WHERE r.event = ?
                """, on: database)
            selectDelivery = try Statement(
                """
                SELECT subscriber, endpoint, state, attempts, last_attempt, due_at, lease, closure, replay_of
                FROM deliveries WHERE event = ? AND ordinal = ?
                """, on: database)
            selectDeliveriesOfEvent = try Statement(
                "SELECT ordinal, subscriber, state FROM deliveries WHERE event = ? ORDER BY ordinal", on: database)
            selectAttempt = try Statement(
                """
                SELECT id, event, ordinal, number, previous, started_at, took, outcome, status, resolved, connected,
                    secured, first_byte, address, response
                FROM attempts WHERE id = ?
                """, on: database)
            scanTallies = try Statement(
                """
                SELECT route, subscriber, total(filtered), total(duplicates) FROM tallies WHERE hour >= ? AND hour <= ?
                GROUP BY route, subscriber
                """, on: database)
            scanQuarantine = try Statement(
                """
                SELECT id, route, received_at, reason, source, method, path, body_bytes, body IS NULL FROM quarantine
                WHERE id < ? AND id >= ? ORDER BY id DESC
                """, on: database)
            scanOldestQuarantined = try Statement(
                """
                SELECT id, route, received_at, reason, source, method, path, body_bytes, body IS NULL, headers,
                    has_query, hidden_fields, key_id, box, body
                FROM quarantine WHERE id > ? AND id < ? ORDER BY id
                """, on: database)
            selectQuarantined = try Statement(
                """
                SELECT id, route, received_at, reason, source, method, path, body_bytes, body IS NULL, headers,
                    has_query, hidden_fields, key_id, box, body
                FROM quarantine WHERE id = ?
                """, on: database)
            selectRelease = try Statement(
                """
                SELECT a.id, a.at, a.actor, a.reason FROM releases AS r JOIN actions AS a ON a.id = r.action
                WHERE r.event = ?
                """, on: database)
        } catch { throw error.ledgerError(path: path) }
    }

    /// Everything that `body` reads is of one moment.
    func snapshot<Result>(_ body: () throws(SQLiteError) -> Result) throws(LedgerError) -> Result {
        do throws(SQLiteError) {
            try database.execute("BEGIN")
            defer { try? database.execute("COMMIT") }
            return try body()
        } catch { throw error.ledgerError(path: path) }
    }

    /// Steps through rows until enough match or patience ends.
    ///
    /// - Parameter stride: rows that are looked at between two looks at the clock.
    func scan<ID: Sendable>(
        limit: Int, stride: Int = 256, _ bind: (inout Values) -> Void, _ statement: borrowing Statement,
        _ matches: (borrowing Row) -> (id: ID, isWanted: Bool)
    ) throws(SQLiteError) -> (ids: [ID], next: ID?) {
        let limit = Self.clamp(limit)
        let deadline = clock.monotonic() + Self.patience
        var found: [ID] = []
        var next: ID?
        var seen = 0
        try statement.forEach(bind) { row in
            let (id, isWanted) = matches(row)
            if isWanted { found.append(id) }
            seen += 1
            // The last row seen is where the next page begins.
            next = found.count == limit || seen % stride == 0 && clock.monotonic() >= deadline ? id : nil
            return next == nil
        }
        return (found, next)
    }

    static func clamp(_ limit: Int) -> Int { min(max(limit, 1), rowsMost) }
}
