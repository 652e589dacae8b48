"""The index behind the ledger: searches use it, a redacted word is in none of its bytes, and it may vanish at any time."""
import sqlite3

import pytest

from headgate import ADMIN_TOKEN
from load import Load
from providers import Criptoladrillo
from subscriber import Answer
from test_operations import order
from waiting import until

PROVIDER = Criptoladrillo()
BLOCK = 2048  # events come into the index so many at once


@pytest.fixture
def filled(gateway, subscriber):
    """A ledger with an index, and three events among thousands that are worth a search."""
    gateway.sink = subscriber(200)
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "billing", "url": gateway.sink.url}])
    gateway.route("other", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[])
    gateway.start()
    gateway.found = [post(gateway, "/pay", note="Grünkohl z1041"), post(gateway, "/other", note="Steckruebe z1042"),
                     post(gateway, "/pay", note="Wirsing z1043")]
    with Load(gateway, "/pay", PROVIDER, threads=8) as load:
        load.wait_for(BLOCK, 60)
    until(lambda: search(gateway, "q=no-such-word")["index"] == "used", 40, "an index")
    return gateway


def post(gateway, path, **fields):
    webhook = PROVIDER.webhook(**fields)
    assert gateway.post(path, webhook.body, webhook.headers).status == 200
    return webhook.id


def search(gateway, query, token=ADMIN_TOKEN, path="/v1/events"):
    reply = gateway.admin(f"{path}?{query}", token=token)
    assert reply.status == 200, reply
    return reply.json()


def ids(page):
    return [row["providerEventId"] for row in page["data"]]


def index_bytes(gateway):
    return b"".join(path.read_bytes() for path in gateway.ledger.parent.glob("*.search*") if "-shm" not in path.name)


def test_searches_use_it_and_it_keeps_up(filled):
    gateway, (kale, swede, savoy) = filled, filled.found
    until(lambda: b"wirsing" in index_bytes(gateway), 20, "the first block")
    assert ids(search(gateway, "q=gr%C3%BCnkohl")) == [kale] and ids(search(gateway, "q=z104")) == [savoy, swede, kale]
    assert ids(search(gateway, "route=other&q=z1042")) == [swede] == ids(search(gateway, "route=other"))
    assert ids(search(gateway, f"providerEventId={savoy}")) == [savoy]
    assert ids(search(gateway, "subscriber=billing&status=200&q=wirsing")) == [savoy]
    assert search(gateway, "q=irsing")["data"] == [], "a text begins with a word"
    assert ids(search(gateway, "q=*irsing")) == [savoy], "behind a star it need not"
    page = search(gateway, "subscriber=billing&q=gr%C3%BCnkohl", path="/v1/deliveries")
    assert [row["state"] for row in page["data"]] == ["delivered"] and page["index"] == "used"
    assert search(gateway, "limit=1")["index"] is None
    token = gateway.rows("tokens", "new", "support", "--scope", "read", "--route", "pay")[0]["token"]
    assert ids(search(gateway, "q=z104", token)) == [savoy, kale] and search(gateway, "q=z1042", token)["data"] == []

    # What is newer than the index is found too, and what becomes of a delivery that is in it.
    late = post(gateway, "/pay", note="Grünkohl again")
    assert ids(search(gateway, "q=gr%C3%BCnkohl")) == [late, kale]
    until(lambda: ids(search(gateway, "q=gr%C3%BCnkohl&state=delivered")) == [late, kale], 10, "its delivery")
    gateway.sink.answers = [Answer(status=503)]
    replayed = gateway.rows("events", "list", "--text", "wirsing")[0]["id"]
    order(gateway, "events", "replay", replayed, "--reason", "again")
    until(lambda: search(gateway, "status=503&state=pending", path="/v1/deliveries")["data"], 20, "a failed delivery")
    assert ids(search(gateway, "status=503")) == [savoy]

    # Killed and started, it goes on where it was; an index of nothing is in its place when it is removed or overwritten.
    gateway.kill()
    gateway.start()
    assert ids(search(gateway, "q=wirsing")) == [savoy]
    gateway.stop()
    index = gateway.ledger.with_name(gateway.ledger.name + ".search")
    for log in gateway.ledger.parent.glob("*.search-*"):
        log.unlink()
    index.write_bytes(b"\xa5" * index.stat().st_size)
    shown = gateway.command("events", "list", "--text", "wirsing", "--ledger", gateway.ledger)
    assert "the search index was damaged" in shown.stderr and savoy in shown.stdout
    gateway.start()
    until(lambda: search(gateway, "q=wirsing")["index"] == "used", 40, "another index")
    assert ids(search(gateway, "q=wirsing")) == [savoy]
    gateway.stop()
    assert index.stat().st_mode & 0o777 == 0o600

    # Damage that shows only where a word is looked for.
    gateway.start()
    until(lambda: b"wirsing" in index_bytes(gateway), 40, "the first block")
    gateway.stop()
    with sqlite3.connect(index) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'terms'").fetchone()[0]
    database.close()
    with index.open("r+b") as file:
        file.seek((root - 1) * 8192)
        file.write(b"\xff" * 64)
    shown = gateway.command("events", "list", "--text", "wirsing", "--ledger", gateway.ledger)
    assert "the search index was damaged" in shown.stderr and savoy in shown.stdout
    gateway.start()
    assert ids(search(gateway, "q=wirsing")) == [savoy]
    until(lambda: search(gateway, "q=wirsing")["index"] == "used", 40, "a sound index")
    gateway.stop()

    # Without one nothing is left of it, and rows are read.
    gateway.start("--search-size", "0")
    assert not list(gateway.ledger.parent.glob("*.search*"))
    page = search(gateway, "q=wirsing")
    assert ids(page) == [savoy] and page["index"] == "absent"


def test_a_redacted_word_is_in_none_of_its_bytes(filled):
    gateway = filled
    until(lambda: b"u00fcnkohl" in index_bytes(gateway) and b"wirsing" in index_bytes(gateway), 20, "the first block")
    event = gateway.rows("events", "list", "--text", "grünkohl")[0]["id"]
    until(lambda: gateway.rows("deliveries", "list", "--text", "grünkohl", "--state", "delivered"), 10, "its delivery")
    order(gateway, "events", "redact", event, "--reason", "erasure 1041")
    assert search(gateway, "q=gr%C3%BCnkohl")["data"] == []
    until(lambda: b"u00fcnkohl" not in index_bytes(gateway), 30, "the end of the word")
    assert b"wirsing" in index_bytes(gateway), "the others stay"
    assert ids(search(gateway, "q=z104")) == [filled.found[2], filled.found[1]]


def test_refused_requests_are_not_in_it(gateway, subscriber):
    sink = subscriber(200)
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[{"name": "a", "url": sink.url}])
    gateway.start()
    forged = PROVIDER.webhook(note="Rosenkohl")
    assert gateway.post("/pay", forged.body, {**forged.headers, "Criptoladrillo-Signature": "v0=00"}).status == 401
    with Load(gateway, "/pay", PROVIDER, threads=8) as load:
        load.wait_for(BLOCK, 60)
    until(lambda: gateway.ledger.with_name("ledger.db.search").exists() and b"amount" in index_bytes(gateway), 40, "an index")
    assert b"rosenkohl" not in index_bytes(gateway)
    assert search(gateway, "q=rosenkohl")["data"] == []


@pytest.mark.parametrize("size", ("5", "many", "1KiB"))
def test_a_size_that_is_none_stops_the_start(gateway, size):
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[])
    result = gateway.run_serve("--search-size", size)
    assert result.returncode != 0 and "--search-size" in result.stdout + result.stderr
