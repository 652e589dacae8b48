internal import CSQLite

/// The tables, as a list of steps that only grows: a step that was released is never edited. `PRAGMA user_version`
/// counts the steps a file has been through.
enum Schema {
    /// "HGLD": tells our files from those of other programs (`PRAGMA application_id`).
    static let applicationID: Int64 = 0x4847_4c44

    static var version: Int { steps.count }

    /// Each runs in a transaction of its own.
    static let steps: [StaticString] = [
        first, operations, handover, proof, access, registry, quarantine,
        credentials, bodies,
    ]

    /// Keys are integers, rows narrow, and an event whose deliveries succeed at once pays for one secondary index only.
    ///
    /// - `ledger`: the one row about the file itself. `run` grows at each start; a delivery's `lease` is the run that
    ///   holds it, 0 when none does. `reopened` counts the times the file was opened again after an error.
    /// - `events`: what is small stands before what is large, so that a search reads no overflow page. `fanout` is how
    ///   many deliveries the event was accepted with: later ones (replays) have higher ordinals.
    /// - `deliveries`: its key is the order in which an event's page is read; no index by event is needed.
    /// - `pending` serves the claim (lease 0) and the search after a crash alike.
    /// - `attempts`: `previous` links a delivery's attempts backwards from `deliveries.last_attempt`, instead of an index.
    /// - `dedup`: 64 bits of a keyed hash of route and provider's id; the event itself decides what it means.
    ///   `dedup_log` holds the entries that are still to be sorted into it.
    /// - `counts`: changed in the same transaction as what it counts, so that a start need not count.
    /// - `chain`: see `Chain`.
    private static let first: StaticString = """
        CREATE TABLE ledger (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            run INTEGER NOT NULL,
            reopened INTEGER NOT NULL,
            dedup_key BLOB NOT NULL,
            dedup_window INTEGER NOT NULL
        ) STRICT;
        INSERT INTO ledger VALUES (1, 0, 0, randomblob(16), 0);

        CREATE TABLE routes (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE subscribers (
            id INTEGER PRIMARY KEY,
            route INTEGER NOT NULL,
            name TEXT NOT NULL,
            gone INTEGER NOT NULL,
            paused TEXT,
            UNIQUE (route, name)
        ) STRICT;
        CREATE TABLE endpoints (
            id INTEGER PRIMARY KEY,
            subscriber INTEGER NOT NULL,
            url TEXT NOT NULL,
            UNIQUE (subscriber, url)
        ) STRICT;
        CREATE TABLE counts (
            subscriber INTEGER PRIMARY KEY,
            pending INTEGER NOT NULL,
            delivered INTEGER NOT NULL,
            dead INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE events (
            id INTEGER PRIMARY KEY,
            route INTEGER NOT NULL,
            fanout INTEGER NOT NULL,
            coverage INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            conflicts_with INTEGER,
            source BLOB NOT NULL,
            body_sha256 BLOB NOT NULL,
            provider_id BLOB,
            type BLOB,
            proven_by TEXT NOT NULL,
            headers BLOB NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE TABLE deliveries (
            event INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            subscriber INTEGER NOT NULL,
            endpoint INTEGER NOT NULL,
            state INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            last_attempt INTEGER,
            due_at INTEGER,
            lease INTEGER NOT NULL,
            PRIMARY KEY (event, ordinal)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX pending ON deliveries (lease, subscriber, due_at) WHERE state = 0;
        CREATE INDEX dead ON deliveries (event, ordinal) WHERE state = 2;
        CREATE TABLE attempts (
            id INTEGER PRIMARY KEY,
            event INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            number INTEGER NOT NULL,
            previous INTEGER,
            started_at INTEGER NOT NULL,
            took INTEGER NOT NULL,
            outcome INTEGER NOT NULL,
            status INTEGER NOT NULL,
            resolved INTEGER NOT NULL,
            connected INTEGER NOT NULL,
            secured INTEGER NOT NULL,
            first_byte INTEGER NOT NULL,
            address BLOB,
            response BLOB NOT NULL
        ) STRICT;

        CREATE TABLE dedup (
            key INTEGER PRIMARY KEY,
            event INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE dedup_log (
            id INTEGER PRIMARY KEY,
            entries BLOB NOT NULL
        ) STRICT;
        CREATE TABLE chain (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            last_event INTEGER NOT NULL,
            last_attempt INTEGER NOT NULL,
            leaves BLOB NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;
        """

