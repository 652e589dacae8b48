"""What waits for a key is judged, and kept, as of when it came."""
import datetime
import threading

from key_providers import SNS
from test_fetched_keys import authority, forged, place, post, server, start  # noqa: F401, fixtures
from waiting import until


def test_one_that_is_refused_after_its_wait_is_kept_as_of_when_it_came(start, gateway, server, authority):
    provider = SNS(server, authority)
    start(provider)
    server.free.clear()
    statuses = []
    sender = threading.Thread(target=lambda: statuses.append(post(gateway, forged(provider.webhook())).status))
    sender.start()
    until(lambda: server.asked, what="the fetch")
    asked = datetime.datetime.now(datetime.timezone.utc)
    until(lambda: datetime.datetime.now(datetime.timezone.utc) - asked > datetime.timedelta(seconds=0.2))
    server.free.set()
    sender.join(20)
    row, = until(lambda: gateway.rows("quarantine", "list"), what="the refused request")
    assert statuses == [401] and datetime.datetime.fromisoformat(row["receivedAt"]) <= asked
