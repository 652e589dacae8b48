"""Sending again what was sent before: by name, by selection, at a rate, through a crash."""
import time

import pytest

from headgate import SIGNING_SECRET
from providers import Criptoladrillo
from test_operations import deliveries, order, refused, sound
from waiting import until

PROVIDER = Criptoladrillo()
# Three of four die: a breaker that opens would take longer than the test.
MOSTLY_DEAD = [500, 500, 500, 200]
OTHER_SECRET = "whsec_" + "YW5vdGhlci1zaWduaW5nLXNlY3JldC1vZi10ZXN0cyE="


@pytest.fixture
def relay(gateway):
    def configure(*subscribers, **more):
        gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                      retry={"schedule": [], "jitter": 0, "timeout": "30s"}, **more,
                      subscribers=[{"name": name, "url": sink.url} for name, sink in subscribers])

    def start(*subscribers):
        configure(*subscribers)
        gateway.start()
        return post

    def post():
        webhook = PROVIDER.webhook()
        assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
        return webhook

    start.configure = configure
    return start


def ended(gateway, job, seconds=30):
    def look():
        shown, = gateway.rows("replays", "show", job)
        return shown["state"] != "running" and shown
    return until(look, seconds, f"the end of {job}")


def test_a_replay_is_the_same_event_to_where_the_subscriber_is_now(relay, gateway, subscriber):
    old, new = subscriber(200), subscriber(200)
    webhook = relay(("billing", old))()
    before, = old.wait(1)
    deliveries(gateway, "delivered", 1)
    gateway.stop()
    relay.configure(("billing", new))
    gateway.start(env={"HEADGATE_SIGNING_SECRET": OTHER_SECRET})
    job, = gateway.rows("events", "replay", before.id, "--reason", "they lost it")
    after, = new.wait(1)
    assert after.body == webhook.body and after.id == before.id
    after.verify(OTHER_SECRET)
    assert after["headgate-replay-of"] == before["headgate-delivery"] != after["headgate-delivery"]
    assert after["headgate-attempt"] == "1" and len(old.requests) == 1
    assert ended(gateway, job["id"])["done"] == 1
    rows = deliveries(gateway, "delivered", 2)
    assert rows[0]["replayOf"] == rows[1]["id"]
    started = gateway.rows("actions", "list")[-1]
    assert started["action"] == "start-job" and started["reason"] == "they lost it" and started["actor"] == "admin"
    sound(gateway)


def test_the_dead_letters_of_one_subscriber_are_replayed_at_a_rate(relay, gateway, subscriber):
    dead, audit = subscriber(*MOSTLY_DEAD * 20), subscriber(*MOSTLY_DEAD * 20)
    post = relay(("billing", dead), ("audit", audit))
    webhooks = [post() for _ in range(80)]
    rows = deliveries(gateway, "dead", 60, "--subscriber", "billing")
    deliveries(gateway, "dead", 60, "--subscriber", "audit")
    order(gateway, "deliveries", "discard", rows[0]["id"], "--reason", "not this one")
    discarded = rows[0]["event"]
    selection = ["--subscriber", "billing", "--state", "dead", "--since", "1d"]
    assert gateway.rows("events", "replay", *selection, "--dry-run") == [{"deliveries": 59, "skipped": 0}]
    assert len(dead.requests) == 80, "a dry run sends nothing"
    began = time.monotonic()
    job, = gateway.rows("events", "replay", *selection, "--rate", "20/s")
    replayed = dead.wait(139, 30)[80:]
    assert time.monotonic() - began > 2.0, "20 a second: 59 take almost 3 seconds"
    assert {one.id for one in replayed} == {row["event"] for row in rows} - {discarded}
    assert {one.body for one in replayed} < {one.body for one in webhooks}
    assert all(one["headgate-replay-of"] for one in replayed)
    shown = ended(gateway, job["id"])
    assert (shown["state"], shown["done"], shown["skipped"]) == ("done", 59, 0)
    assert len(audit.requests) == 80, "the other subscriber's dead letters stay"
    deliveries(gateway, "delivered", 79, "--subscriber", "billing")
    assert gateway.rows("events", "replay", *selection, "--dry-run") == [{"deliveries": 0, "skipped": 0}]
    sound(gateway)


