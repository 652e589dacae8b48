"""What a restart after kill -9 costs when the ledger is long: with HEADGATE_SLOW a gibibyte."""
import os
import statistics
import time

from full_ledger import copy_events
from providers import Criptoladrillo
from storm import Accounted
from waiting import until

PROVIDER = Criptoladrillo()
SLOW = bool(os.environ.get("HEADGATE_SLOW"))
EVENTS = 2_300_000 if SLOW else 30_000
REAL = 1000
GIBIBYTE = 1 << 30


def test_a_restart_answers_within_a_second_whatever_the_size(gateway, subscriber):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "s", "url": subscriber().url}])
    gateway.start()
    with Accounted(gateway, "/in", PROVIDER) as load:
        load.wait_for(REAL)
        load.stop()
    assert gateway.stop() == 0
    copy_events(gateway.ledger, EVENTS)
    gateway.start()
    took = []
    with Accounted(gateway, "/in", PROVIDER) as load:
        for _ in range(7):
            load.wait_for(300)
            gateway.kill()
            began = time.monotonic()
            gateway.start(wait=False)
            gateway.wait_until_listening()
            known = set(load.acknowledged)
            until(lambda: len(load.acknowledged) > len(known), 20, "a 2xx")
            took.append(min(at for body, at in load.acknowledged.items() if body not in known) - began)
        load.stop()
    size = gateway.ledger.stat().st_size / GIBIBYTE
    print(f"{size:.2f} GiB, restart to first 2xx: median {statistics.median(took):.3f} s, "
          f"longest {max(took):.3f} s; {gateway.memory('VmHWM') >> 20} MiB")
    assert statistics.median(took) < 1
    assert size > 1 or not SLOW
