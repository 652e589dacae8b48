"""kill -9 at the n-th sync, for every n up to a hundred: the moments at which a ledger is most likely half done."""
import collections
import os

from headgate import SIGNING_SECRET
from providers import Criptoladrillo
from storm import Accounted, bodies, copy_ledger
from waiting import until

SYNCS = int(os.environ.get("HEADGATE_SYNCS", 100))


def test_kill_at_each_sync_loses_alters_and_invents_nothing(gateway, disk, subscriber, tmp_path):
    provider, sinks = Criptoladrillo(), [subscriber(), subscriber(500, 200, 503, 200)]
    gateway.route("in", verify=provider.preset, secrets=provider.secrets,
                  retry={"schedule": ["50ms"] * 40, "jitter": 0},
                  subscribers=[{"name": f"s{n}", "url": one.url} for n, one in enumerate(sinks)])
    gateway.intake_port = 1  # nobody listens there yet
    with Accounted(gateway, "/in", provider) as load:
        for number in range(1, SYNCS + 1):
            # Before a sync nothing of the batch is certain; after it everything is, and nobody has been told.
            disk.kill_before, disk.kill_after = (number, 0) if number % 2 else (0, number)
            disk.syncs = 0
            gateway.start(env=disk.env, wait=False)
            listening = until(lambda: gateway.logged("listening") or gateway.process.poll(), 20, "a start")
            if isinstance(listening, list):
                gateway.intake_port = gateway._port(listening[-1]["intake"])
            assert gateway.process.wait(30) == -9, gateway.log_text()[-2000:]
            acknowledged = set(load.acknowledged)
            stored = bodies(copy_ledger(gateway.ledger, tmp_path / "copy")) if gateway.ledger.exists() else set()
            assert acknowledged <= stored, f"lost at sync {number}: {acknowledged - stored}"
            assert stored <= load.posted, f"invented at sync {number}"
        disk.kill_before = disk.kill_after = 0
        gateway.start()
        load.wait_for(50)
        load.stop()
        assert all(status == 503 for status, _ in load.refused), load.refused[:3]
        for sink in sinks:
            sink.wait_for_bodies(load.acknowledged, 60)

    for sink in sinks:
        for request in sink.requests:
            request.verify(SIGNING_SECRET)
            assert request.body in load.posted

    def settled():
        rows = gateway.rows("deliveries", "list", "--limit", "1000000")
        return all(row["state"] == "delivered" for row in rows) and rows
    recorded = {row["id"]: row["attempts"] for row in until(settled, 60, "every delivery settled")}
    seen = collections.Counter(request["headgate-delivery"] for sink in sinks for request in sink.requests)
    unrecorded = {id: (count, recorded.get(id)) for id, count in seen.items() if recorded.get(id, 0) < count}
    assert not unrecorded, unrecorded
    assert gateway.stop() == 0
    print(f"{SYNCS} kills, {len(load.acknowledged)} acknowledged, {sum(seen.values())} sends")
