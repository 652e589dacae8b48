"""What happens when a subscriber fails, by how it fails."""
import pytest

from headgate import SIGNING_SECRET
from providers import Criptoladrillo
from subscriber import Answer
from waiting import until

PROVIDER = Criptoladrillo()
FAST = {"schedule": ["100ms", "100ms", "100ms", "100ms", "100ms"], "jitter": 0, "timeout": "2s"}


@pytest.fixture
def relay(gateway):
    """One route to one subscriber; gives the function that posts one event and returns its webhook."""
    def start(sink, **retry):
        gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={**FAST, **retry},
                      subscribers=[{"name": "sink", "url": sink.url}])
        gateway.start()
        return post

    def post():
        webhook = PROVIDER.webhook()
        assert gateway.post("/in", webhook.body, webhook.headers).status == 200
        return webhook

    return start


def state(gateway, wanted, seconds=10):
    """Until the one delivery is in the wanted state; its row."""
    def reached():
        rows = gateway.rows("deliveries", "list")
        return rows and rows[0]["state"] == wanted and rows[0]
    return until(reached, seconds, f"a delivery that is {wanted}")


def test_the_fourth_attempt_comes_after_three_failures(relay, gateway, subscriber):
    sink = subscriber(500, 503, 404, 200)
    webhook = relay(sink)()
    requests = sink.wait(4)
    assert [one["headgate-attempt"] for one in requests] == ["1", "2", "3", "4"]
    assert {one.body for one in requests} == {webhook.body}
    assert len({one.id for one in requests}) == 1 and len({one["headgate-delivery"] for one in requests}) == 1
    for one in requests:
        one.verify(SIGNING_SECRET)
    gaps = [later.at - earlier.at for earlier, later in zip(requests, requests[1:])]
    assert all(gap >= 0.095 for gap in gaps), gaps
    assert state(gateway, "delivered")["attempts"] == 4


def test_a_schedule_that_ends_leaves_the_delivery_dead(relay, gateway, subscriber):
    sink = subscriber(500)
    relay(sink, schedule=["50ms", "50ms"])()
    assert state(gateway, "dead")["attempts"] == 3
    assert len(sink.requests) == 3


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_retry_after_is_heeded(status, relay, subscriber):
    sink = subscriber(Answer(status, {"Retry-After": "1"}), 200)
    relay(sink)()
    first, second = sink.wait(2)
    assert 0.9 <= second.at - first.at < 4


def test_retry_after_of_other_statuses_is_not(relay, subscriber):
    sink = subscriber(Answer(500, {"Retry-After": "3600"}), 200)
    relay(sink)()
    sink.wait(2)


def test_410_stops_the_subscriber_and_holds_what_follows(relay, gateway, subscriber):
    sink = subscriber(410)
    post = relay(sink)
    post()
    state(gateway, "dead")
    post()
    state(gateway, "held")
    assert len(sink.requests) == 1
    rows = gateway.rows("subscribers", "list")
    assert "410" in str(rows[0])


def test_a_permanent_status_is_not_retried(relay, gateway, subscriber):
    sink = subscriber(400)
    relay(sink, permanent=[400, 404])()
    assert state(gateway, "dead")["attempts"] == 1


def test_a_redirect_is_a_failure_and_never_followed(relay, gateway, subscriber):
    elsewhere = subscriber(200)
    sink = subscriber(Answer(307, {"Location": elsewhere.url}), Answer(301, {"Location": elsewhere.url}), 200)
    relay(sink)()
    sink.wait(3)
    state(gateway, "delivered")
    assert elsewhere.requests == []


FAILURES = {
    "http": (Answer(500), {}),
    "reset": (Answer(close=True), {}),
    "timeout-after-send": (Answer(never=True), {}),
    "too-large": (Answer(200, body=b"x" * 1_000_000), {}),
}


@pytest.mark.parametrize("outcome", FAILURES)
def test_each_kind_of_failure_has_its_name_and_is_retried(outcome, relay, gateway, subscriber):
    answer, retry = FAILURES[outcome]
    sink = subscriber(answer, 200)
    relay(sink, **retry)()
    sink.wait(2)
    row = state(gateway, "delivered")
    shown, = gateway.rows("deliveries", "show", row["id"])
    assert [attempt["outcome"] for attempt in shown["history"]] == [outcome, "ok"]


def test_a_refused_connection_is_named_and_survives_until_the_subscriber_is_there(relay, gateway, subscriber):
    sink = subscriber.closed(200)
    webhook = relay(sink, schedule=["200ms"] * 50)()
    until(lambda: gateway.metric("headgate_attempts_total", outcome="connect") >= 2, what="two refused connections")
    sink.open()
    assert sink.wait(1)[0].body == webhook.body
    state(gateway, "delivered")


def test_an_answer_cut_short_is_not_a_success(relay, subscriber):
    sink = subscriber(Answer(200, {"Content-Length": "10"}, b"short", close=True), 200)
    relay(sink)()
    sink.wait(2)
