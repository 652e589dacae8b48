extension Schema {
    /// Subscribers that were registered through the API.
    ///
    /// - `registrations`: `definition` is what a route file would say, without secrets; `box` holds those, sealed with the
    ///   key `key_id` for this id and version.
    static let registry: StaticString = """
        CREATE TABLE registrations (
            id TEXT PRIMARY KEY,
            route TEXT NOT NULL,
            name TEXT NOT NULL,
            url TEXT NOT NULL,
            partner TEXT NOT NULL,
            type TEXT,
            public_key TEXT,
            definition TEXT NOT NULL,
            key_id TEXT,
            box BLOB,
            version INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL,
            idempotency_key TEXT,
            UNIQUE (route, name),
            UNIQUE (partner, idempotency_key)
        ) STRICT, WITHOUT ROWID;
        """
}