def test_what_is_pending_is_not_doubled(relay, gateway, subscriber):
    sink = subscriber(200)
    post = relay(("billing", sink))
    post()
    deliveries(gateway, "delivered", 1)
    order(gateway, "subscribers", "pause", "pay/billing")
    post()
    deliveries(gateway, "held", 1)
    first, = gateway.rows("events", "replay", "--route", "pay")
    shown = ended(gateway, first["id"])
    assert (shown["done"], shown["skipped"]) == (1, 1)
    again, = gateway.rows("events", "replay", "--route", "pay")
    shown = ended(gateway, again["id"])
    assert (shown["done"], shown["skipped"]) == (0, 2)
    order(gateway, "subscribers", "resume", "pay/billing")
    deliveries(gateway, "delivered", 3)
    assert len(sink.requests) == 3
    sound(gateway)


def test_a_replay_goes_on_after_a_kill_and_sends_each_event_once(relay, gateway, subscriber):
    sink = subscriber(*MOSTLY_DEAD * 20)
    post = relay(("billing", sink))
    for _ in range(80):
        post()
    deliveries(gateway, "dead", 60)
    job, = gateway.rows("events", "replay", "--state", "dead", "--rate", "20/s")
    for seen in (85, 105):
        sink.wait(seen, 20)
        gateway.kill()
        gateway.start()
    shown = ended(gateway, job["id"])
    assert (shown["state"], shown["done"]) == ("done", 60)
    deliveries(gateway, "delivered", 80)
    replays = sink.requests[80:]
    assert len({one["headgate-replay-of"] for one in replays}) == 60
    assert len({one["headgate-delivery"] for one in replays}) == 60, "no event has two replays"
    sound(gateway)


def test_a_replay_is_cancelled_and_bounded(relay, gateway, subscriber):
    sink = subscriber(200)
    post = relay(("billing", sink))
    for _ in range(10):
        post()
    deliveries(gateway, "delivered", 10)
    job, = gateway.rows("events", "replay", "--route", "pay", "--limit", "3")
    assert ended(gateway, job["id"])["done"] == 3
    job, = gateway.rows("events", "replay", "--route", "pay", "--rate", "1/s")
    until(lambda: gateway.rows("replays", "show", job["id"])[0]["done"] >= 1, 10)
    order(gateway, "replays", "cancel", job["id"], "--reason", "enough")
    shown, = gateway.rows("replays", "show", job["id"])
    assert shown["state"] == "cancelled" and shown["done"] < 10
    assert "ended" in refused(gateway, "replays", "cancel", job["id"])
    assert [row["id"] for row in gateway.rows("replays", "list")][0] == job["id"]
    sound(gateway)


@pytest.mark.parametrize("arguments", [
    [], ["--limit", "5"], ["evt_1"], ["--state", "pending"], ["--route", "pay", "--rate", "much"],
    ["--outcome", "odd"], ["--since", "yesterday"],
], ids=" ".join)
def test_an_order_that_cannot_be_meant_is_refused(arguments, relay, gateway, subscriber):
    relay(("billing", subscriber(200)))
    result = gateway.command("events", "replay", *arguments)
    # 64 for what the command itself cannot read.
    assert result.returncode == (64 if "yesterday" in arguments else 1), result
    assert result.stdout == "" and result.stderr.startswith("headgate: ")
    assert gateway.rows("replays", "list") == []


def test_many_events_are_counted_beforehand(relay, gateway, subscriber):
    post = relay(("billing", subscriber(200)), ("audit", subscriber(200)))
    for _ in range(70):
        post()
    events = [row["event"] for row in deliveries(gateway, "delivered", 140)]
    assert gateway.rows("events", "replay", *events, "--dry-run") == [{"deliveries": 140, "skipped": 0}]


def test_a_name_that_is_none_starts_no_job(relay, gateway, subscriber):
    post = relay(("billing", subscriber(200)))
    post()
    event, = gateway.rows("events", "list")
    for words in (["evt_0000000000000"], [event["id"], "--route", "nowhere"], ["--subscriber", "biling"],
                  ["--route", "pai", "--state", "dead"]):
        for more in ([], ["--dry-run"]):
            assert "no " in refused(gateway, "events", "replay", *words, *more)
    assert gateway.rows("replays", "list") == []
