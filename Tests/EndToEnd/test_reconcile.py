"""What was received is what became of it, and what a provider sent is what was received."""
import sqlite3

import pytest

from providers import Criptoladrillo
from test_operations import deliveries, order
from waiting import until

PROVIDER = Criptoladrillo()


@pytest.fixture
def counted(gateway, subscriber):
    """Eight events for two subscribers: three are dead at one, one of them discarded; two are held at it."""
    sink, audit = subscriber(500, 500, 500, 200), subscriber(200)
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": [], "jitter": 0, "timeout": "30s"},
                  subscribers=[{"name": "billing", "url": sink.url}, {"name": "audit", "url": audit.url}])
    gateway.start()
    gateway.webhooks = [post(gateway) for _ in range(6)]
    rows = deliveries(gateway, "dead", 3)
    order(gateway, "deliveries", "discard", rows[0]["id"], "--reason", "known")
    order(gateway, "subscribers", "pause", "pay/billing")
    gateway.webhooks += [post(gateway) for _ in range(2)]
    deliveries(gateway, "held", 2)
    deliveries(gateway, "delivered", 3 + 8)
    return gateway


def post(gateway):
    webhook = PROVIDER.webhook()
    assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
    return webhook


def test_everything_received_is_accounted_for(counted):
    billing = {"route": "pay", "subscriber": "billing", "received": 8, "delivered": 3, "pending": 0, "held": 2, "dead": 2,
               "discarded": 1, "cancelled": 0, "filtered": 0, "duplicates": 0, "replays": 0}
    rows = {row["subscriber"]: row for row in counted.rows("reconcile", "--since", "1h")}
    assert rows["billing"] == billing
    assert rows["audit"] == {**billing, "subscriber": "audit", "delivered": 8, "held": 0, "dead": 0, "discarded": 0}
    assert "adds up" in order(counted, "reconcile", "--route", "pay")
    assert counted.rows("reconcile", "--until", "2020-01-01T00:00:00Z") == []


def test_a_delivery_that_somebody_removed_is_missed(counted):
    counted.stop()
    database = sqlite3.connect(counted.ledger)
    database.execute("DELETE FROM deliveries WHERE ordinal = 2 AND event = (SELECT min(id) FROM events)")
    database.commit()
    database.close()
    result = counted.command("reconcile", "--ledger", str(counted.ledger))
    assert result.returncode == 1 and "16 deliveries were accepted, 15 are there" in result.stderr


def test_ids_that_were_never_received_are_named(counted, tmp_path):
    export = tmp_path / "export.csv"
    ids = [webhook.id for webhook in counted.webhooks]
    export.write_text("created,id\n" + "".join(f'2026-01-01,"{one}"\n' for one in [*ids, "lost-1", "lost-2"]))
    result = counted.command("reconcile", "--route", "pay", "--against", export, "--column", "id")
    assert result.returncode == 1 and result.stdout.split() == ["lost-1", "lost-2"]
    export.write_text("\n".join(ids))
    assert order(counted, "reconcile", "--against", export) == ""
    assert counted.command("reconcile", "--against", export, "--column", "id").returncode == 64


def test_an_export_is_read_as_it_is_written(counted, tmp_path):
    export = tmp_path / "export.csv"
    ids = [webhook.id for webhook in counted.webhooks]
    rows = "".join(f'{one},"two\r\nlines, ""quoted"""\r\n' for one in [*ids, "lost-1"])
    export.write_bytes(b"\xef\xbb\xbf" + f"id,note\r\n{rows}".encode())
    result = counted.command("reconcile", "--against", export, "--column", "id")
    assert result.returncode == 1 and result.stdout.split() == ["lost-1"]
    export.write_bytes(b"\xef\xbb\xbf" + "\n".join(ids).encode())
    assert order(counted, "reconcile", "--against", export) == ""
    for content, flags in ((b"", ()), (b"id\n", ("--column", "id")), (b'id\n"one', ()), ("id\n".encode("utf-16"), ())):
        export.write_bytes(content)
        result = counted.command("reconcile", "--against", export, *flags)
        assert result.returncode == 64 and "test_an_export" in result.stderr, (content, result)


def test_a_route_that_is_not_there_does_not_add_up(counted):
    for more in ((), ("--json",), ("--ledger", str(counted.ledger))):
        result = counted.command("reconcile", "--route", "typo", *more)
        assert result.returncode == 1 and "typo" in result.stderr and "adds up" not in result.stdout


def test_what_was_filtered_or_came_twice_is_counted_too(gateway, subscriber):
    every, some = subscriber(200), subscriber(200)
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, event={"id": "json:operation_id", "type": "json:kind"},
                  subscribers=[{"name": "every", "url": every.url}, {"name": "some", "url": some.url, "events": ["paid"]}])
    gateway.start()
    for kind in ["paid", "opened", "opened", "paid", "opened"]:
        webhook = PROVIDER.webhook(kind=kind)
        for _ in range(2 if kind == "paid" else 1):
            assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
    deliveries(gateway, "delivered", 7)
    rows = {row["subscriber"]: row for row in gateway.rows("reconcile", "--since", "1h")}
    counts = {name: [row[key] for key in ("received", "delivered", "filtered", "duplicates")] for name, row in rows.items()}
    assert counts == {"every": [7, 5, 0, 2], "some": [7, 2, 3, 2]}
    text = order(gateway, "reconcile", "--route", "pay")
    assert "5 events" in text and "2 duplicates" in text and "adds up" in text


