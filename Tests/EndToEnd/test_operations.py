"""What operators do to subscribers and deliveries while webhooks come in."""
import signal
import threading

import pytest

from headgate import SIGNING_SECRET
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
NO_RETRY = {"schedule": [], "jitter": 0, "timeout": "30s"}


@pytest.fixture
def relay(gateway):
    """One route; gives the function that posts one event and returns its webhook."""
    def start(*subscribers, **retry):
        gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={**NO_RETRY, **retry},
                      subscribers=[{"name": name, "url": sink.url} for name, sink in subscribers])
        gateway.start()
        return post

    def post():
        webhook = PROVIDER.webhook()
        assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
        return webhook

    return start


def order(gateway, *arguments):
    result = gateway.command(*arguments)
    assert result.returncode == 0, f"{arguments}: {result.stderr}"
    return result.stdout


def refused(gateway, *arguments):
    result = gateway.command(*arguments)
    assert result.returncode == 1 and result.stdout == "", result
    return result.stderr


def deliveries(gateway, state, count, *filters):
    """Until so many are in this state; their rows, the newest first."""
    def reached():
        rows = gateway.rows("deliveries", "list", "--state", state, "--limit", "1000", *filters)
        return len(rows) == count and rows or (count == 0 and rows == [] and [None])
    return until(reached, 15, f"{count} deliveries that are {state}")


def sound(gateway):
    result = gateway.command("ledger", "verify", "--ledger", str(gateway.ledger))
    assert result.returncode == 0, result.stdout


def test_a_pause_holds_everything_and_loses_nothing(relay, gateway, subscriber):
    sink, other = subscriber(200), subscriber(200)
    post = relay(("billing", sink), ("audit", other))
    before = [post() for _ in range(20)]
    assert "paused" in order(gateway, "subscribers", "pause", "pay/billing", "--reason", "migration")
    during = [post() for _ in range(40)]
    sent = {one.body for one in other.wait_for_bodies(one.body for one in before + during)}
    assert len(sent) == 60, "the other subscriber is not held"
    row = next(row for row in gateway.rows("subscribers", "list") if row["name"] == "billing")
    assert row["paused"] == "migration" and row["deliveryCounts"]["held"] >= 40
    held = {one.body for one in during}
    assert not held & {one.body for one in sink.requests}, "nothing that came after the pause was sent"

    gateway.kill()
    gateway.start()
    during.append(post())
    assert until(lambda: gateway.metric("headgate_deliveries", subscriber="billing", state="held") >= 41, 5)
    assert not held & {one.body for one in sink.requests}, "held through a restart"

    order(gateway, "subscribers", "resume", "pay/billing")
    after = post()
    got = sink.wait_for_bodies(one.body for one in before + during + [after])
    order_of_arrival = [one.body for one in got if one.body in held]
    places = {webhook.body: place for place, webhook in enumerate(during)}
    first = [places[body] for body in dict.fromkeys(order_of_arrival)]
    assert max(abs(place - index) for index, place in enumerate(first)) <= 32, "in order, but for what is on its way"
    assert [(row["action"], row["reason"]) for row in gateway.rows("actions", "list")] == [
        ("resume", None), ("pause", "migration")]
    sound(gateway)


def test_what_a_route_file_pauses_reads_so_everywhere_until_the_file_says_otherwise(gateway, subscriber):
    sink = subscriber(200)
    file = gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                         subscribers=[{"name": "billing", "url": sink.url, "paused": True}])
    gateway.start()
    webhook = PROVIDER.webhook()
    assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
    deliveries(gateway, "held", 1)
    deliveries(gateway, "pending", 0)
    row, = gateway.rows("subscribers", "list")
    assert row["paused"] == "paused in its route file" and row["deliveryCounts"]["held"] == 1
    shown = order(gateway, "subscribers", "list")
    assert "paused in its route file" in shown and "active" not in shown and "1 held" in shown
    shown = order(gateway, "subscribers", "show", "pay/billing")
    assert "paused in its route file" in shown and not shown.startswith("{")
    assert gateway.rows("subscribers", "show", "pay/billing") == [row]
    assert gateway.rows("events", "list")[0]["deliveryCounts"]["held"] == 1
    complaint = refused(gateway, "subscribers", "resume", "pay/billing")
    assert "paused in its route file" in complaint and "pay.json5 and reload" in complaint
    assert gateway.metric("headgate_oldest_due_seconds", subscriber="billing") == 0, "planned, so nothing is late"
    file.write_text(file.read_text().replace("true", "false"))
    gateway.signal(signal.SIGHUP)
    sink.wait(1)[0].verify(SIGNING_SECRET)
    assert "already" in order(gateway, "subscribers", "resume", "pay/billing")


