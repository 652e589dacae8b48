extension Schema {
    /// What the API changes of routes, and how often secrets are used.
    ///
    /// - `route_settings`: a row for each route of which something was changed. `disabled`: why, NULL while it is enabled.
    ///   `allow`: ranges separated by spaces, NULL for those of its file.
    /// - `credentials`: `box` holds the secrets, sealed with the key `key_id` for this id and version; `old_box` those before
    ///   them, sealed for `old_version`, which count until `old_until`. `secrets`: their names, separated by spaces.
    /// - `secret_uses`: `owner` is a route's id for direction 0 (in) and a subscriber's for 1 (out); `print` names a secret
    ///   under the key of `secret_prints`.
    static let credentials: StaticString = """
        CREATE TABLE route_settings (
            route TEXT PRIMARY KEY,
            disabled TEXT,
            allow TEXT,
            version INTEGER NOT NULL,
            changed_at INTEGER NOT NULL,
            changed_by TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE credentials (
            id TEXT PRIMARY KEY,
            route TEXT NOT NULL,
            name TEXT NOT NULL,
            secrets TEXT NOT NULL,
            generated INTEGER NOT NULL,
            not_before INTEGER,
            not_after INTEGER,
            key_id TEXT NOT NULL,
            box BLOB NOT NULL,
            old_key_id TEXT,
            old_box BLOB,
            old_version INTEGER,
            old_until INTEGER,
            version INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            changed_at INTEGER NOT NULL,
            idempotency_key TEXT,
            UNIQUE (route, name),
            UNIQUE (created_by, idempotency_key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE secret_uses (
            direction INTEGER NOT NULL,
            owner INTEGER NOT NULL,
            print TEXT NOT NULL,
            since INTEGER NOT NULL,
            uses INTEGER NOT NULL,
            first_at INTEGER,
            last_at INTEGER,
            PRIMARY KEY (direction, owner, print)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE secret_prints (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            key BLOB NOT NULL
        ) STRICT;
        INSERT INTO secret_prints VALUES (1, randomblob(16));
        """
}
