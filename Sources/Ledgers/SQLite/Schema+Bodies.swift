extension Schema {
    /// How much the bodies are: `bytes` of those of the events up to `counted_until`. Counted by retention behind what comes in,
    /// since nothing on an event's way is to be counted for it.
    static let bodies: StaticString = """
        CREATE TABLE bodies (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            counted_until INTEGER NOT NULL,
            bytes INTEGER NOT NULL
        ) STRICT;
        INSERT INTO bodies VALUES (1, 0, 0);
        """
}
