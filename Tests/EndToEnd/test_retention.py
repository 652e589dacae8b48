"""What is too old goes by itself, while webhooks come in; what is not sent yet stays, and the chain holds."""
import sqlite3

import pytest

from headgate import run
from providers import Criptoladrillo
from test_operations import deliveries, order
from waiting import until

PROVIDER = Criptoladrillo()


@pytest.fixture
def relay(gateway, subscriber):
    gateway.sink = subscriber(200)
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, dedup="1s",
                  subscribers=[{"name": "billing", "url": gateway.sink.url}])
    gateway.route("wait", verify=PROVIDER.preset, secrets=PROVIDER.secrets, dedup="1s",
                  subscribers=[{"name": "closed", "url": gateway.sink.url}])
    return gateway


def post(gateway, path="/pay"):
    webhook = PROVIDER.webhook()
    assert gateway.post(path, webhook.body, webhook.headers).status == 200
    return webhook


def sound(gateway, *flags):
    result = run("ledger", "verify", "--ledger", gateway.ledger, *flags)
    assert result.returncode == 0, result
    return result.stdout


def count(gateway, what):
    database = sqlite3.connect(f"file:{gateway.ledger}?mode=ro", uri=True)
    try:
        return database.execute(what).fetchone()[0]
    finally:
        database.close()


def test_old_bodies_and_old_events_go_while_webhooks_come_in(relay, tmp_path):
    relay.start("--keep-bodies", "2s", "--keep-events", "4s")
    order(relay, "subscribers", "pause", "wait/closed", "--reason", "not yet")
    waiting = post(relay, "/wait")
    first = [post(relay) for _ in range(20)]
    deliveries(relay, "delivered", 20)
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_text(order(relay, "ledger", "checkpoint"))
    seen = {"bodies": False, "events": False}

    def gone():
        post(relay)
        seen["bodies"] |= count(relay, "SELECT count(*) FROM removed") > 0
        seen["events"] |= count(relay, "SELECT coalesce(min(id), 0) FROM attempts") > 20
        return all(seen.values())

    until(gone, 30, "the end of the first bodies and events")
    # Each look at the ledger is while it goes on.
    assert "removed by retention" in sound(relay, "--checkpoint", checkpoint)
    kept = deliveries(relay, "held", 1)[0]
    order(relay, "subscribers", "resume", "wait/closed")
    until(lambda: waiting.body in [request.body for request in relay.sink.requests], 15, "what had waited")
    assert len(first) < len(relay.sink.requests)
    until(lambda: relay.command("events", "show", kept["event"]).returncode == 1, 30, "its end too, now that it is sent")
    actions = {row["action"] for row in relay.rows("actions", "list")}
    assert {"remove-bodies", "remove-events"} <= actions
    relay.stop()
    sound(relay, "--checkpoint", checkpoint)
    relay.start()
    post(relay)
    sound(relay)


def test_an_event_whose_body_grew_too_old_is_not_replayed(relay):
    relay.start("--keep-bodies", "1s")
    post(relay)
    event = deliveries(relay, "delivered", 1)[0]["event"]
    post(relay)
    until(lambda: "removed" in relay.command("events", "show", event).stdout, 30, "the end of the body")
    result = relay.command("events", "replay", event)
    assert result.returncode == 1 and "was removed" in result.stderr
    assert len(relay.sink.requests) == 2


@pytest.mark.parametrize("flags", [["--keep-bodies", "0s"], ["--keep-events", "90"], ["--keep-size", "10"]])
def test_what_cannot_be_meant_stops_the_start(relay, flags):
    result = relay.run_serve(*flags)
    assert result.returncode == 64 and flags[0] in result.stderr
