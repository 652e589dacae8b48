"""Checkpoints that were kept elsewhere find what no look at the ledger alone can."""
import base64
import json
import shutil
import socket
import sqlite3
import stat

import pytest
from standardwebhooks import Webhook

import evidence
from headgate import SIGNING_SECRET, run
from providers import Criptoladrillo
from test_operations import order
from waiting import until

PROVIDER = Criptoladrillo()


@pytest.fixture
def relay(gateway, subscriber):
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "billing", "url": subscriber(200).url}])
    return gateway


def post(gateway, count=1):
    for _ in range(count):
        webhook = PROVIDER.webhook()
        assert gateway.post("/pay", webhook.body, webhook.headers).status == 200


def settled(gateway, count):
    until(lambda: len(gateway.rows("deliveries", "list", "--state", "delivered", "--limit", "1000")) == count, 15,
          f"{count} deliveries")


def take(gateway, path):
    path.write_text(path.read_text() + order(gateway, "ledger", "checkpoint") if path.exists()
                    else order(gateway, "ledger", "checkpoint"))
    return path


def verify(ledger, *flags):
    return run("ledger", "verify", "--ledger", ledger, *flags)


def edit(ledger, *statements):
    database = sqlite3.connect(ledger)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def test_a_checkpoint_is_readable_signed_and_holds(relay, tmp_path):
    relay.start()
    post(relay, 5)
    settled(relay, 5)
    file = take(relay, tmp_path / "checkpoints")
    lines = file.read_text().splitlines()
    assert "events 5" in lines and "attempts 5" in lines and len(lines) <= 11 and all(len(line) < 180 for line in lines)
    pem = order(relay, "ledger", "checkpoint", "--public-key")
    assert evidence.open_note(file.read_text().rstrip("\n") + "\n", pem)[0] == int(lines[1])
    post(relay, 3)
    take(relay, file)
    key = relay.ledger.with_name("ledger.db.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    report = verify(relay.ledger, "--checkpoint", file)
    assert report.returncode == 0 and "2 hold" in report.stdout, report
    # Nobody else's key, and not one letter of it changed.
    assert verify(relay.ledger, "--checkpoint", file, "--key", file).returncode == 64
    file.write_text(file.read_text().replace("events 5", "events 6"))
    assert "not signed by this key" in verify(relay.ledger, "--checkpoint", file).stderr


EDITS = {
    "an edit": (["UPDATE events SET headers = x'00' WHERE id = $third"], "event $id is altered"),
    "a body": (["UPDATE events SET body = x'00' WHERE id = $third"], "the body of event $id"),
    "a deletion": (["DELETE FROM attempts WHERE event = $third", "DELETE FROM deliveries WHERE event = $third",
                    "DELETE FROM events WHERE id = $third"], "record 1 of batch $batch is missing"),
    "a reordering": (["UPDATE chain SET id = -1 WHERE id = $batch", "UPDATE chain SET id = $batch WHERE id = $batch + 1",
                      "UPDATE chain SET id = $batch + 1 WHERE id = -1"], "batch $batch of the chain is missing or altered"),
    "a truncation": (["DELETE FROM events WHERE id > $third", "DELETE FROM deliveries WHERE event > $third",
                      "DELETE FROM attempts WHERE event > $third", "DELETE FROM chain WHERE id > $batch + 1"],
                     "the ledger was cut"),
    "another outcome": (["UPDATE attempts SET response = x'' WHERE event = $third"], "is altered"),
}


@pytest.mark.parametrize("what", EDITS)
def test_every_way_of_tampering_is_found(relay, tmp_path, what):
    relay.start()
    for count in range(1, 7):
        post(relay)
        settled(relay, count)
    file = take(relay, tmp_path / "checkpoints")
    relay.stop()
    assert verify(relay.ledger, "--checkpoint", file).returncode == 0
    database = sqlite3.connect(relay.ledger)
    third = database.execute("SELECT id FROM events ORDER BY id LIMIT 1 OFFSET 2").fetchone()[0]
    batch = database.execute("SELECT min(id) FROM chain WHERE last_event >= ?", (third,)).fetchone()[0]
    database.close()
    names = {event["id"]: event for event in json_rows("events", "list", "--ledger", relay.ledger)}
    name = sorted(names)[2]
    statements, expected = EDITS[what]

    def fill(text):
        return text.replace("$third", str(third)).replace("$batch", str(batch)).replace("$id", name)

    edit(relay.ledger, *map(fill, statements))
    report = verify(relay.ledger, "--checkpoint", file)
    assert report.returncode == 1 and fill(expected) in report.stdout, report


def json_rows(*arguments):
    return [json.loads(line) for line in run(*arguments, "--json").stdout.splitlines()]


def test_a_ledger_that_was_written_anew_is_found_by_a_checkpoint_alone(relay, tmp_path):
    relay.start()
    file = tmp_path / "checkpoints"
    post(relay, 2)
    settled(relay, 2)
    take(relay, file)
    relay.stop()
    copy = tmp_path / "copy.db"
    shutil.copy(relay.ledger, copy)
    relay.start()
    post(relay, 2)
    settled(relay, 4)
    take(relay, file)
    relay.stop()
    # Back to the copy, and on with other webhooks: every hash fits, by the gateway's own hand.
    for suffix in ("-wal", "-shm"):
        relay.ledger.with_name(relay.ledger.name + suffix).unlink(missing_ok=True)
    shutil.copy(copy, relay.ledger)
    relay.start()
    post(relay, 5)
    settled(relay, 7)
    assert verify(relay.ledger).returncode == 0
    report = verify(relay.ledger, "--checkpoint", file)
    assert report.returncode == 1 and "the ledger was rewritten" in report.stdout, report


def test_checkpoints_are_sent_elsewhere_by_themselves(relay, subscriber, tmp_path):
    hook, file, log = subscriber(503, 200), tmp_path / "elsewhere", tmp_path / "log.socket"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(log))
    listener.settimeout(15)
    relay.start("--checkpoint-to", f"file:{file}", "--checkpoint-to", f"syslog:{log}", "--checkpoint-to", hook.url,
                "--checkpoint-every", "1s")
    post(relay, 4)
    settled(relay, 4)
    until(lambda: file.exists() and "\nevents 4\nattempts 4\n" in file.read_text(), 15, "the checkpoint in the file")
    lines = tmp_path / "log"
    with open(lines, "wb") as out:
        while True:
            line = listener.recv(65536)
            out.write(line + b"\n")
            if b"\nevents 4\n" in base64.b64decode(line.rpartition(b"headgate-checkpoint:")[2]):
                break
    until(lambda: any(b"events 4" in seen.body for seen in hook.requests), 15, "the checkpoint at the webhook")
    for seen in hook.requests:
        message = Webhook(SIGNING_SECRET).verify(seen.body, {name.lower(): value for name, value in seen.fields})
        assert message["type"] == "ledger.checkpoint" and message["data"]["note"].startswith("headgate/")
    assert relay.metric("headgate_checkpoints_total", result="failed") == 1
    (tmp_path / "posted").write_text("\n".join(json.loads(seen.body)["data"]["note"] for seen in hook.requests))
    for kept in (file, lines, tmp_path / "posted"):
        assert verify(relay.ledger, "--checkpoint", kept).returncode == 0, kept


