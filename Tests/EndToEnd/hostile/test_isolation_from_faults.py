"""All faults at once, and what healthy subscribers notice of them: in latency, in throughput, in memory."""
import threading
import time

import pytest

from behaviours import BEHAVIOURS
from faults import Faults
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
EVENTS, BURST = 300, 2000
MEMORY = 64 << 20
ENDLESS = [name for name in BEHAVIOURS if name.startswith(("huge", "endless", "gzip"))]


@pytest.fixture
def faults():
    faults = Faults()
    yield faults
    faults.close()


class Trouble:
    """Keeps every faulty subscriber busy: an event for all of them every second, and a retry of each after another."""

    def __init__(self, gateway):
        self.gateway, self.end = gateway, threading.Event()
        self.thread = threading.Thread(target=self._post, daemon=True)

    def _post(self):
        while not self.end.wait(1):
            webhook = PROVIDER.webhook()
            self.gateway.post("/bad", webhook.body, webhook.headers)

    def __enter__(self):
        self.thread.start()
        until(lambda: self.gateway.metric("headgate_attempts_total", route="bad") > len(BEHAVIOURS), 30, "trouble")

    def __exit__(self, *_):
        self.end.set()
        self.thread.join(10)


def percentile(values, share):
    return sorted(values)[int(len(values) * share)]


def trickle(gateway, healthy):
    """Seconds from the provider's post to the arrival, of events that come one after the other."""
    posted, connection = {}, gateway.connection()
    for _ in range(EVENTS):
        webhook = PROVIDER.webhook()
        posted[webhook.body] = time.monotonic()
        connection.request("POST", "/good", webhook.body, webhook.headers)
        reply = connection.getresponse()
        assert reply.status == 200, reply.read()
        reply.read()
        time.sleep(0.005)
    arrived = {one.body: one.at for one in healthy.wait_for_bodies(posted, 60)}
    return [arrived[body] - at for body, at in posted.items()]


def burst(gateway, before):
    """Deliveries a second of events that come as fast as four connections bring them."""
    def post():
        connection = gateway.connection()
        for _ in range(BURST // 4):
            webhook = PROVIDER.webhook()
            connection.request("POST", "/good", webhook.body, webhook.headers)
            assert connection.getresponse().read() is not None

    start, threads = time.monotonic(), [threading.Thread(target=post) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    until(lambda: gateway.metric("headgate_attempts_total", route="good", outcome="ok") >= before + BURST, 120, "a burst")
    return BURST / (time.monotonic() - start)


def test_healthy_subscribers_do_not_notice(gateway, subscriber, faults):
    healthy = subscriber()
    gateway.route("good", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "healthy", "url": healthy.url}])
    names = [name for name in BEHAVIOURS if not name.startswith(("ok", "outage", "gone"))]
    gateway.route("bad", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": ["1s"] * 60, "timeout": "3s", "connectTimeout": "1s"},
                  subscribers=[{"name": name, "url": faults.url(name), "concurrency": 2} for name in names])
    gateway.start()
    trickle(gateway, healthy)  # connections and caches are warm
    quiet, quiet_rate = trickle(gateway, healthy), burst(gateway, 2 * EVENTS)
    with Trouble(gateway):
        noisy, noisy_rate = trickle(gateway, healthy), burst(gateway, 3 * EVENTS + BURST)
    for name, delays in (("quiet", quiet), ("noisy", noisy)):
        print(f"{name}: p50 {percentile(delays, .5) * 1e3:.1f} ms, p99 {percentile(delays, .99) * 1e3:.1f} ms")
    print(f"with {len(names)} faulty subscribers: p50 x {percentile(noisy, .5) / percentile(quiet, .5):.1f}, "
          f"p99 x {percentile(noisy, .99) / percentile(quiet, .99):.1f}, "
          f"throughput {noisy_rate:.0f} of {quiet_rate:.0f}/s = {noisy_rate / quiet_rate:.0%}")
    assert gateway.metric("headgate_attempts_total", route="good") == 3 * EVENTS + 2 * BURST, "each event was sent once"
    assert percentile(noisy, .99) < 2


def test_a_hundred_answers_without_end_cost_bounded_memory(gateway, faults):
    names = [(name, place) for place in range(100 // len(ENDLESS) + 1) for name in ENDLESS][:100]
    gateway.route("bad", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": ["24h"], "timeout": "5s"},
                  subscribers=[{"name": f"{name}-{place}", "url": faults.url(name, place)} for name, place in names])
    gateway.start()
    before = gateway.memory("VmHWM")
    webhook = PROVIDER.webhook()
    start = time.monotonic()
    assert gateway.post("/bad", webhook.body, webhook.headers).status == 200
    until(lambda: gateway.metric("headgate_attempts_total") >= len(names), 60, "an end of all of them")
    grown = gateway.memory("VmHWM") - before
    sent = sum(one["sent"] for one in faults.seen().values())
    print(f"{len(names)} endless answers: {grown / 2**20:.1f} MiB more at the peak, {sent >> 20} MiB offered, "
          f"{time.monotonic() - start:.1f} s")
    assert grown < MEMORY
