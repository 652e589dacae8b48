"""A wall clock that jumps: retries keep their distance, none starves, nothing is lost."""
import pytest

from providers import Criptoladrillo, StandardWebhooks
from storm import Accounted
from waiting import until

PROVIDER = Criptoladrillo()
HOUR = 3600
STEP = 3.0  # seconds between the attempts, by the schedule


def retries_of(sink, webhook, seconds):
    """When the first two attempts of a webhook came."""
    def both():
        times = [one.at for one in sink.requests if one.body == webhook.body]
        return times[:2] if len(times) > 1 else None
    return until(both, seconds, "the retry")


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["an hour forward", "an hour back"])
def test_a_retry_keeps_its_distance_when_the_wall_clock_jumps(jump, gateway, disk, subscriber):
    failing, healthy = subscriber(500, 200), subscriber()
    route(gateway, failing, healthy)
    gateway.start(env=disk.env)
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    until(lambda: gateway.metric("headgate_attempts_total", outcome="http") == 1)
    disk.clock = jump
    with Accounted(gateway, "/in", PROVIDER) as load:
        first, second = retries_of(failing, webhook, 3 * STEP)
        load.stop()
    print(f"{second - first:.2f} s apart")
    assert STEP - 1 < second - first < 2 * STEP
    healthy.wait_for_bodies(load.acknowledged)
    assert gateway.metric("headgate_oldest_due_seconds") < 60


def test_a_retry_does_not_wait_for_a_clock_that_was_set_back_before_a_restart(gateway, disk, subscriber):
    failing, healthy = subscriber(500, 200), subscriber()
    route(gateway, failing, healthy)
    gateway.start(env=disk.env)
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    until(lambda: gateway.metric("headgate_attempts_total", outcome="http") == 1)
    assert gateway.stop() == 0
    disk.clock = -HOUR
    gateway.start(env=disk.env)
    first, second = retries_of(failing, webhook, 3 * STEP)
    assert STEP - 1 < second - first


def test_signatures_follow_the_wall_clock(gateway, disk, subscriber):
    """Who sets the clock right must not go on sending timestamps that subscribers refuse."""
    sink, provider = subscriber(), StandardWebhooks()
    gateway.route("in", verify=provider.preset, secrets=provider.secrets, subscribers=[{"name": "s", "url": sink.url}])
    disk.clock = -HOUR
    gateway.start(env=disk.env)
    webhook = provider.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 401, "outside the replay window"
    disk.clock = 0
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    assert abs(int(sink.wait(1)[0]["webhook-timestamp"]) - int(webhook.headers["webhook-timestamp"])) < 60


def test_a_clock_that_jumps_to_and_fro_under_load_loses_nothing(gateway, disk, subscriber):
    sinks = [subscriber(), subscriber(503, 200, 500, 200)]
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": ["200ms"] * 20, "jitter": 0},
                  subscribers=[{"name": f"s{number}", "url": one.url} for number, one in enumerate(sinks)])
    gateway.start(env=disk.env)
    with Accounted(gateway, "/in", PROVIDER) as load:
        for jump in (HOUR, 0, -HOUR, -1, 1, -2 * HOUR, 24 * HOUR, 0) * 2:
            disk.clock = jump
            load.wait_for(30)
        load.stop()
    assert load.refused == [] and load.lost == 0
    for sink in sinks:
        sink.wait_for_bodies(load.acknowledged, 20)

    def delivered():
        rows = gateway.rows("deliveries", "list", "--limit", "1000000")
        return all(row["state"] == "delivered" for row in rows) and rows
    assert len(until(delivered, 20, "every delivery settled")) == 2 * len(load.acknowledged)


def route(gateway, *sinks):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": [f"{int(STEP)}s"], "jitter": 0},
                  subscribers=[{"name": f"s{number}", "url": one.url} for number, one in enumerate(sinks)])