def test_what_waits_for_a_subscriber_that_is_gone_is_given_up_by_selection(gateway, subscriber):
    sink = subscriber(200)
    names = ["old", "idle", "billing"]

    def subscribers(*there):
        gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[
            {"name": name, "url": sink.url, **({"events": ["nothing"]} if name == "idle" else {})} for name in there])

    subscribers(*names)
    gateway.start()
    order(gateway, "subscribers", "pause", "pay/old")
    for _ in range(5):
        webhook = PROVIDER.webhook()
        assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
    deliveries(gateway, "delivered", 5)
    subscribers("billing")
    gateway.signal(signal.SIGHUP)
    until(lambda: [row["name"] for row in gateway.rows("subscribers", "list")] == ["old", "billing"], 5,
          "one that is gone with nothing left is not listed")
    assert [row["name"] for row in gateway.rows("subscribers", "list", "--all")] == names
    rows = deliveries(gateway, "held", 5)
    assert "cancel" in refused(gateway, "deliveries", "discard", rows[0]["id"], "--reason", "gone")
    selection = ("--route", "pay", "--subscriber", "old", "--state", "held")
    assert gateway.rows("deliveries", "cancel", *selection, "--dry-run") == [{"deliveries": 5, "skipped": 0}]
    assert "5 would be given up" in order(gateway, "deliveries", "cancel", *selection, "--dry-run")
    assert gateway.command("deliveries", "cancel", rows[0]["id"], "--state", "held").returncode == 64
    assert "name events" in refused(gateway, "deliveries", "cancel")
    job, = gateway.rows("deliveries", "cancel", *selection, "--reason", "moved to billing")
    assert {row["closure"] for row in deliveries(gateway, "dead", 5)} == {"cancelled"}
    done = until(lambda: (shown := gateway.rows("replays", "show", job["id"])[0])["state"] == "done" and shown, 5)
    assert (done["kind"], done["done"], done["skipped"]) == ("cancel", 5, 0)
    assert "until=20" in done["selection"], "a time that can be read"
    targets = [row["target"] for row in gateway.rows("actions", "list", "--action", "cancel")]
    assert targets == [job["id"]] * len(targets)
    deliveries(gateway, "delivered", 5)
    sound(gateway)


def test_pauses_under_load_lose_nothing(relay, gateway, subscriber):
    sink = subscriber(200)
    post = relay(("billing", sink))
    posted, done = [], threading.Event()

    def load():
        while not done.is_set() and len(posted) < 2000:
            posted.append(post())

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(3):
        order(gateway, "subscribers", "pause", "pay/billing", "--reason", f"pause {number}")
        seen = len(posted)
        until(lambda: len(posted) >= seen + 30, 15, "more webhooks")
        order(gateway, "subscribers", "resume", "pay/billing")
        until(lambda: len(posted) >= seen + 60, 15, "more webhooks")
    done.set()
    for thread in threads:
        thread.join()
    sink.wait_for_bodies([one.body for one in posted], 20)
    deliveries_by_id = [one["headgate-delivery"] for one in sink.requests]
    assert len(deliveries_by_id) == len(set(deliveries_by_id)) == len(posted), "each once"
    sound(gateway)


def test_a_subscriber_that_410_stopped_is_resumed(relay, gateway, subscriber):
    sink = subscriber(410, 200)
    post = relay(("billing", sink))
    post()
    deliveries(gateway, "dead", 1)
    held = post()
    deliveries(gateway, "held", 1)
    assert gateway.rows("actions", "list")[0]["actor"] == "headgate"
    order(gateway, "subscribers", "resume", "pay/billing")
    sink.wait_for_bodies([held.body])
    assert "already" in order(gateway, "subscribers", "resume", "pay/billing")


