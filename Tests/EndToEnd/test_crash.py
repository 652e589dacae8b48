"""kill -9 at any moment loses nothing that was acknowledged."""
import collections
import os
import random

from headgate import SIGNING_SECRET, run
from load import Load
from providers import Criptoladrillo
from subscriber import Answer
from waiting import until

KILLS = int(os.environ.get("HEADGATE_KILLS", 20))


def test_kill_under_load_loses_no_acknowledged_event(gateway, subscriber):
    provider, dice = Criptoladrillo(), random.Random(int(os.environ.get("HEADGATE_SEED", 1)))
    sinks = [subscriber(), subscriber(Answer(delay=0.02)), subscriber(500, 200, 503, 200)]
    gateway.route("in", verify=provider.preset, secrets=provider.secrets,
                  retry={"schedule": ["50ms"] * 40, "jitter": 0},
                  subscribers=[{"name": f"s{n}", "url": one.url} for n, one in enumerate(sinks)])
    gateway.start()
    with Load(gateway, "/in", provider) as load:
        for _ in range(KILLS):
            load.wait_for(dice.randint(1, 300))
            gateway.kill()
            gateway.start()
        load.wait_for(50)
        load.stop()

        assert all(status == 503 for status, _ in load.refused), load.refused[:3]
        for sink in sinks:
            sink.wait_for_bodies(load.acknowledged, 60)

    ids = {}
    for sink in sinks:
        for request in sink.requests:
            request.verify(SIGNING_SECRET)
            assert ids.setdefault(request.id, request.body) == request.body, "one id with two bodies"

    def settled():
        rows = gateway.rows("deliveries", "list", "--limit", "1000000")
        return all(row["state"] == "delivered" for row in rows) and rows
    rows = until(settled, 60, "every delivery settled")

    # No send without a row: the ledger knows of at least as many attempts as the subscribers saw requests.
    seen = collections.Counter(request["headgate-delivery"] for sink in sinks for request in sink.requests)
    recorded = {row["id"]: row["attempts"] for row in rows}
    assert set(seen) <= set(recorded)
    unrecorded = {id: (count, recorded[id]) for id, count in seen.items() if recorded[id] < count}
    assert not unrecorded, unrecorded
    assert gateway.stop() == 0


def test_the_ledger_of_a_killed_gateway_is_readable_without_it(gateway, subscriber):
    provider, sink = Criptoladrillo(), subscriber()
    gateway.route("in", verify=provider.preset, secrets=provider.secrets,
                  subscribers=[{"name": "s", "url": sink.url}])
    gateway.start()
    webhook = provider.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    gateway.kill()
    result = run("events", "list", "--ledger", gateway.ledger, "--json")
    assert result.returncode == 0, result.stderr
    assert webhook.id in result.stdout
