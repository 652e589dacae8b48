"""Copies of a ledger: made while its gateway runs, put in its place, and printed row by row."""
import csv
import io
import json
import stat
import subprocess
import threading

import pytest

from headgate import BINARY, clean_environment, run
from providers import Criptoladrillo
from test_operations import deliveries, order
from waiting import until

PROVIDER = Criptoladrillo()


@pytest.fixture
def relay(gateway, subscriber):
    gateway.sink = subscriber(200)
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": ["1h"], "jitter": 0, "timeout": "5s"},
                  subscribers=[{"name": "billing", "url": gateway.sink.url}])
    return gateway.start()


def post(gateway):
    webhook = PROVIDER.webhook()
    assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
    return webhook


def test_a_backup_is_made_while_webhooks_come_in(relay, tmp_path):
    before = [post(relay) for _ in range(50)]
    taken, stop = [], threading.Event()

    def go_on():
        while not stop.is_set():
            taken.append(post(relay))

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        until(lambda: len(taken) > 5, 15, "webhooks meanwhile")
        backup = tmp_path / "backup.db"
        result = run("ledger", "backup", backup, "--ledger", relay.ledger, "--json")
        count = len(taken)
        until(lambda: len(taken) > count + 5, 15, "webhooks afterwards")
    finally:
        stop.set()
        thread.join()
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["sound"] and len(before) < found["events"] <= len(before) + len(taken)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith("backup")] == ["backup.db"], "one file"
    assert run("ledger", "verify", "--ledger", backup).returncode == 0
    assert "is there already" in run("ledger", "backup", backup, "--ledger", relay.ledger).stderr


def test_what_was_committed_before_a_backup_is_there_after_a_restore(relay, tmp_path):
    delivered = [post(relay) for _ in range(5)]
    relay.sink.wait_for_bodies([webhook.body for webhook in delivered])
    deliveries(relay, "delivered", 5)
    order(relay, "subscribers", "pause", "pay/billing", "--reason", "backup")
    held = [post(relay) for _ in range(3)]
    deliveries(relay, "held", 3)
    backup = tmp_path / "backup.db"
    assert run("ledger", "backup", backup, "--ledger", relay.ledger).returncode == 0
    after = post(relay)
    assert "stop that headgate" in run("ledger", "restore", backup, "--ledger", relay.ledger).stderr
    relay.kill()
    assert "move it away first" in run("ledger", "restore", backup, "--ledger", relay.ledger).stderr
    for file in list(relay.ledger.parent.glob("ledger.db*")):
        file.rename(tmp_path / f"old-{file.name}")
    result = run("ledger", "restore", backup, "--ledger", relay.ledger)
    assert result.returncode == 0, result.stderr
    seen = len(relay.sink.requests)
    relay.start()
    assert len(relay.rows("events", "list")) == 8
    order(relay, "subscribers", "resume", "pay/billing")
    deliveries(relay, "delivered", 8)
    bodies = [request.body for request in relay.sink.requests[seen:]]
    assert sorted(bodies) == sorted(webhook.body for webhook in held) and after.body not in bodies
    relay.stop()
    assert run("ledger", "verify", "--ledger", relay.ledger).returncode == 0


def test_a_copy_that_is_not_sound_is_not_restored(relay, tmp_path):
    post(relay)
    backup = tmp_path / "backup.db"
    assert run("ledger", "backup", backup, "--ledger", relay.ledger).returncode == 0
    subprocess.run(["sqlite3", backup, "UPDATE events SET headers = x'00'"], check=True)
    result = run("ledger", "restore", backup, "--ledger", tmp_path / "new.db")
    assert result.returncode == 1 and "is not sound" in result.stderr
    assert not (tmp_path / "new.db").exists()
    (tmp_path / "text").write_text("no database at all, but long enough to be looked at")
    assert run("ledger", "restore", tmp_path / "text", "--ledger", tmp_path / "new.db").returncode == 1
    assert run("ledger", "backup", tmp_path / "x.db", "--ledger", tmp_path / "missing.db").returncode == 1
    assert not list(tmp_path.glob("x.db*"))


def rows(gateway, what, *flags):
    result = run("ledger", "export", "--ledger", gateway.ledger, "--what", what, *flags)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_row_is_exported_oldest_first(relay):
    import base64
    webhooks = [post(relay) for _ in range(30)]
    deliveries(relay, "delivered", 30)
    order(relay, "subscribers", "pause", "pay/billing", "--reason", 'with "quotes", and commas')
    events = rows(relay, "events", "--bodies")
    assert [base64.b64decode(row["body"]) for row in events] == [webhook.body for webhook in webhooks]
    assert [row["event"] for row in rows(relay, "deliveries")] == [row["id"] for row in events]
    attempts = rows(relay, "attempts", "--since", "1h")
    assert [row["id"] for row in attempts] == list(range(1, 31)) and {row["outcome"] for row in attempts} == {"ok"}
    assert rows(relay, "actions")[-1]["reason"] == 'with "quotes", and commas'
    middle = events[12]["receivedAt"]
    until_middle, since_middle = rows(relay, "events", "--until", middle), rows(relay, "events", "--since", middle)
    assert len(until_middle) + len(since_middle) == 30 and abs(len(until_middle) - 12) <= 1
    assert rows(relay, "attempts", "--until", "2020-01-01T00:00:00Z") == []
    text = run("ledger", "export", "--ledger", relay.ledger, "--what", "actions", "--format", "csv").stdout
    table = list(csv.DictReader(io.StringIO(text)))
    assert table[-1]["reason"] == 'with "quotes", and commas' and table[-1]["action"] == "pause"
    relay.stop()
    assert len(rows(relay, "events")) == 30, "of a stopped gateway's file too"


@pytest.mark.parametrize("flags", [["--what", "bodies"], ["--format", "xml"], ["--since", "yesterday"]])
def test_an_export_of_something_else_is_refused(relay, flags):
    result = run("ledger", "export", "--ledger", relay.ledger, *flags)
    assert result.returncode == 64 and result.stdout == "" and "-h" in result.stderr


def test_a_full_disk_does_not_pass_for_the_end(relay):
    post(relay)
    with open("/dev/full", "w") as full:
        result = subprocess.run([BINARY, "ledger", "export", "--ledger", relay.ledger], stdout=full,
                                stderr=subprocess.PIPE, env=clean_environment(), timeout=30)
    assert result.returncode == 1 and b"cannot be written" in result.stderr
