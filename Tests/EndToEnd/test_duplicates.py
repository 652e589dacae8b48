"""A provider that sends an event again gets its answer again; subscribers get the event once."""
import collections
import threading

from providers import Criptoladrillo, StandardWebhooks
from waiting import until

PROVIDER = Criptoladrillo()


def start(gateway, sink, provider=PROVIDER, **definition):
    gateway.route("in", verify=provider.preset, secrets=provider.secrets,
                  subscribers=[{"name": "s", "url": sink.url}], **definition)
    gateway.start()


def post(gateway, webhook):
    reply = gateway.post("/in", webhook.body, webhook.headers)
    assert reply.status == 200, reply
    return reply


def delivered(gateway, sink):
    """How often each body came, once a later event is there and nothing is due any more."""
    webhook = PROVIDER.webhook()
    post(gateway, webhook)
    sink.wait_for_bodies([webhook.body])
    until(lambda: gateway.metric("headgate_deliveries", state="pending") == 0)
    return collections.Counter(one.body for one in sink.requests if one.body != webhook.body)


def test_the_same_event_twice_is_delivered_once_and_acknowledged_twice(gateway, subscriber):
    sink = subscriber()
    start(gateway, sink)
    webhook = PROVIDER.webhook()
    first, second = post(gateway, webhook), post(gateway, webhook)
    assert first.body == second.body
    assert delivered(gateway, sink) == {webhook.body: 1}


def test_also_after_a_restart(gateway, subscriber):
    sink = subscriber()
    start(gateway, sink)
    webhook = PROVIDER.webhook()
    post(gateway, webhook)
    sink.wait(1)
    gateway.kill()
    gateway.start()
    post(gateway, webhook)
    delivered(gateway, sink)
    ids = {one.id for one in sink.requests if one.body == webhook.body}
    assert len(ids) == 1, "a second event, not only a second attempt of the one"


def test_also_when_both_come_at_once(gateway, subscriber):
    sink = subscriber()
    start(gateway, sink)
    webhook, statuses = PROVIDER.webhook(), []
    threads = [threading.Thread(target=lambda: statuses.append(post(gateway, webhook).status)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 16
    assert delivered(gateway, sink) == {webhook.body: 1}


def test_a_retry_signed_anew_is_the_same_event(gateway, subscriber):
    provider, sink = StandardWebhooks(), subscriber()
    start(gateway, sink, provider)
    for age in (10, 5, 0):
        webhook = provider.webhook(id="msg_once", age=age)
        post(gateway, webhook)
    other = provider.webhook()
    post(gateway, other)
    assert [one["headgate-provider-event-id"] for one in sink.wait(2)] == ["msg_once", other.id]


def test_the_same_id_with_another_body_is_kept_and_flagged(gateway, subscriber):
    sink = subscriber()
    start(gateway, sink)
    first = PROVIDER.webhook()
    second = PROVIDER.sign(first.body.replace(b"23.4055", b"99.0000"))
    post(gateway, first)
    post(gateway, second)
    sink.wait_for_bodies([first.body, second.body])
    rows = gateway.rows("events", "list")
    assert len(rows) == 2
    assert sum(1 for row in rows if row.get("conflictsWith")) == 1


def test_deduplication_can_be_switched_off(gateway, subscriber):
    sink = subscriber()
    start(gateway, sink, dedup="off")
    webhook = PROVIDER.webhook()
    post(gateway, webhook)
    post(gateway, webhook)
    assert [one.body for one in sink.wait(2)] == [webhook.body] * 2
    assert len({one.id for one in sink.requests}) == 2
