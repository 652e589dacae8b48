"""Subscribers that answer well but slowly, or want little at a time, keep nobody else's events waiting for memory."""
import pytest

from providers import Criptoladrillo
from subscriber import Answer
from test_backlog import blast
from waiting import until

PROVIDER = Criptoladrillo()
LANES, BACKLOG, EVENTS = 10, 250, 200  # 20 MiB of backlog, more than all lanes together may hold
PADDING = "x" * 8000

SLOW = {
    "answer after 3 s": (Answer(delay=3), {}),
    "answer after 3 s, two at a time": (Answer(delay=3), {"concurrency": 2}),
    "want one in a second": (Answer(), {"rate": "1/s"}),
    "want a hundred in an hour": (Answer(), {"rate": "100/h"}),
}


def pass_through(gateway, sink):
    """Events for the healthy one, until the last has come."""
    webhooks = [PROVIDER.webhook(padding=PADDING) for _ in range(EVENTS)]
    blast(gateway, "/well", webhooks)
    sink.wait_for_bodies((one.body for one in webhooks), 30)


@pytest.mark.parametrize("how", SLOW)
def test_ten_that(how, gateway, subscriber):
    answer, settings = SLOW[how]
    well, slow = subscriber(), [subscriber(answer) for _ in range(LANES)]
    for number, one in enumerate(slow):
        gateway.route(f"slow{number}", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                      subscribers=[{"name": "s", "url": one.url, **settings}])
    gateway.route("well", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "s", "url": well.url}])
    gateway.start()
    for number in range(LANES):
        blast(gateway, f"/slow{number}", (PROVIDER.webhook(padding=PADDING) for _ in range(BACKLOG)))

    at_once = 1 if "rate" in settings else settings.get("concurrency", 32)
    rounds = lambda: max(len(one.requests) for one in slow) / at_once

    for phase in ("with the backlog", "after a restart"):
        for one in slow:
            one.wait(1)
        before = rounds()
        pass_through(gateway, well)
        passed = rounds() - before
        print(f"{how}, {phase}: {passed:.1f} rounds of slow sends while {EVENTS} events passed")
        assert passed <= 3
        if phase == "with the backlog":
            gateway.stop()
            for one in slow:
                one.requests.clear()
            gateway.start()
    if settings.get("rate") != "100/h":
        until(lambda: all(len(one.requests) > at_once for one in slow), 20, "the next round of every slow one")
