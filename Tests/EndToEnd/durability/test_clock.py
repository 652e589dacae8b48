"""A wall clock that jumps: retries keep their distance, none starves, nothing is lost."""
import pytest

from providers import Criptoladrillo
from storm import Accounted
from waiting import until

PROVIDER = Criptoladrillo()
HOUR = 3600
STEP = 4.0  # seconds between the attempts, by the schedule


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["an hour forward", "an hour back"])
@pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
def test_a_retry_keeps_its_distance_when_the_wall_clock_jumps(jump, restart, gateway, disk, subscriber):
    failing, healthy = subscriber(500, 200), subscriber()
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": [f"{int(STEP)}s"], "jitter": 0},
                  subscribers=[{"name": "failing", "url": failing.url}, {"name": "healthy", "url": healthy.url}])
    gateway.start(env=disk.env)
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    failing.wait(1)
    until(lambda: gateway.metric("headgate_attempts_total", outcome="http") == 1)
    disk.clock = jump
    if restart:
        assert gateway.stop() == 0
        gateway.start(env=disk.env)
    with Accounted(gateway, "/in", PROVIDER) as load:
        first, second = [one for one in failing.wait(2, 3 * STEP) if one.body == webhook.body][:2]
        load.stop()
    distance = second.at - first.at
    print(f"{distance:.2f} s apart")
    assert distance > STEP - 1 or restart and jump > 0, "earlier than scheduled"
    assert distance < 2 * STEP + 2, "starved"
    healthy.wait_for_bodies(load.acknowledged)


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
    rows = until(lambda: delivered(gateway), 20, "every delivery settled")
    assert len(rows) == 2 * len(load.acknowledged)


def delivered(gateway):
    rows = gateway.rows("deliveries", "list", "--limit", "1000000")
    return all(row["state"] == "delivered" for row in rows) and rows