def test_a_checkpoint_that_was_cut_short_spoils_no_other(relay, tmp_path):
    """By a machine that went down while it was appended."""
    relay.start("--checkpoint-to", f"file:{tmp_path / 'elsewhere'}")
    file = tmp_path / "elsewhere"
    until(lambda: file.exists() and file.read_text().endswith("\n\n"), 15, "the first checkpoint")
    relay.stop()
    whole = file.read_text()
    signature = whole.rindex("— ")
    for cut in (len(whole) // 3, signature + 40):
        file.write_text(whole + whole[:cut])
        before = file.stat().st_size
        relay.start()
        until(lambda: file.stat().st_size > before and file.read_text().endswith("\n\n"), 15, "another one")
        relay.stop()
        report = verify(relay.ledger, "--checkpoint", file)
        assert "2 hold" in report.stdout, (cut, report)
        assert (report.returncode, "cut short" in report.stderr) in ((0, False), (1, True)), (cut, report)


def test_a_webhook_for_checkpoints_is_not_told_to_the_log(relay):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    relay.start("--checkpoint-to", f"http://127.0.0.1:{port}/hook/PATHSECRET?token=QUERYSECRET")
    until(lambda: relay.logged("checkpoint not sent"), 15, "the failure")
    assert not any(part in relay.log_text() for part in ("PATHSECRET", "QUERYSECRET"))


@pytest.mark.parametrize("flags, problem", [
    (["--checkpoint-to", "ftp://x"], "is no place for checkpoints"),
    (["--checkpoint-every", "0s"], "is no time from 1s to 30d"),
])
def test_settings_that_cannot_be_meant_stop_the_start(relay, flags, problem):
    result = relay.run_serve(*flags)
    assert result.returncode == 64 and problem in result.stderr


def test_a_key_that_others_can_read_stops_the_start(relay):
    relay.start()
    relay.stop()
    relay.ledger.with_name("ledger.db.key").chmod(0o644)
    result = relay.run_serve()
    assert result.returncode != 0 and "can be read by others" in result.stderr
