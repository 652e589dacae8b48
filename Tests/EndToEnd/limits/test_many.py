"""Many of everything: routes, subscribers, deliveries that are due at once."""
import json
import os
import sqlite3
import time

import pytest

from fast_sink import FastSink
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
ROUTES, SUBSCRIBERS, DUE = 10_000, 1000, 100_000


@pytest.fixture
def sink():
    sink = FastSink()
    sink.open()
    yield sink
    sink.close()


def test_ten_thousand_routes(gateway, sink):
    definition = {"verify": PROVIDER.preset, "secrets": {"SECRET": "env:SECRET"},
                  "subscribers": [{"name": "s", "url": sink.url}]}
    text = json.dumps(definition)
    for number in range(ROUTES):
        (gateway.routes / f"r{number}.json5").write_text(text)
    began = time.monotonic()
    gateway.start(env=PROVIDER.secrets, wait=False)
    gateway.wait_until_listening(60)
    took = time.monotonic() - began
    gateway.wait_until_ready()
    memory = gateway.memory()
    gateway.kill()
    began = time.monotonic()
    gateway.start(wait=False)
    gateway.wait_until_listening(60)
    again = time.monotonic() - began
    connection, asked = gateway.connection(), []
    for number in range(0, ROUTES, 20):
        webhook = PROVIDER.webhook()
        began = time.monotonic()
        connection.request("POST", f"/r{number}", webhook.body, webhook.headers)
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 200
        asked.append(time.monotonic() - began)
    assert gateway.post("/r10000", b"{}").status == 404
    assert gateway.post("/r1x", b"{}").status == 404
    until(lambda: sink.count() == ROUTES // 20, 30, "an event of every twentieth route")
    print(f"{ROUTES} routes: first start {took:.1f} s, next {again:.1f} s, {memory >> 20} MiB; "
          f"a request takes {sorted(asked)[len(asked) // 2] * 1e3:.1f} ms")
    assert took < 40 and again < 40
    assert memory < 256 << 20
    until(lambda: gateway.metric("headgate_deliveries", state="delivered") == ROUTES // 20)


def test_a_thousand_subscribers_of_one_route(gateway, sink):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": f"s{number}", "url": sink.url} for number in range(SUBSCRIBERS)])
    gateway.start()
    before = gateway.memory()
    connection, began = gateway.connection(), time.monotonic()
    for count in range(1, 11):
        webhook = PROVIDER.webhook()
        connection.request("POST", "/in", webhook.body, webhook.headers)
        assert connection.getresponse().read() is not None
        if count == 1:
            until(lambda: sink.count() == SUBSCRIBERS, 60, "one event at all of them")
            print(f"one event at {SUBSCRIBERS} subscribers: {time.monotonic() - began:.2f} s")
    until(lambda: sink.count() == 10 * SUBSCRIBERS, 60, "ten events at all of them")
    until(lambda: gateway.metric("headgate_deliveries", state="delivered") == 10 * SUBSCRIBERS)
    print(f"ten events: {time.monotonic() - began:.2f} s, {gateway.memory('VmHWM') - before >> 20} MiB more at the peak")
    assert gateway.metric("headgate_attempts_total") == 10 * SUBSCRIBERS, "each exactly once"
    assert gateway.memory("VmHWM") - before < 96 << 20


def fill(ledger, count, lanes):
    """As if a subscriber's outage had left `count` deliveries, all due: a received event is copied in the file."""
    database = sqlite3.connect(ledger, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("BEGIN")
    events = [row[1] for row in database.execute("PRAGMA table_info(events)")]
    deliveries = [row[1] for row in database.execute("PRAGMA table_info(deliveries)")]
    (last,) = database.execute("SELECT max(id) FROM events").fetchone()
    database.execute(
        "CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT ?) SELECT i FROM n",
        (count // lanes,))
    # A few milliseconds earlier each, so that they sort before what comes now and the ids stay unique.
    columns = ["?1 - 4096 * i" if name == "id" else name for name in events]
    database.execute(f"INSERT INTO events SELECT {', '.join(columns)} FROM n, events WHERE events.id = ?1", (last,))
    columns = [{"event": "?1 - 4096 * i", "state": "0", "attempts": "0", "last_attempt": "NULL", "lease": "0",
                "due_at": "?2 - i"}.get(name, name) for name in deliveries]
    database.execute(
        f"INSERT INTO deliveries SELECT {', '.join(columns)} FROM n, deliveries WHERE deliveries.event = ?1",
        (last, time.time_ns() // 1000))
    database.execute("UPDATE counts SET pending = pending + ?", (count // lanes,))
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


@pytest.mark.parametrize("count", [DUE, pytest.param(10 * DUE, marks=pytest.mark.slow)])
def test_deliveries_that_are_all_due_at_the_start(count, gateway, sink):
    lanes = 10
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": f"s{number}", "url": sink.url} for number in range(lanes)])
    gateway.start()
    webhook = PROVIDER.webhook(padding="x" * 900)
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    until(lambda: sink.count() == lanes)
    assert gateway.stop() == 0
    fill(gateway.ledger, count, lanes)
    began = time.monotonic()
    gateway.start(wait=False)
    gateway.wait_until_listening()
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    first = time.monotonic() - began
    part = min(count, DUE)
    until(lambda: sink.count() >= part, 120, "the backlog")
    took = time.monotonic() - began
    print(f"{count} deliveries due at the start: first 2xx after {first:.2f} s, {part} sent after {took:.1f} s "
          f"({part / took:.0f}/s), {gateway.memory('VmHWM') >> 20} MiB at the peak, "
          f"{os.path.getsize(gateway.ledger) >> 20} MiB of ledger")
    assert first < 5
    assert gateway.memory("VmHWM") < 64 << 20
    if count == part:
        until(lambda: sink.count() == count + 2 * lanes, 60, "each of them, and the new ones")
