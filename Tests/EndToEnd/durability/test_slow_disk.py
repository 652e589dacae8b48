"""A disk that takes its time: everybody waits a little longer, together, and nobody is turned away."""
import statistics
import time

from providers import Criptoladrillo
from storm import Accounted

PROVIDER = Criptoladrillo()
SYNC = 0.1  # seconds


def test_a_slow_sync_is_shared_by_all_who_wait_for_it(gateway, disk, subscriber):
    sink = subscriber()
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[{"name": "s", "url": sink.url}])
    gateway.start(env=disk.env)
    disk.delay = int(SYNC * 1e6)
    with Timed(gateway, "/in", PROVIDER, threads=16) as load:
        load.wait_for(200, 60)
        load.stop()
    assert load.refused == [] and load.lost == 0
    typical = statistics.median(load.took)
    print(f"syncs of {SYNC} s: answers after {typical:.2f} s, longest {max(load.took):.2f} s")
    # One sync may be under way when an event comes, the next one is its own.
    assert SYNC < typical < 4 * SYNC, "each commit carries all who wait"
    sink.wait_for_bodies(load.acknowledged, 30)


class Timed(Accounted):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.took, self._asked = [], {}

    def webhook(self):
        webhook = super().webhook()
        self._asked[webhook.body] = time.monotonic()
        return webhook

    def note(self, connection, body):
        super().note(connection, body)
        self.took.append(time.monotonic() - self._asked.pop(body))