def test_a_dead_delivery_is_retried_with_its_schedule_from_the_beginning(relay, gateway, subscriber):
    sink = subscriber(500, 500, 500, 500, 200)
    relay(("billing", sink), schedule=["50ms"])()
    row, = deliveries(gateway, "dead", 1)
    assert row["attempts"] == 2
    order(gateway, "deliveries", "retry", row["id"], "--reason", "they are back")
    requests = sink.wait(4)
    row, = deliveries(gateway, "dead", 1)
    assert row["attempts"] == 4, "two more: the first and the one of the schedule"
    order(gateway, "deliveries", "retry", row["id"])
    requests = sink.wait(5)
    deliveries(gateway, "delivered", 1)
    assert len({one["headgate-delivery"] for one in requests}) == 1
    assert [one["headgate-attempt"] for one in requests] == ["1", "2", "3", "4", "5"]
    assert "delivered" in refused(gateway, "deliveries", "retry", row["id"])
    sound(gateway)


def test_dead_letters_are_discarded_by_name_and_retried_by_selection(relay, gateway, subscriber):
    sink = subscriber(*[500] * 5, 200)
    post = relay(("billing", sink))
    webhooks = [post() for _ in range(5)]
    rows = deliveries(gateway, "dead", 5)
    assert gateway.command("deliveries", "discard", rows[0]["id"]).returncode == 1, "needs a reason"
    order(gateway, "deliveries", "discard", rows[0]["id"], "--reason", "refunded by hand")
    counted, = gateway.rows("deliveries", "retry", "--subscriber", "billing", "--dry-run")
    assert counted == {"deliveries": 4, "skipped": 0}
    assert len(sink.requests) == 5
    job, = gateway.rows("deliveries", "retry", "--subscriber", "billing", "--rate", "50/s")
    deliveries(gateway, "delivered", 4)
    left, = deliveries(gateway, "dead", 1)
    assert left["id"] == rows[0]["id"] and left["closure"] == "discarded"
    done = until(lambda: (shown := gateway.rows("replays", "show", job["id"])[0])["state"] == "done" and shown, 5)
    assert (done["kind"], done["done"], done["skipped"]) == ("retry", 4, 0)
    assert len(webhooks) == 5
    sound(gateway)


def test_a_pending_delivery_is_sent_now_or_cancelled(relay, gateway, subscriber):
    sink = subscriber(500, 500, 200)
    post = relay(("billing", sink), schedule=["1h"])
    first, second = post(), None
    sink.wait(1)
    second = post()
    sink.wait(2)
    rows = until(lambda: (rows := gateway.rows("deliveries", "list")) and all(
        row["attempts"] == 1 and not row["sending"] for row in rows) and rows, 10, "two that wait for an hour")
    order(gateway, "deliveries", "cancel", rows[0]["id"], "--reason", "a test payment")
    order(gateway, "deliveries", "send-now", rows[1]["id"])
    assert sink.wait(3)[2].body == first.body != second.body
    sink.requests[2].verify(SIGNING_SECRET)
    deliveries(gateway, "delivered", 1)
    row, = deliveries(gateway, "dead", 1)
    assert row["id"] == rows[0]["id"] and row["closure"] == "cancelled"
    assert "dead" in refused(gateway, "deliveries", "cancel", rows[0]["id"])
    sound(gateway)


def test_nobody_orders_anything_without_the_token_or_of_a_stopped_gateway(relay, gateway, subscriber):
    relay(("billing", subscriber(200)))
    assert gateway.admin("/v1/subscribers/pay/billing/pause", "POST").status == 401
    assert gateway.admin("/v1/subscribers/pay/billing/pause", "POST", token="wrong").status == 401
    assert {row["action"] for row in gateway.rows("actions", "list")} <= {"refuse"}
    for words in (("subscribers", "pause", "pay/billing"), ("events", "replay", "--subscriber", "billing")):
        result = gateway.command(*words, "--ledger", str(gateway.ledger))
        assert result.returncode == 64 and "--ledger" in result.stderr
