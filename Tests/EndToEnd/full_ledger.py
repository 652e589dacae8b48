"""A ledger that is not new: real events of the gateway, copied under earlier ids until there are enough.

The chain of hashes covers only the real ones. Nothing on the way of an event reads further back than that.
"""
import os
import sqlite3

MILLISECOND = 1 << 21  # of an event's id: 13 bits of sequence, 8 of node


def copy_events(path, count):
    """Until there are `count`; the gateway is stopped."""
    ledger = sqlite3.connect(path, isolation_level=None)
    ledger.execute("PRAGMA synchronous = OFF")
    first, last, real = ledger.execute("SELECT min(id), max(id), count(*) FROM events").fetchone()
    span = (last - first) // MILLISECOND + 1
    attempts = ledger.execute("SELECT max(id) FROM attempts").fetchone()[0] or 0
    event_columns = columns(ledger, "events", "id")
    delivery_columns = columns(ledger, "deliveries", "event", "last_attempt")
    attempt_columns = columns(ledger, "attempts", "id", "event")
    ledger.execute("BEGIN")
    # The oldest first, so that rows are appended as they were.
    for number in range((count - real) // real, 0, -1):
        earlier, before = number * span * MILLISECOND, number * attempts
        ledger.execute(f"INSERT INTO events (id, {event_columns}) SELECT id - ?, {event_columns} FROM events WHERE id >= ?",
                       (earlier, first))
        ledger.execute(
            f"INSERT INTO deliveries (event, last_attempt, {delivery_columns}) "
            f"SELECT event - ?, last_attempt - ?, {delivery_columns} FROM deliveries WHERE event >= ?",
            (earlier, before, first))
        ledger.execute(
            f"INSERT INTO attempts (id, event, {attempt_columns}) "
            f"SELECT id - ?, event - ?, {attempt_columns} FROM attempts WHERE id > 0", (before, earlier))
        ledger.execute("INSERT OR IGNORE INTO dedup (key, event) SELECT random(), id FROM events WHERE id >= ? AND id < ?",
                       (first - earlier, first - earlier + span * MILLISECOND))
    ledger.execute("COMMIT")
    ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def columns(ledger, table, *but):
    names = (row[1] for row in ledger.execute(f"PRAGMA table_info({table})"))
    return ", ".join(name for name in names if name not in but)
