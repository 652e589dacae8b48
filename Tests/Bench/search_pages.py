"""How long a page of a search takes in a large ledger, with the index and without, and what the index costs.

The ledger is made by SQL behind a gateway that was started once: rows as the gateway writes them, without the chain. The index
is the gateway's own. Every search is for something rare that lies in the oldest tenth, where reading comes last.
"""
import argparse
import hashlib
import json
import random
import shutil
import sqlite3
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "EndToEnd"))

from headgate import ADMIN_TOKEN, BINARY, REPOSITORY, Gateway  # noqa: E402

START = 1_700_000_000_000  # milliseconds
HEADERS = ("content-type: application/json\r\nuser-agent: Provider/1.0 (+https://provider.example)\r\n"
           "x-request-id: {request}\r\nx-signature-256: sha256={signature}\r\n")
NAMES = "Anna Ben Clara David Emma Felix Greta Hugo Ida Jonas Karla Leo Mia Noah Olga Paul Rosa Simon Tina Uwe".split()
CITIES = "Berlin Hamburg München Köln Frankfurt Stuttgart Düsseldorf Leipzig Dortmund Essen Bremen Dresden".split()


def body(dice, number, size):
    order = {
        "id": f"pay_{dice.getrandbits(64):016x}", "object": "payment", "created": START // 1000 + number,
        "amount": dice.randrange(100, 99999), "currency": dice.choice(("eur", "usd", "gbp")), "livemode": True,
        "customer": {"id": f"cus_{dice.getrandbits(48):012x}", "name": f"{dice.choice(NAMES)} {dice.choice(NAMES)}son",
                     "email": f"user{dice.randrange(10**7)}@example.com", "city": dice.choice(CITIES)},
        "items": [],
    }
    text = json.dumps(order, ensure_ascii=False)
    while len(text.encode()) < size:
        order["items"].append({"sku": f"sku-{dice.randrange(5000)}", "quantity": dice.randrange(1, 9),
                               "price": dice.randrange(100, 9999), "description": "a thing of the catalogue"})
        text = json.dumps(order, ensure_ascii=False)
    return text.encode()


def fill(path, count, size):
    dice = random.Random(7)
    ledger = sqlite3.connect(path, isolation_level=None)
    ledger.execute("PRAGMA synchronous = OFF")
    ledger.execute("PRAGMA cache_size = -200000")
    subscribers = dict(ledger.execute("SELECT name, id FROM subscribers"))
    routes = dict(ledger.execute("SELECT name, id FROM routes"))
    rare = {int(count * part / 100): kind for part, kind in enumerate(
        ("type", "provider", "source", "word", "subscriber", "outcome", "status", "dead", "route"), 1)}
    ids = {}
    for start in range(0, count, 50_000):
        events, deliveries, attempts = [], [], []
        for number in range(start, min(start + 50_000, count)):
            kind = rare.get(number)
            event = (START + number * 10) << 21
            if kind:
                ids[kind] = event
            content = body(dice, number, size)
            if kind == "word":
                content = content.replace(b'"payment"', b'"Gruenkohl-1041"')
            headers = HEADERS.format(request=f"{dice.getrandbits(128):032x}", signature=f"{dice.getrandbits(256):064x}")
            events.append((
                event, routes["other" if kind == "route" else "pay"], 1, 3, event >> 21, None, bytes((10, 9, 9, 9) if kind == "source" else
                                                                                  (192, 0, 2, number % 40)),
                hashlib.sha256(content).digest(), b"evt_rare" if kind == "provider" else b"evt_%016x" % dice.getrandbits(64),
                b"dispute.lost" if kind == "type" else dice.choice((b"payment.paid", b"payment.failed", b"refund.made")),
                "SECRET", headers.encode(), content))
            failed = {"outcome": (8, 0), "status": (1, 418), "dead": (1, 500)}.get(kind)
            outcome, status = failed or (0, 200)
            deliveries.append((
                event, 1, subscribers["third" if kind == "route" else "rare" if kind in ("subscriber", "dead") else "common"],
                1, 2 if failed else 1, 1, number + 1))
            attempts.append((number + 1, event, 1, 1, event >> 21, outcome, status))
        ledger.execute("BEGIN")
        ledger.executemany("INSERT INTO events VALUES (?,?,?,?,?*1000,?,?,?,?,?,?,?,?)", events)
        ledger.executemany("INSERT INTO deliveries (event, ordinal, subscriber, endpoint, state, attempts, last_attempt, due_at,"
                           " lease) VALUES (?,?,?,?,?,?,?,NULL,0)", deliveries)
        ledger.executemany("INSERT INTO attempts VALUES (?,?,?,?,NULL,?*1000,900,?,?,0,90,0,800,NULL,"
                           "CAST('HTTP/1.1 200 OK' AS BLOB))", attempts)
        ledger.execute("COMMIT")
        print(f"\r  {min(start + 50_000, count):,} events", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    # Batches without leaves: what searches and retention look for in the chain is where it ends.
    ledger.execute("UPDATE ledger SET handed_from = (SELECT max(id) FROM events)")
    ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()


SEARCHES = [
    ("the newest", "/v1/events?", None), ("type", "/v1/events?type=dispute.lost", "type"),
    ("type, by a glob", "/v1/events?type=disp*", "type"),
    ("provider's id", "/v1/events?providerEventId=evt_rare", "provider"), ("source", "/v1/events?source=10.0.0.0/8", "source"),
    ("word", "/v1/events?q=gruenkohl", "word"), ("words", "/v1/events?q=gruenkohl-1041", "word"),
    ("word that is nowhere", "/v1/events?q=sauerkraut", ""), ("common word", "/v1/events?q=hamburg", None),
    ("route", "/v1/events?route=other", "route"), ("subscriber", "/v1/deliveries?subscriber=rare", None),
    ("state and subscriber", "/v1/deliveries?subscriber=rare&state=dead", "dead"),
    ("dead", "/v1/deliveries?state=dead", None),
    ("outcome", "/v1/deliveries?outcome=protocol", "outcome"), ("status", "/v1/events?status=418", "status"),
    ("common type and nowhere", "/v1/events?type=payment.paid&source=203.0.113.1", ""),
]


def searches(gateway, label, most_seconds):
    """Each until its first row, or the end: seconds, pages, and the longest page."""
    for name, path, wanted in SEARCHES:
        began, pages, longest, after, rows = time.monotonic(), 0, 0.0, "", []
        while True:
            page_began = time.monotonic()
            answer = gateway.admin(f"{path}&limit=20{after}", token=ADMIN_TOKEN).json()
            longest, pages = max(longest, time.monotonic() - page_began), pages + 1
            rows += answer["data"]
            after = f"&after={answer['next']}"
            if rows or answer["next"] is None or time.monotonic() - began > most_seconds:
                break
        took = time.monotonic() - began
        found = "found" if rows else "end" if answer["next"] is None else "gave up"
        if label != "without" and wanted is not None and bool(wanted) != bool(rows):
            raise SystemExit(f"{name}: {rows}")
        print(f"  {label:8} {name:26} {took * 1000:10.1f} ms  {pages:5} pages, longest {longest * 1000:7.1f} ms  "
              f"{found:8} index: {answer['index']}", flush=True)


def wait_for_index(gateway):
    began, path = time.monotonic(), Path(f"{gateway.ledger}.search")
    while True:
        time.sleep(2)
        index = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)
        last = index.execute("SELECT last FROM search").fetchone()
        others = index.execute("SELECT count(*) FROM blocks WHERE state <> 0").fetchone()[0]
        live = index.execute("SELECT count(*), total(events) FROM blocks WHERE state = 0").fetchone()
        used = index.execute("SELECT (c.page_count - f.freelist_count) * s.page_size FROM pragma_page_count AS c,"
                             " pragma_freelist_count AS f, pragma_page_size AS s").fetchone()[0]
        index.close()
        ledger = sqlite3.connect(f"file:{gateway.ledger}?mode=ro", uri=True)
        left = ledger.execute("SELECT count(*) FROM (SELECT id FROM events WHERE id > ? LIMIT 3000)", last).fetchone()[0]
        ledger.close()
        if left < 2048 and others == 0:
            return time.monotonic() - began, live, used


