extension Schema {
    /// Who may use the admin API.
    ///
    /// - `tokens`: its key is that of the action that granted it. `hash`: SHA-256 of the token. `routes`: names separated by
    ///   spaces, NULL for all. `used_at`: to the minute.
    static let access: StaticString = """
        CREATE TABLE tokens (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            hash BLOB NOT NULL UNIQUE,
            scope INTEGER NOT NULL,
            routes TEXT,
            granted_at INTEGER NOT NULL,
            granted_by TEXT NOT NULL,
            expires_at INTEGER,
            used_at INTEGER,
            revoked_at INTEGER
        ) STRICT;
        """
}
