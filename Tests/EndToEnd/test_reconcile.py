"""What was received is what became of it, and what a provider sent is what was received."""
import sqlite3

import pytest

from providers import Criptoladrillo
from test_operations import deliveries, order

PROVIDER = Criptoladrillo()


@pytest.fixture
def counted(gateway, subscriber):
    """Eight events for two subscribers: three are dead at one, one of them discarded; two are held at it."""
    sink, audit = subscriber(500, 500, 500, 200), subscriber(200)
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": [], "jitter": 0, "timeout": "2s"},
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
