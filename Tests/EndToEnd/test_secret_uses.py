"""How often secrets are used, in both directions, and what the report says of it."""
import datetime
import json
import sqlite3

from headgate import SIGNING_SECRET
from providers import Criptoladrillo
from waiting import until

OWN = "whsec_" + "c3Vic2NyaWJlci1vd24tc2VjcmV0LWZvci10ZXN0cw=="
NEXT = "whsec_" + "dGhlLW5leHQtc2VjcmV0LW9mLXRoaXMtc3Vic2NyaWJlcg=="


class Sender(Criptoladrillo):
    def __init__(self, secret):
        self.secrets = {"SECRET": secret}


def post(gateway, secret, count=1):
    for _ in range(count):
        webhook = Sender(secret).webhook()
        assert gateway.post("/pay", webhook.body, webhook.headers).status == 200


def report(gateway):
    return {(row["direction"], row["subscriber"], row["secret"]): row for row in gateway.rows("secrets", "list")}


def route(gateway, secrets, *subscribers):
    gateway.route("pay", verify="criptoladrillo", secrets={"SECRET": secrets}, subscribers=list(subscribers))


def reload(gateway):
    before = len(gateway.logged("reloaded"))
    gateway.signal(1)
    until(lambda: len(gateway.logged("reloaded")) > before, what="the reload")


def wait(gateway, key, uses):
    return until(lambda: (row := report(gateway)[key])["uses"] == uses and row, 10, f"{uses} uses of {key}")


def backdate(gateway, seconds):
    """As if everything before had been so long ago."""
    with sqlite3.connect(gateway.ledger) as ledger:
        ledger.execute(f"UPDATE secret_uses SET since = since - {seconds}000000, first_at = first_at - {seconds}000000, "
                       f"last_at = last_at - {seconds}000000")


def test_the_old_secret_is_told_when_it_may_go(gateway, subscriber):
    sink = {"name": "billing", "url": subscriber().url}
    route(gateway, "old-secret", sink)
    gateway.start()
    post(gateway, "old-secret", 3)
    row = wait(gateway, ("in", None, "SECRET"), 3)
    assert row["advice"] == "in use, the only one"
    gateway.stop()
    backdate(gateway, 6 * 86400 + 60)
    route(gateway, ["new-secret", "old-secret"], sink)
    gateway.start()
    rows = report(gateway)
    assert rows["in", None, "SECRET[1]"]["fingerprint"] == row["fingerprint"], "it has moved, and is the same"
    assert rows["in", None, "SECRET[1]"]["uses"] == 3 and rows["in", None, "SECRET[0]"]["advice"] == "not used yet"
    post(gateway, "new-secret", 2)
    wait(gateway, ("in", None, "SECRET[0]"), 2)
    old = report(gateway)["in", None, "SECRET[1]"]
    assert old["state"] == "resting" and old["uses"] == 3
    assert old["advice"] == "old secret unused for 6 days, SECRET[0] is used instead: safe to remove"
    table = gateway.command("secrets", "list").stdout
    assert "safe to remove" in table and "old-secret" not in table and "new-secret" not in table


def test_what_signs_is_counted_too(gateway, subscriber):
    own, shared = subscriber(), subscriber()
    route(gateway, "s", {"name": "own", "url": own.url, "secret": OWN}, {"name": "shared", "url": shared.url})
    gateway.start()
    post(gateway, "s", 4)
    row = wait(gateway, ("out", "own", "own"), 4)
    assert row["source"] == "file" and row["advice"] == "in use"
    assert wait(gateway, ("out", "shared", "gateway"), 4)["source"] == "settings"
    route(gateway, "s", {"name": "own", "url": own.url, "secret": [NEXT, OWN]}, {"name": "shared", "url": shared.url})
    reload(gateway)
    post(gateway, "s", 2)
    old, new = wait(gateway, ("out", "own", "own[1]"), 6), wait(gateway, ("out", "own", "own[0]"), 2)
    assert "remove it when the subscriber verifies with the newer one" in old["advice"] and new["advice"] == "in use"
    for request in own.wait(6)[-2:]:
        request.verify(OWN)
        request.verify(NEXT)
    assert SIGNING_SECRET not in json.dumps(gateway.rows("secrets", "list"))


def test_counts_survive_a_stop_whole_and_a_crash_but_for_the_last_seconds(gateway, subscriber):
    sink = subscriber()
    route(gateway, "s", {"name": "billing", "url": sink.url})
    gateway.start()
    post(gateway, "s", 5)
    sink.wait(5)
    assert gateway.stop() == 0
    gateway.start()
    rows = report(gateway)
    assert rows["in", None, "SECRET"]["uses"] == 5 and rows["out", "billing", "gateway"]["uses"] == 5
    post(gateway, "s")
    wait(gateway, ("in", None, "SECRET"), 6)
    gateway.kill()
    gateway.start()
    row = report(gateway)["in", None, "SECRET"]
    assert row["uses"] == 6
    last = datetime.datetime.fromisoformat(row["lastUsedAt"])
    assert abs((datetime.datetime.now(datetime.timezone.utc) - last).total_seconds()) < 30
