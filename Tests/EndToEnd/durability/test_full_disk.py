"""A disk without space: intake stops before deliveries do, and comes back as soon as there is room."""
import subprocess
import time

import pytest

from providers import Criptoladrillo
from subscriber import Answer
from waiting import until

PROVIDER = Criptoladrillo()


@pytest.fixture
def small_disk(gateway):
    """16 MiB under the ledger."""
    place = gateway.ledger.parent
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=700", "none", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting needs root")
    yield place
    if gateway.process and gateway.process.poll() is None:
        gateway.kill()
    subprocess.run(["umount", place], check=True)


def fill(gateway, most):
    """Posts until it is told to wait. The bodies that were acknowledged, and the answers that were not."""
    acknowledged, refused = [], set()
    for _ in range(most):
        webhook = PROVIDER.webhook(padding="x" * 8000)
        status = gateway.post("/in", webhook.body, webhook.headers).status
        if status == 200:
            acknowledged.append(webhook.body)
        else:
            refused.add(status)
            break
    return acknowledged, refused


def route(gateway, sink):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": ["50ms"] * 40, "jitter": 0},
                  subscribers=[{"name": "s", "url": sink.url}])


def pending(gateway):
    return gateway.metric("headgate_deliveries", state="pending")


def test_on_a_full_disk_deliveries_go_on_and_intake_resumes_when_space_is_freed(small_disk, gateway, subscriber):
    sink = subscriber.closed()
    route(gateway, sink)
    ballast = small_disk / "something else"
    ballast.write_bytes(bytes(9 << 20))
    gateway.start()
    acknowledged, refused = fill(gateway, 2000)
    assert refused and refused <= {503} and len(acknowledged) > 100

    def is_unready():
        """It looks for room again and again, and may find some for a few events more."""
        if gateway.admin("/readyz").status == 503:
            return True
        acknowledged.extend(fill(gateway, 2000)[0])
        return False

    until(is_unready, 30, "no readiness")
    sink.open()
    sink.wait_for_bodies(acknowledged, 30)
    until(lambda: pending(gateway) == 0, 30, "every outcome recorded on the full disk")
    attempts = sum(row["attempts"] for row in gateway.rows("deliveries", "list", "--limit", "100000"))
    assert attempts >= len(sink.requests)

    ballast.unlink()
    freed = time.monotonic()
    webhook = PROVIDER.webhook()
    until(lambda: gateway.post("/in", webhook.body, webhook.headers).status == 200, 10, "acknowledgements again")
    print(f"2xx again {time.monotonic() - freed:.2f} s after space was freed")
    sink.wait_for_bodies([webhook.body])
    assert gateway.stop() == 0


def test_filled_by_somebody_else_to_the_last_byte_it_loses_nothing(small_disk, gateway, subscriber):
    sink = subscriber(Answer(delay=0.2))
    route(gateway, sink)
    gateway.start()
    acknowledged, _ = fill(gateway, 100)
    with open(small_disk / "something else", "wb", buffering=0) as ballast, pytest.raises(OSError):
        while True:
            ballast.write(bytes(4096))
    more, refused = fill(gateway, 10)
    assert refused and refused <= {503}
    sink.wait_for_bodies(acknowledged + more, 30)
    (small_disk / "something else").unlink()
    until(lambda: gateway.admin("/readyz").status == 200, 10, "readiness")

    def deliveries():
        return gateway.rows("deliveries", "list", "--limit", "100000")

    until(lambda: all(row["state"] == "delivered" for row in deliveries()), 30, "every outcome recorded")
    attempts = sum(row["attempts"] for row in deliveries())
    assert attempts == len(sink.requests) == len(acknowledged + more), "nothing sent twice"


def test_no_space_in_the_middle_of_a_commit(disk, gateway, subscriber):
    """The file system says that there is room, and then there is none: at each of a few places of the log."""
    sink = subscriber()
    route(gateway, sink)
    gateway.start(env=disk.env)
    acknowledged = []
    for space in (0, 1, 4096, 5000, 30_000, 100_000):
        disk.space = space
        some, refused = fill(gateway, 1000)
        assert refused and refused <= {503}
        acknowledged += some
        disk.heal()
        webhook = PROVIDER.webhook()
        until(lambda: gateway.post("/in", webhook.body, webhook.headers).status == 200, 10, "acknowledgements again")
        acknowledged.append(webhook.body)
    sink.wait_for_bodies(acknowledged, 30)
    until(lambda: pending(gateway) == 0)
    assert gateway.stop() == 0
