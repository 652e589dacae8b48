"""Readers beside the writer: the log grows only while one of them holds it, and shrinks again."""
import sqlite3
import threading

import pytest

from headgate import run
from providers import Criptoladrillo
from storm import Accounted
from waiting import until

PROVIDER = Criptoladrillo()
MEBIBYTE = 1 << 20


class Padded:
    def webhook(self):
        return PROVIDER.webhook(padding="x" * 20_000)


@pytest.fixture
def running(gateway, subscriber):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "s", "url": subscriber().url}])
    return gateway.start()


def log_bytes(gateway):
    return gateway.ledger.with_name("ledger.db-wal").stat().st_size


def test_operators_who_read_all_the_time_do_not_make_the_log_grow(running):
    """Checkpoints are never starved by the gateway's own readers, in its process or beside it."""
    gateway, end, failed = running, threading.Event(), []

    def read():
        while not end.is_set():
            result = run("events", "list", "--ledger", gateway.ledger, "--limit", "1000")
            failed.extend([result.stderr] if result.returncode else [])
            gateway.rows("deliveries", "list", "--limit", "1000")
    reader = threading.Thread(target=read)
    reader.start()
    longest = 0
    with Accounted(gateway, "/in", Padded()) as load:
        for _ in range(20):
            load.wait_for(100)
            longest = max(longest, log_bytes(gateway))
        load.stop()
    end.set()
    reader.join(60)
    print(f"{len(load.acknowledged)} events of 20 kB, log at most {longest / MEBIBYTE:.1f} MiB")
    assert not failed
    assert longest < 24 * MEBIBYTE
    until(lambda: log_bytes(gateway) == gateway.metric("headgate_wal_bytes") == 0, 10, "an empty log")


def test_a_reader_that_holds_the_log_costs_disk_and_neither_events_nor_seconds(running):
    """Somebody's forgotten transaction in a `sqlite3` shell."""
    gateway = running
    shell = sqlite3.connect(gateway.ledger, isolation_level=None)
    shell.execute("BEGIN")
    shell.execute("SELECT count(*) FROM events").fetchall()
    slowest = 0
    with Accounted(gateway, "/in", Padded()) as load:
        while log_bytes(gateway) < 80 * MEBIBYTE:
            load.wait_for(100, 30)
        load.stop()
        until(lambda: gateway.metric("headgate_wal_bytes") >= 80 * MEBIBYTE, 5, "a metric that tells")
        assert load.refused == [] and load.lost == 0
        slowest = max(later - earlier for earlier, later in zip(times(load), times(load)[1:]))
        print(f"{len(load.acknowledged)} events, longest time without an answer {slowest:.2f} s")
        assert slowest < 5
    shell.execute("COMMIT")
    shell.close()
    until(lambda: log_bytes(gateway) == 0, 15, "an empty log")
    assert gateway.stop() == 0


def times(load):
    return sorted(load.acknowledged.values())
