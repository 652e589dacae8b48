extension Schema {
    /// What makes the ledger provable to others, and what was removed from it.
    ///
    /// - `proof`: the one row about it. `identity` names this ledger in its checkpoints. `bodies_until` and `events_until`
    ///   are events up to which retention has removed all that may go.
    /// - `tree`: complete nodes of `ChainTree` from `ChainTree.keptLevel` on, `records` being the leaves of the chain below
    ///   each.
    /// - `removed`: events whose body is gone: how many bytes it had, and the action that redacted it, 0 for retention.
    static let proof: StaticString = """
        CREATE TABLE proof (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            identity BLOB NOT NULL,
            bodies_until INTEGER NOT NULL,
            events_until INTEGER NOT NULL
        ) STRICT;
        INSERT INTO proof VALUES (1, randomblob(16), 0, 0);
        CREATE TABLE tree (
            level INTEGER NOT NULL,
            place INTEGER NOT NULL,
            records INTEGER NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (level, place)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE removed (
            event INTEGER PRIMARY KEY,
            bytes INTEGER NOT NULL,
            action INTEGER NOT NULL
        ) STRICT;
        """
}
