"""A dead subscriber with a long backlog costs disk, not memory, and nobody else's time."""
import itertools
import os
import socket
import threading
import time

import pytest

from fast_sink import FastSink
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
DELIVERIES = int(os.environ.get("HEADGATE_BACKLOG", 200_000))
NAMES = 10  # subscribers behind the one dead address
MEMORY = 64 << 20


@pytest.fixture
def dead():
    sink = FastSink()
    yield sink
    sink.close()


def blast(gateway, path, webhooks, window=64):
    """Posts on one connection, `window` requests ahead of their answers; every answer must be 200."""
    with socket.create_connection(("127.0.0.1", gateway.intake_port), timeout=30) as raw:
        answers = raw.makefile("rb")
        requests = iter(webhooks)
        while batch := [request(path, one) for one in itertools.islice(requests, window)]:
            raw.sendall(b"".join(batch))
            for _ in batch:
                status, length = answers.readline(), 0
                assert status.startswith(b"HTTP/1.1 200"), status
                while (line := answers.readline()) != b"\r\n":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line[15:])
                answers.read(length)


def request(path, webhook):
    fields = "".join(f"{name}: {value}\r\n" for name, value in webhook.headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: gateway\r\n{fields}Content-Length: {len(webhook.body)}\r\n\r\n"
    return head.encode() + webhook.body


class Probe:
    """A steady trickle to a healthy subscriber: how long from the answer to the arrival."""

    def __init__(self, gateway, path, sink):
        self.gateway, self.path, self.sink = gateway, path, sink
        self.acknowledged = {}
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._post, daemon=True)

    def _post(self):
        connection = self.gateway.connection()
        while not self.stopped.wait(0.02):
            webhook = PROVIDER.webhook()
            connection.request("POST", self.path, webhook.body, webhook.headers)
            reply = connection.getresponse()
            reply.read()
            if reply.status == 200:
                self.acknowledged[webhook.body] = time.monotonic()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join(30)

    def delays(self, since):
        """Sorted; of the events acknowledged after `since`."""
        arrived = {one.body: one.at for one in list(self.sink.requests)}
        sent = [(body, at) for body, at in list(self.acknowledged.items()) if at > since]
        return sorted(arrived[body] - at for body, at in sent if body in arrived)


def percentile(values, share):
    return values[min(len(values) - 1, int(len(values) * share))]


def test_a_long_backlog_is_bounded_in_memory_and_drains_without_harm_to_others(gateway, subscriber, dead):
    healthy = subscriber()
    gateway.route("busy", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": ["2s"] * 60, "jitter": 0},
                  subscribers=[{"name": f"dead{n}", "url": dead.url} for n in range(NAMES)])
    gateway.route("calm", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "healthy", "url": healthy.url}])
    gateway.start()
    phases = {}
    with Probe(gateway, "/calm", healthy) as probe:
        start = time.monotonic()
        until(lambda: len(probe.delays(start)) >= 100, 30, "a quiet phase")
        phases["quiet"] = probe.delays(start)

        start = time.monotonic()
        blast(gateway, "/busy", (PROVIDER.webhook(padding="x" * 900) for _ in range(DELIVERIES // NAMES)))
        print(f"accepted {DELIVERIES} deliveries in {time.monotonic() - start:.1f} s")
        start = time.monotonic()
        until(lambda: len(probe.delays(start)) >= 200, 60, "a phase with the backlog")
        phases["backlog"] = probe.delays(start)
        assert gateway.memory("VmHWM") < MEMORY, f"{gateway.memory('VmHWM') >> 20} MiB with the backlog on disk"

        dead.open()
        start = time.monotonic()
        until(lambda: dead.count() >= DELIVERIES, 240, "the whole backlog")
        print(f"drained in {time.monotonic() - start:.1f} s")
        phases["drain"] = probe.delays(start)

    for name, delays in phases.items():
        middle, late = percentile(delays, .5) * 1e3, percentile(delays, .99) * 1e3
        print(f"{name:8} n={len(delays)} p50={middle:.1f} ms p99={late:.1f} ms")
    assert gateway.memory("VmHWM") < MEMORY, f"{gateway.memory('VmHWM') >> 20} MiB after the drain"
    assert percentile(phases["backlog"], .5) < max(2 * percentile(phases["quiet"], .5), 0.02)
    assert percentile(phases["drain"], .5) < max(5 * percentile(phases["quiet"], .5), 0.1)
    assert percentile(phases["drain"], .99) < 2