def test_a_history_of_all_kinds_adds_up_at_every_step(gateway, subscriber, tmp_path):
    """Delivered, dead, discarded, cancelled, held, filtered, duplicate, conflicting, redacted, replayed, released from
    quarantine, and removed by retention."""
    every, some, flaky = subscriber(200), subscriber(200), subscriber(500, 500, 500, 200)
    route = {
        "verify": PROVIDER.preset, "dedup": "5s", "event": {"id": "json:operation_id", "type": "json:kind"},
        "retry": {"schedule": [], "jitter": 0, "timeout": "30s"},
        "subscribers": [{"name": "every", "url": every.url}, {"name": "some", "url": some.url, "events": ["paid"]},
                        {"name": "flaky", "url": flaky.url}]}
    gateway.route("pay", secrets={"SECRET": "an-old-secret"}, **route)
    gateway.start()
    late = PROVIDER.webhook(kind="paid")
    assert gateway.post("/pay", late.body, late.headers).status == 401
    until(lambda: gateway.rows("quarantine", "list"))
    gateway.route("pay", secrets=PROVIDER.secrets, **route)
    gateway.signal(1)
    until(lambda: gateway.logged("reloaded"))

    def adds_up():
        text = order(gateway, "reconcile")
        assert "It adds up." in text
        rows = {row["subscriber"]: row for row in gateway.rows("reconcile", "--since", "1h")}
        return rows

    def send(kind):
        webhook = PROVIDER.webhook(kind=kind)
        assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
        adds_up()
        return webhook

    sent = [send("paid" if number % 2 else "opened") for number in range(7)]
    sent.append(PROVIDER.webhook(kind="paid"))
    changed = PROVIDER.sign(sent[-1].body.replace(b"23.4055", b"99.0000"), sent[-1].id)
    for webhook in (sent[-1], sent[-1], changed):  # one after the other: the window is short
        assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
    adds_up()
    order(gateway, "quarantine", "release", "--all-verified", "--route", "pay", "--reason", "rotated")
    # Ten events: eight, the conflicting one, the released one.
    dead = deliveries(gateway, "dead", 3, "--subscriber", "flaky")
    deliveries(gateway, "delivered", 10, "--subscriber", "every")
    order(gateway, "deliveries", "discard", dead[0]["id"], "--reason", "known")
    order(gateway, "deliveries", "retry", dead[1]["id"])
    deliveries(gateway, "delivered", 8, "--subscriber", "flaky")
    order(gateway, "events", "redact", dead[1]["event"], "--reason", "erasure")
    order(gateway, "events", "replay", "--subscriber", "some", "--reason", "lost")
    # A redacted event is passed over.
    replays = 5 if dead[1]["eventType"] == "paid" else 6
    deliveries(gateway, "delivered", 6 + replays, "--subscriber", "some")
    order(gateway, "subscribers", "pause", "pay/flaky", "--reason", "work")
    held = [send("paid"), send("opened")]
    order(gateway, "deliveries", "cancel", deliveries(gateway, "held", 2)[0]["id"], "--reason", "not needed")
    rows = adds_up()
    nothing = dict.fromkeys(("pending", "held", "dead", "discarded", "cancelled", "filtered", "replays"), 0)
    counts = {name: {key: row[key] for key in row if key not in ("route", "subscriber")} for name, row in rows.items()}
    assert counts == {
        "every": {**nothing, "received": 13, "delivered": 12, "duplicates": 1},
        "some": {**nothing, "received": 13, "delivered": 7, "duplicates": 1, "filtered": 5, "replays": replays},
        "flaky": {**nothing, "received": 13, "delivered": 8, "duplicates": 1, "dead": 1, "discarded": 1, "held": 1,
                  "cancelled": 1}}
    export = tmp_path / "export.csv"
    export.write_text("\n".join(webhook.id for webhook in [late, *sent, *held]) + "\nnever-sent\n")
    result = gateway.command("reconcile", "--against", export)
    assert result.returncode == 1 and result.stdout.split() == ["never-sent"]

    # What is too old goes: all but the delivery that is still held. It adds up on the way, and says what it cannot see.
    gateway.stop()
    gateway.start("--keep-events", "2s")

    def removed():
        adds_up()
        return len(gateway.rows("events", "list")) == 1
    until(removed, 40, "the end of the old events")
    rows = adds_up()
    assert (rows["flaky"]["held"], rows["flaky"]["received"]) == (1, 2)
    result = gateway.command("reconcile")
    assert result.returncode == 0 and "retention removed events up to" in result.stderr
