"""A ledger of a gibibyte: what a restart after kill -9 costs."""
import sqlite3
import statistics
import time

import pytest

from providers import Criptoladrillo
from storm import Accounted
from waiting import until

PROVIDER = Criptoladrillo()
EVENTS, PENDING = 900_000, 50_000
GIBIBYTE = 1 << 30


def grow(ledger):
    """As if that many events had come and gone: through the schema, not through the gateway."""
    database = sqlite3.connect(ledger, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("BEGIN")
    database.execute("CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT ?) "
                     "SELECT i FROM n", (EVENTS,))
    route, subscriber, endpoint = database.execute(
        "SELECT s.route, s.id, e.id FROM subscribers AS s JOIN endpoints AS e ON e.subscriber = s.id").fetchone()
    now = time.time_ns() // 1000
    database.execute("""
        INSERT INTO events SELECT i, ?1, 1, 1, ?2 - 1000000, NULL, x'7f000001', randomblob(32), CAST('op-' || i AS BLOB),
            NULL, 'SECRET', CAST('content-type: application/json' AS BLOB), randomblob(1024) FROM n""", (route, now))
    database.execute("""
        INSERT INTO deliveries SELECT i, 1, ?1, ?2, i <= ?3, i <= ?3, CASE WHEN i <= ?3 THEN i END,
            CASE WHEN i > ?3 THEN ?4 + 3600000000 END, 0 FROM n""",
        (subscriber, endpoint, EVENTS - PENDING, now))
    database.execute("""
        INSERT INTO attempts SELECT i, i, 1, 1, NULL, ?1, 900, 0, 200, 0, 0, 0, 0, x'7f000001', x'' FROM n
        WHERE i <= ?2""", (now, EVENTS - PENDING))
    database.execute("INSERT INTO dedup SELECT random(), i FROM n")
    database.execute("""
        INSERT INTO chain SELECT i, ?1, i * 100, min(i * 100, ?2), randomblob(3200), randomblob(32) FROM n
        WHERE i <= ?3""", (now, EVENTS - PENDING, EVENTS // 100))
    database.execute("INSERT OR REPLACE INTO counts VALUES (?, ?, ?, 0)", (subscriber, PENDING, EVENTS - PENDING))
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    assert ledger.stat().st_size > GIBIBYTE


@pytest.mark.slow
def test_a_restart_answers_within_a_second_whatever_the_size(gateway, subscriber):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "s", "url": subscriber().url}])
    gateway.start()
    assert gateway.stop() == 0
    grow(gateway.ledger)
    gateway.start()
    took = []
    with Accounted(gateway, "/in", PROVIDER) as load:
        for _ in range(7):
            load.wait_for(300)
            gateway.kill()
            began = time.monotonic()
            gateway.start(wait=False)
            gateway.wait_until_listening()
            known = set(load.acknowledged)
            until(lambda: len(load.acknowledged) > len(known), 20, "a 2xx")
            took.append(min(at for body, at in load.acknowledged.items() if body not in known) - began)
        load.stop()
    size = gateway.ledger.stat().st_size / GIBIBYTE
    print(f"{size:.2f} GiB, restart to first 2xx: median {statistics.median(took):.3f} s, "
          f"longest {max(took):.3f} s; {gateway.memory('VmHWM') >> 20} MiB")
    assert statistics.median(took) < 1