def cpu_seconds(pid):
    for task in Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().strip() == "search":
            fields = (task / "stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / 100


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--body", type=int, default=1024, help="bytes, about")
    parser.add_argument("--patience", type=float, default=60, help="seconds for a search without the index")
    parser.add_argument("--keep", action="store_true", help="use the ledger of the last run")
    options = parser.parse_args()
    if not BINARY.exists():
        raise SystemExit(f"{BINARY} is not there: make build")
    directory = REPOSITORY / ".build" / "bench" / "search"
    if not options.keep:
        shutil.rmtree(directory, ignore_errors=True)
    gateway = Gateway(directory)
    subscribers = [{"name": name, "url": "http://127.0.0.1:9/hook"} for name in ("common", "rare")]
    gateway.route("pay", verify={"type": "none"}, subscribers=subscribers)
    gateway.route("other", verify={"type": "none"}, subscribers=[{"name": "third", "url": "http://127.0.0.1:9/hook"}])
    if not options.keep:
        gateway.start("--search-size", "0")
        gateway.stop()
        fill(gateway.ledger, options.events, options.body)
    size = gateway.ledger.stat().st_size
    print(f"{options.events:,} events, bodies of {options.body} bytes, {size / 2**30:.1f} GiB: {size / options.events:,.0f} bytes an event")
    gateway.start("--search-size", "0")
    searches(gateway, "without", options.patience)
    gateway.stop()
    gateway.start("--search-size", "64GiB")
    took, (blocks, events), used = wait_for_index(gateway)
    print(f"  index of {events:,.0f} events in {blocks} blocks: {took:.0f} s, {cpu_seconds(gateway.process.pid) / events * 1e6:.0f} us "
          f"CPU an event, {used / 2**20:,.0f} MiB, {used / events:,.0f} bytes an event, file "
          f"{Path(f'{gateway.ledger}.search').stat().st_size / 2**20:,.0f} MiB; peak {gateway.memory('VmHWM') / 2**20:.0f} MiB resident")
    for label in ("first", "again"):
        searches(gateway, label, options.patience)
    gateway.stop()


if __name__ == "__main__":
    main()
