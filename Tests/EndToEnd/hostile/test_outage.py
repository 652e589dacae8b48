"""After an outage: what waited comes as a stream within the lane's bounds, and all of it comes."""
import time

import pytest

from faults import Faults
from providers import Criptoladrillo
from test_backlog import blast
from waiting import until

PROVIDER = Criptoladrillo()
DUE, CONCURRENCY = 5000, 16


@pytest.fixture
def faults():
    faults = Faults()
    yield faults
    faults.close()


def test_thousands_that_are_due_at_one_heal_are_no_stampede(gateway, faults):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": ["500ms"] * 60, "jitter": 0.2, "timeout": "10s"},
                  subscribers=[{"name": "s", "url": faults.url("outage"), "concurrency": CONCURRENCY}])
    gateway.start()
    blast(gateway, "/in", (PROVIDER.webhook() for _ in range(DUE)))
    until(lambda: faults.seen()["outage"]["requests"] >= 20, what="failures enough to open the breaker")
    failed = faults.seen()["outage"]["requests"]
    faults.heal()
    healed = time.monotonic()
    until(lambda: gateway.metric("headgate_attempts_total", outcome="ok") >= 1, 60, "the first success")
    first = time.monotonic() - healed
    until(lambda: gateway.metric("headgate_attempts_total", outcome="ok") >= DUE, 120, "everything delivered")
    last = time.monotonic() - healed
    seen = faults.seen()["outage"]
    ideal = DUE * 0.005 / CONCURRENCY
    print(f"{DUE} due at the heal after {failed} failed sends: first success after {first:.1f} s, all after {last:.1f} s "
          f"({DUE / (last - first):.0f}/s, ideally {DUE / ideal:.0f}/s); at most {seen['peak']} of {CONCURRENCY} at one time")
    assert seen["peak"] <= CONCURRENCY
    assert seen["events"] == DUE
    assert failed < 20 * CONCURRENCY, "an open breaker keeps sends from being wasted"
