"""Who got event X, when, with which bytes: proven to somebody who has neither the ledger nor headgate."""
import base64
import copy
import json
import sqlite3
import subprocess

import pytest

import evidence
from headgate import ADMIN_TOKEN, run
from providers import Criptoladrillo
from test_operations import deliveries, order, refused, sound
from subscriber import Answer
from waiting import until

PROVIDER = Criptoladrillo()
# The word of the ledger alone, or of no meaning to what is proven.
UNPROVEN = {"closure", "notDeliveredTo", "publicKey"}


@pytest.fixture
def relay(gateway, subscriber, tmp_path):
    """Two subscribers, one of which fails twice; a third that the filter keeps out. Gives the webhook and the event's id."""
    billing, audit = subscriber(200), subscriber(500, 503, 200)
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": ["50ms", "50ms", "50ms"], "jitter": 0, "timeout": "5s"},
                  subscribers=[{"name": "billing", "url": billing.url}, {"name": "audit", "url": audit.url},
                               {"name": "other", "url": billing.url, "events": ["nothing.*"]}])
    gateway.start()
    gateway.webhook = PROVIDER.webhook()
    assert gateway.post("/pay", gateway.webhook.body, gateway.webhook.headers).status == 200
    gateway.event = deliveries(gateway, "delivered", 2)[0]["event"]
    return gateway


def write(gateway, path, *flags):
    order(gateway, "events", "evidence", gateway.event, "--out", path, *flags)
    return json.loads(path.read_text())


def check(path, *flags):
    result = run("evidence", "verify", path, *flags)
    assert result.returncode in (0, 1), result
    return result.returncode == 0


def public_key(gateway, path):
    path.write_text(order(gateway, "ledger", "checkpoint", "--public-key"))
    return path


def test_a_file_proves_what_became_of_an_event(relay, tmp_path):
    document = write(relay, tmp_path / "evidence.json")
    assert (tmp_path / "evidence.json").stat().st_mode & 0o777 == 0o600
    assert base64.b64decode(document["event"]["body"]["base64"]) == relay.webhook.body
    assert {row["subscriber"]: len(row["attempts"]) for row in document["deliveries"]} == {"billing": 1, "audit": 3}
    assert document["notDeliveredTo"] == ["other"]
    key = public_key(relay, tmp_path / "headgate.pub")
    assert evidence.is_proven(document) and evidence.is_proven(document, key.read_text())
    relay.stop()
    assert check(tmp_path / "evidence.json") and check(tmp_path / "evidence.json", "--key", key)
    shown = run("evidence", "verify", tmp_path / "evidence.json").stdout
    assert "proven" in shown and relay.event in shown and "audit" in shown and "compare it" in shown
    # The stopped gateway's file says the same.
    other = tmp_path / "stopped.json"
    assert run("events", "evidence", relay.event, "--ledger", relay.ledger, "--out", other).returncode == 0
    assert check(other, "--key", key) and evidence.is_proven(json.loads(other.read_text()), key.read_text())
    secrets = [value for value in PROVIDER.secrets.values() if isinstance(value, str)]
    assert not any(secret in other.read_text() for secret in [*secrets, ADMIN_TOKEN] if not secret.startswith("env:"))


def test_an_event_shows_when_it_was_delivered_and_for_whom_it_was_not(relay):
    shown = relay.rows("events", "show", relay.event)[0]
    assert shown["notDeliveredTo"] == ["other"]
    times = [one["settledAt"][:19].replace("T", " ") + "Z" for one in shown["deliveries"]]
    table = order(relay, "events", "show", relay.event)
    assert len(times) == 2 and all(time in table for time in times)
    assert "filtered" in table and "other" in table


def test_evidence_of_a_send_without_an_answer_shows_its_outcome(gateway, tmp_path):
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": [], "jitter": 0},
                  subscribers=[{"name": "billing", "url": "http://127.0.0.1:1/"}])
    gateway.start()
    webhook = PROVIDER.webhook()
    assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
    gateway.event = deliveries(gateway, "dead", 1)[0]["event"]
    write(gateway, tmp_path / "evidence.json")
    shown = run("evidence", "verify", tmp_path / "evidence.json").stdout
    assert "ANSWER" in shown and " connect " in shown


def test_replays_and_other_orders_are_part_of_it(relay, tmp_path):
    for _ in range(3):
        order(relay, "events", "replay", relay.event, "--reason", "asked for")
        until(lambda: not [job for job in relay.rows("replays", "list") if job["state"] == "running"], 15, "the job's end")
    deliveries(relay, "delivered", 8)
    document = write(relay, tmp_path / "evidence.json")
    assert len(document["deliveries"]) == 8 and {row["action"] for row in document["actions"]} >= {"start-job", "replay"}
    assert evidence.is_proven(document) and check(tmp_path / "evidence.json")
    sound(relay)


