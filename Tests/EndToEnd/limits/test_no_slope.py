"""After very many events the process is what it was after the first ones."""
import os
import threading
import time

from fast_sink import FastSink
from providers import Criptoladrillo
from test_backlog import blast
from waiting import until

PROVIDER = Criptoladrillo()
SLOW = bool(os.environ.get("HEADGATE_SLOW"))
EVENTS = 1_000_000 if SLOW else 40_000
WARM = 10_000
CONNECTIONS = 4
SENDS = 8  # at once, and as many connections to the subscriber are kept


def pour(gateway, count):
    threads = [threading.Thread(target=blast, args=(
        gateway, "/in", (PROVIDER.webhook() for _ in range(count // CONNECTIONS)))) for _ in range(CONNECTIONS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def test_descriptors_and_memory_stay_where_they_were(gateway):
    sink = FastSink()
    sink.open()
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, dedup="1m",
                  subscribers=[{"name": "s", "url": sink.url, "concurrency": SENDS}])
    gateway.start("--log-level", "warning")

    def settle(count):
        until(lambda: gateway.metric("headgate_deliveries", state="delivered") == count, 120, f"{count} deliveries")
        # The pool of connections to the subscriber stays; those of providers are closed.
        return until(lambda: (now := gateway.descriptors()) == gateway.descriptors() and now)

    pour(gateway, WARM)
    settle(WARM)
    descriptors, memory = settle(WARM), [gateway.memory()]
    began = time.monotonic()
    for quarter in range(1, 5):
        pour(gateway, EVENTS // 4)
        now = settle(WARM + EVENTS // 4 * quarter)
        memory.append(gateway.memory())
    took = time.monotonic() - began
    print(f"{EVENTS} events in {took:.0f} s: {descriptors} descriptors before, {now} after; "
          f"{memory[0] / 2**20:.1f} MiB before, " + ", ".join(f"{(one - memory[0]) / 2**20:+.1f}" for one in memory[1:])
          + f" after each quarter; WAL {gateway.metric('headgate_wal_bytes') / 2**20:.0f} MiB")
    sink.close()
    assert now <= descriptors + SENDS
    # SQLite's pages (8 MiB), the youngest entries of deduplication (2 MiB, 4 at most) and a block of the search index (5 MiB)
    # fill up, and then stay.
    assert memory[-1] - memory[0] < 24 << 20
    assert memory[-1] - memory[-2] < 4 << 20 or not SLOW
    assert gateway.metric("headgate_wal_bytes") < 64 << 20
