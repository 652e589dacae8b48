extension Schema {
    /// Requests that made no delivery: refused ones with where released ones went, and how many were verified and yet
    /// not for somebody, or known already.
    ///
    /// - `quarantine`: `origin` is `RefusedRequest.Origin`, `weight` what the row counts for. `has_query` and
    ///   `hidden_fields` (names, joined by commas) say what is hidden; `box` holds it, sealed with the key `key_id` for this
    ///   id and route, and is NULL when it is not kept; `body` likewise. The index tells the newest of an origin, which
    ///   gives way first.
    /// - `releases`: the action that made a refused request an event.
    /// - `tallies`: by hours since 1970; `subscriber` is 0 for the route as a whole. Nothing is written for an event that all
    ///   subscribers of its route get.
    static let quarantine: StaticString = """
        CREATE TABLE quarantine (
            id INTEGER PRIMARY KEY,
            route INTEGER NOT NULL,
            origin INTEGER NOT NULL,
            weight INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            reason TEXT NOT NULL,
            source BLOB NOT NULL,
            method BLOB NOT NULL,
            path BLOB NOT NULL,
            body_bytes INTEGER,
            headers BLOB NOT NULL,
            has_query INTEGER NOT NULL,
            hidden_fields TEXT NOT NULL,
            key_id TEXT,
            box BLOB,
            body BLOB
        ) STRICT;
        CREATE INDEX quarantined ON quarantine (route, origin, id, weight);
        CREATE TABLE releases (
            event INTEGER PRIMARY KEY,
            action INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE tallies (
            hour INTEGER NOT NULL,
            route INTEGER NOT NULL,
            subscriber INTEGER NOT NULL,
            filtered INTEGER NOT NULL,
            duplicates INTEGER NOT NULL,
            PRIMARY KEY (hour, route, subscriber)
        ) STRICT, WITHOUT ROWID;
        """
}