def test_a_url_with_a_secret_is_proven_and_not_told(gateway, subscriber, tmp_path):
    sink = subscriber(200, path="/hook?team=pay&key=canary-of-the-url")
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[{"name": "billing", "url": sink.url}])
    gateway.start()
    webhook = PROVIDER.webhook()
    assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
    gateway.event = deliveries(gateway, "delivered", 1)[0]["event"]
    document = write(gateway, tmp_path / "evidence.json")
    assert "canary-of-the-url" not in (tmp_path / "evidence.json").read_text()
    assert document["deliveries"][0]["urlIsWhole"] is False and document["deliveries"][0]["url"].endswith("key=***")
    assert evidence.is_proven(document) and check(tmp_path / "evidence.json")
    whole = evidence.H(b"\x10", *map(evidence.text, ["pay", "billing", sink.url]))
    assert document["deliveries"][0]["endpoint"] == whole.hex()
    # Nothing but the hash says who that is: both checks take another name, and ours says so.
    shown = json.loads(run("evidence", "verify", tmp_path / "evidence.json", "--json").stdout)
    assert [(row["subscriber"], row["isEndpointProven"]) for row in shown["deliveries"]] == [("billing", False)]
    assert "not proven" in run("evidence", "verify", tmp_path / "evidence.json").stdout
    document["deliveries"][0]["endpoint"] = "00" * 32
    assert not evidence.is_proven(document)


def test_who_got_it_cannot_be_said_to_be_hidden(relay, tmp_path):
    path = tmp_path / "evidence.json"
    document = write(relay, path)
    assert {row["isEndpointProven"] for row in json.loads(run("evidence", "verify", path, "--json").stdout)["deliveries"]} == {True}
    assert "not proven" not in run("evidence", "verify", path).stdout
    for url in (None, "https://somebody-else.example/in", "https://somebody-else.example/in?key=told&x=***"):
        other = copy.deepcopy(document)
        other["deliveries"][0] |= {"urlIsWhole": False, "subscriber": "auditor"} | ({"url": url} if url else {})
        path.write_text(json.dumps(other))
        assert not check(path) and not evidence.is_proven(other), url


def test_numbers_that_no_ledger_has_are_refused(relay, tmp_path):
    path = tmp_path / "evidence.json"
    document = write(relay, path)
    kinds = (("event", "fanout"), ("event", "bodyBytes"), ("batches", 0, "id"), ("batches", 0, "lastAttempt"),
             ("deliveries", 0, "attempts", 0, "id"), ("deliveries", 0, "attempts", 0, "number"),
             ("deliveries", 0, "attempts", 0, "tookMicroseconds"), ("deliveries", 0, "madeBy"))
    for place in kinds:
        for number in (-2**63, -1, 0, 2**63 - 1):
            other = copy.deepcopy(document)
            holder = other
            for step in place[:-1]:
                holder = holder[step]
            if holder[place[-1]] == number:
                continue
            holder[place[-1]] = number
            path.write_text(json.dumps(other))
            assert not check(path), (place, number)


def changed(value):
    """The same kind of value, and another one."""
    if isinstance(value, bool) or value is None:
        return "x"
    if isinstance(value, int):
        return value + 1
    flipped = next((place for place, letter in enumerate(value) if letter.isalnum()), None)
    if flipped is None:
        return value + "x"
    letter = "1" if value[flipped] != "1" else "2"
    return value[:flipped] + letter + value[flipped + 1:]