    /// What operators do.
    ///
    /// - `subscribers.endpoint`: the one it was registered with last; NULL until then.
    /// - `deliveries.replay_of`: the ordinal of the delivery that this one repeats, 0 when it is none. `made_by`: the action
    ///   that made it, 0 for those that the event was accepted with. `attempts_before`: of `attempts`, those that its
    ///   schedule does not count. `closure`: see `Closure`, 0 for none.
    /// - `chain.last_action`: NULL in a batch without actions, and then no part of its hash.
    /// - `jobs`: its key is that of the action that started it; `event` and `ordinal` are how far it is.
    private static let operations: StaticString = """
        ALTER TABLE subscribers ADD COLUMN endpoint INTEGER;
        ALTER TABLE deliveries ADD COLUMN replay_of INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE deliveries ADD COLUMN made_by INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE deliveries ADD COLUMN attempts_before INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE deliveries ADD COLUMN closure INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE chain ADD COLUMN last_action INTEGER;
        CREATE TABLE actions (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            actor TEXT NOT NULL,
            target TEXT NOT NULL,
            reason TEXT NOT NULL,
            done INTEGER NOT NULL,
            skipped INTEGER NOT NULL,
            deliveries BLOB NOT NULL
        ) STRICT;
        CREATE TABLE jobs (
            id INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            state INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            event INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            done INTEGER NOT NULL,
            skipped INTEGER NOT NULL,
            most INTEGER NOT NULL,
            rate_count INTEGER NOT NULL,
            rate_per INTEGER NOT NULL,
            route TEXT,
            subscriber TEXT,
            type TEXT,
            delivery_state INTEGER,
            outcome INTEGER,
            status INTEGER,
            since INTEGER,
            until INTEGER,
            events BLOB,
            actor TEXT NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        CREATE INDEX running ON jobs (id) WHERE state = 0;
        """

    /// See `HandoverTable`. Before it every lease was positive.
    private static let handover: StaticString = """
        ALTER TABLE ledger ADD COLUMN handed_from INTEGER NOT NULL DEFAULT 0;
        UPDATE ledger SET handed_from = (SELECT coalesce(max(id), 0) FROM events);
        DROP INDEX pending;
        CREATE INDEX pending ON deliveries (lease, subscriber, due_at) WHERE state = 0 AND lease >= 0;
        """

    /// Brings an opened file to this build's version.
    static func migrate(_ database: borrowing Database, path: String) throws(LedgerError) {
        let found = try identify(database, path: path)
        for number in found..<version {
            do {
                try database.execute("BEGIN IMMEDIATE")
                try database.execute(steps[number])
                // A pragma takes no parameter; both are part of the transaction.
                try database.setNumber("application_id", to: applicationID)
                try database.setNumber("user_version", to: Int64(number + 1))
                try database.execute("COMMIT")
            } catch {
                try? database.execute("ROLLBACK")
                throw error.ledgerError(path: path)
            }
        }
    }

    /// The version of an opened file; 0 for an empty one. Refuses what is not ours and what is newer than this build.
    static func identify(_ database: borrowing Database, path: String) throws(LedgerError) -> Int {
        do {
            let application = try database.number("PRAGMA application_id")
            let found = Int(try database.number("PRAGMA user_version") ?? 0)
            if application != applicationID {
                // A start that was cut before the first step leaves an empty database.
                let tables = try database.number("SELECT count(*) FROM sqlite_schema") ?? 0
                guard application == 0, found == 0, tables == 0 else { throw LedgerError.foreign(path: path) }
                return 0
            }
            guard found <= version else { throw LedgerError.newerSchema(path: path, found: found, known: version) }
            return found
        } catch let error as LedgerError {
            throw error
        } catch let error as SQLiteError {
            throw error.ledgerError(path: path)
        } catch {
            preconditionFailure("no other error is thrown above")
        }
    }
}
