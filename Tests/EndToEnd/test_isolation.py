"""One bad subscriber never slows another."""
import time

import pytest

from providers import Criptoladrillo
from subscriber import Answer

PROVIDER = Criptoladrillo()
EVENTS = 200

BAD = {
    "refuses": lambda subscriber: subscriber.closed(),
    "never answers": lambda subscriber: subscriber(Answer(never=True)),
    "hangs up": lambda subscriber: subscriber(Answer(close=True)),
    "is slow": lambda subscriber: subscriber(Answer(delay=5)),
    "fails": lambda subscriber: subscriber(500),
    "answers without end": lambda subscriber: subscriber(Answer(200, {"Content-Length": "999999999"}, b"x" * 500_000)),
}


@pytest.mark.parametrize("how", BAD)
def test_a_subscriber_that(how, gateway, subscriber):
    bad, good = BAD[how](subscriber), subscriber()
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": ["10ms"] * 20, "jitter": 0, "timeout": "10s"},
                  subscribers=[{"name": "bad", "url": bad.url}, {"name": "good", "url": good.url}])
    gateway.start()
    acknowledged, connection = {}, gateway.connection()
    for _ in range(EVENTS):
        webhook = PROVIDER.webhook()
        connection.request("POST", "/in", webhook.body, webhook.headers)
        reply = connection.getresponse()
        assert reply.status == 200, reply.read()
        reply.read()
        acknowledged[webhook.body] = time.monotonic()
    requests = good.wait_for_bodies(acknowledged)
    delays = sorted(one.at - acknowledged[one.body] for one in requests)
    assert len(requests) == EVENTS, "the good subscriber got some events twice"
    assert delays[EVENTS * 99 // 100] < 0.5, f"p50 {delays[EVENTS // 2]:.3f} s, p99 {delays[EVENTS * 99 // 100]:.3f} s"