def places(value, path=()):
    """The way to every scalar of a document, and to every list, which can lose its last element."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name not in UNPROVEN:
                yield from places(member, (*path, name))
    elif isinstance(value, list):
        if value:
            yield path
        for index, member in enumerate(value):
            yield from places(member, (*path, index))
    else:
        yield path


def tampered(document, path):
    document = copy.deepcopy(document)
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    value = holder[path[-1]]
    holder[path[-1]] = value[:-1] if isinstance(value, list) else changed(value)
    return document


def test_nothing_in_it_can_be_changed(relay, tmp_path):
    order(relay, "events", "replay", relay.event, "--subscriber", "audit")
    deliveries(relay, "delivered", 3)
    document = write(relay, tmp_path / "evidence.json")
    tried, passed = 0, []
    for path in places(document):
        # What came last may be left out: nothing can prove that nothing happened later.
        is_end = path in {("actions",), ("batches",)} or path[0] == "deliveries" and path[-1] == "attempts"
        other = tampered(document, path)
        file = tmp_path / "tampered.json"
        file.write_text(json.dumps(other, ensure_ascii=False))
        tried += 1
        if evidence.is_proven(other) or check(file):
            if not is_end:
                passed.append(path)
    assert tried > 150 and passed == []


def test_an_event_of_very_many_answers_is_bounded_and_provable(gateway, subscriber, tmp_path):
    sink = subscriber(Answer(200, body=b"x" * 4096))
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": f"s{number}", "url": sink.url} for number in range(950)])
    gateway.start()
    webhook = PROVIDER.webhook()
    assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
    event, = gateway.rows("events", "list")
    until(lambda: gateway.rows("events", "list")[0]["deliveryCounts"]["delivered"] == 950, 60, "all deliveries")
    rows = json.loads(order(gateway, "events", "show", event["id"], "--json"))["deliveries"]
    responses = [row["history"][0]["response"] for row in rows]
    told = [response for response in responses if response]
    assert len(rows) == 950 and 200 < len(told) < 300 and responses[:len(told)] == told, "a MiB, and no more"
    whole, = gateway.rows("deliveries", "show", rows[-1]["id"])
    assert whole["history"][0]["response"]["size"] >= 4096
    assert "--ledger" in refused(gateway, "events", "evidence", event["id"])
    gateway.stop()
    path = tmp_path / "evidence.json"
    assert run("events", "evidence", event["id"], "--ledger", gateway.ledger, "--out", path).returncode == 0
    assert check(path)


def test_it_is_of_the_key_that_is_asked_for(relay, tmp_path, gateway):
    document = write(relay, tmp_path / "evidence.json")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", tmp_path / "k"], check=True, capture_output=True)
    other = subprocess.run(["openssl", "pkey", "-in", tmp_path / "k", "-pubout"], check=True, capture_output=True).stdout
    (tmp_path / "other.pub").write_bytes(other)
    assert not check(tmp_path / "evidence.json", "--key", tmp_path / "other.pub")
    assert not evidence.is_proven(document, other.decode())
    document["publicKey"] = other.decode()
    assert not evidence.is_proven(document)


def test_a_redacted_event_is_gone_and_still_proven(relay, tmp_path):
    body = relay.webhook.body
    assert "say why" in run("events", "redact", relay.event, env={"HEADGATE_ADMIN": f"127.0.0.1:{relay.admin_port}"}).stderr
    assert order(relay, "events", "redact", relay.event, "--reason", "erasure 1041")
    shown = order(relay, "events", "show", relay.event)
    assert "redaction, admin" in shown and "erasure 1041" in shown
    assert "was removed" in refused(relay, "events", "redact", relay.event, "--reason", "again")
    assert "was removed" in refused(relay, "events", "replay", relay.event)
    document = write(relay, tmp_path / "evidence.json")
    assert document["event"]["body"] is None and document["event"]["bodyBytes"] == len(body)
    assert document["event"]["redaction"]["reason"] == "erasure 1041"
    assert evidence.is_proven(document) and check(tmp_path / "evidence.json")
    document["event"]["redaction"]["reason"] = "another"
    assert not evidence.is_proven(document)
    relay.stop()
    report = run("ledger", "verify", "--ledger", relay.ledger)
    assert report.returncode == 0 and f"{relay.event} by admin" in report.stdout and "erasure 1041" in report.stdout
    for file in relay.ledger.parent.iterdir():
        assert body not in file.read_bytes(), f"{file} still has the body"


def test_what_is_not_sent_yet_is_not_redacted(gateway, subscriber):
    sink = subscriber(200)
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "billing", "url": sink.url}])
    gateway.start()
    order(gateway, "subscribers", "pause", "pay/billing", "--reason", "not yet")
    webhook = PROVIDER.webhook()
    assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
    row = deliveries(gateway, "held", 1)[0]
    assert "would be lost" in refused(gateway, "events", "redact", row["event"], "--reason", "erasure")
    order(gateway, "deliveries", "cancel", row["id"], "--reason", "erasure")
    order(gateway, "events", "redact", row["event"], "--reason", "erasure")
    sound(gateway)
    assert "was removed" in refused(gateway, "deliveries", "retry", row["id"])


def test_a_body_that_somebody_emptied_is_no_redaction(relay):
    relay.stop()
    database = sqlite3.connect(relay.ledger)
    number = database.execute("SELECT id FROM events").fetchone()[0]
    database.execute("INSERT INTO removed VALUES (?, ?, 1)", (number, len(relay.webhook.body)))
    database.execute("UPDATE events SET body = x''")
    database.commit()
    database.close()
    report = run("ledger", "verify", "--ledger", relay.ledger)
    assert report.returncode == 1 and "the body of event" in report.stdout
