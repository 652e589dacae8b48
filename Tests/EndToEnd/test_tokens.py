"""Who may use the admin API: named tokens, their scopes and routes, their end, and what is on record of it."""
import hashlib
import http.client
import json
import re
import sqlite3

import pytest

from headgate import ADMIN_TOKEN, run
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()


@pytest.fixture
def running(gateway, subscriber):
    for name in ("alpha", "beta"):
        gateway.route(name, verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                      subscribers=[{"name": "s", "url": subscriber().url}])
    return gateway.start("--admin-name", "admin.example.com")


def grant(gateway, name, scope, *flags):
    result = gateway.command("tokens", "new", name, "--scope", scope, *flags)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def accept(gateway, route):
    webhook = PROVIDER.webhook()
    assert gateway.post(f"/{route}", webhook.body, webhook.headers).status == 200
    delivered = ("deliveries", "list", "--route", route, "--state", "delivered")
    return until(lambda: gateway.rows(*delivered))[0]


def test_a_value_that_is_empty_is_refused_and_widens_nothing(running):
    for command in ("tokens new all --scope operate --route=", "tokens new ever --scope read --expires=",
                    "events replay --route= --subscriber= --state dead", "quarantine discard --all --route= --reason noise"):
        result = running.command(*command.split())
        assert result.returncode == 64 and "is empty" in result.stderr, result
    assert running.command("events", "replay", "", "--state", "dead").returncode == 64
    assert running.rows("tokens", "list") == running.rows("replays", "list") == []


def test_a_token_is_shown_once_works_until_it_is_revoked_and_signs_the_record(running):
    token = grant(running, "support", "operate", "--expires", "30d")
    assert re.fullmatch(r"hgt_[A-Za-z0-9_-]{48}", token)
    assert running.admin("/v1/subscribers/alpha/s/pause", "POST", b'{"reason":"test"}', token).status == 200
    assert running.admin("/v1/tokens", token=token).status == 403
    listed = running.rows("tokens", "list")
    assert [(row["name"], row["scope"], row["state"]) for row in listed] == [("support", "operate", "active")]
    until(lambda: running.rows("tokens", "list")[0]["usedAt"], what="the last use")
    actions = running.rows("actions", "list", "--actor", "support", "--action", "pause")
    assert [(row["target"], row["reason"]) for row in actions] == [("alpha/s", "test")]

    assert running.command("tokens", "revoke", "support", "--reason", "left").returncode == 0
    reply = running.admin("/v1/events", token=token)
    assert reply.status == 401 and "revoked" in reply.json()["detail"]
    assert running.command("tokens", "new", "support").returncode == 1, "names stay in the record"

    assert running.stop() == 0
    for file in running.ledger.parent.iterdir():
        assert token.encode() not in file.read_bytes(), f"the token is in {file}"
    assert token not in running.log_path.read_text()
    verified = run("ledger", "verify", "--ledger", running.ledger)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_token_outlives_a_restart_and_the_admin_token(running):
    token = grant(running, "ci", "read")
    assert running.stop() == 0
    running.admin_token = None
    running.start()
    assert running.admin("/v1/events", token=token).status == 200
    assert running.admin("/v1/events", token=ADMIN_TOKEN).status == 403
    assert running.admin("/v1/subscribers/alpha/s/pause", "POST", b"", token).status == 403


def test_a_token_limited_to_a_route_sees_and_changes_only_this(running):
    mine, other = accept(running, "alpha"), accept(running, "beta")
    token = grant(running, "alpha-team", "operate", "--route", "alpha")

    def ask(path, method="GET", body=None):
        return running.admin(path, method, body, token)

    for path in ("/v1/events", "/v1/deliveries", "/v1/subscribers"):
        assert {row["route"] for row in ask(path).json()["data"]} == {"alpha"}, path
        assert ask(path + "?limit=1" if path != "/v1/subscribers" else path).json()["data"]
    assert [row["route"] for row in ask("/v1/reconcile").json()["routes"]] == ["alpha"]
    assert ask("/v1/events?route=beta").json()["data"] == []
    for path in (f"/v1/events/{other['event']}", f"/v1/deliveries/{other['id']}"):
        assert ask(path).status == 404
    assert ask(f"/v1/events/{mine['event']}").status == 200
    for verb in ("retry", "cancel", "send-now"):
        assert ask(f"/v1/deliveries/{other['id']}/{verb}", "POST", b"").status == 404
    assert ask("/v1/subscribers/beta/s/pause", "POST", b"").status == 404
    assert ask("/v1/subscribers/alpha/s/pause", "POST", b"").status == 200
    assert ask("/v1/subscribers/alpha/s/resume", "POST", b"").status == 200
    assert ask("/v1/actions").status == 403 and ask("/v1/tokens").status == 403

    # The other's event is not there for it.
    refused = ask("/v1/replays", "POST", b'{"event":["%s"]}' % other["event"].encode())
    assert refused.status == 400 and "has no event" in refused.json()["detail"]
    job = ask("/v1/replays", "POST", b'{"event":["%s"]}' % mine["event"].encode())
    assert job.status == 202
    until(lambda: ask(f"/v1/replays/{job.json()['id']}").json()["state"] == "done")
    assert ask(f"/v1/replays/{job.json()['id']}").json()["done"] == 1
    assert ask("/v1/replays", "POST", b'{"route":"beta"}').status == 400
    all_jobs = running.admin("/v1/replays", "POST", b'{"route":"beta"}', ADMIN_TOKEN).json()["id"]
    assert ask(f"/v1/replays/{all_jobs}").status == 404
    assert ask(f"/v1/replays/{all_jobs}/cancel", "POST", b"").status == 404
    assert {row["id"] for row in ask("/v1/replays").json()["data"]} == {job.json()["id"]}


def test_guesses_must_wait_the_right_token_never_and_the_record_stays_short(running):
    statuses = [running.admin("/v1/events", token=f"wrong-{number}").status for number in range(40)]
    assert statuses[:10] == [401] * 10 and set(statuses[-20:]) == {429}
    refused = running.admin("/v1/events", token="wrong")
    assert refused.status == 429 and 1 <= int(refused["Retry-After"]) <= 61
    assert refused["Content-Type"] == "application/problem+json"
    assert running.admin("/v1/events", token=ADMIN_TOKEN).status == 200
    assert running.admin("/healthz", token="wrong").status == 200
    rows = until(lambda: running.rows("actions", "list", "--action", "refuse"))
    assert len(rows) <= 2 and rows[-1]["target"] == "127.0.0.1" and rows[-1]["reason"] == "wrong-token"


def test_what_a_token_may_not_do_is_on_record_under_its_name(running):
    token = grant(running, "viewer", "read")
    reply = running.admin("/v1/subscribers/alpha/s/pause", "POST", b"", token)
    assert reply.status == 403 and "operate" in reply.json()["detail"]
    rows = until(lambda: running.rows("actions", "list", "--actor", "viewer"))
    assert [(row["action"], row["reason"]) for row in rows] == [("refuse", "not-permitted")]


def test_a_name_of_the_operators_is_taken_and_others_are_not(running):
    def status(host):
        connection = http.client.HTTPConnection("127.0.0.1", running.admin_port, timeout=15)
        connection.putrequest("GET", "/metrics", skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", host)
        connection.endheaders()
        try:
            return connection.getresponse().status
        finally:
            connection.close()

    assert status("admin.example.com") == 200
    assert status("ADMIN.example.com:8081") == 200
    assert status("other.example.com") == 421


@pytest.mark.parametrize("flags, words", [
    (["ok", "--scope", "root"], "scope is one of"), (["Bad"], "name the token"), (["admin"], "no name for a token"),
    (["ok", "--route", "gamma"], "no route gamma"), (["ok", "--expires", "soon"], "expires is a time"),
])
def test_a_wish_that_makes_no_sense_is_refused_in_words(flags, words, running):
    result = running.command("tokens", "new", *flags)
    assert result.returncode == 1 and words in result.stderr
    assert running.rows("tokens", "list") == []


def test_names_that_are_none_stop_the_start(gateway):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[])
    result = gateway.run_serve("--admin-name", "https://admin.example.com/")
    assert result.returncode != 0 and "--admin-name" in result.stderr


def test_a_ledger_keeps_no_more_of_a_token_than_its_hash(running):
    token = grant(running, "ci", "read")
    running.stop()
    with sqlite3.connect(running.ledger) as database:
        name, digest = database.execute("SELECT name, hash FROM tokens").fetchone()
    assert name == "ci" and digest == hashlib.sha256(token.encode()).digest()


def test_a_token_of_a_route_has_its_evidence_and_its_refused_requests(running):
    token = grant(running, "alphas", "operate", "--route", "alpha")
    mine, other = accept(running, "alpha")["event"], accept(running, "beta")["event"]
    for route in ("alpha", "beta"):
        forged = PROVIDER.webhook().tampered()
        assert running.post(f"/{route}", forged.body, forged.headers).status == 401
    rows = until(lambda: (found := running.rows("quarantine", "list")) and len(found) == 2 and found)
    ids = {row["route"]: row["id"] for row in rows}

    def ask(path, body=None):
        reply = running.admin(f"/v1/{path}", "GET" if body is None else "POST", body and json.dumps(body).encode(), token)
        return reply.status, reply.json()

    assert [row["id"] for row in ask("quarantine")[1]["data"]] == [ids["alpha"]]
    assert ask("quarantine?route=beta")[1]["data"] == []
    assert ask(f"quarantine/{ids['alpha']}")[0] == 200 and ask(f"quarantine/{ids['beta']}")[0] == 404
    both = list(ids.values())
    judged = ask("quarantine/reverify", {"id": both})[1]["data"]
    assert [(row["id"], row["verified"]) for row in judged] == [(ids["alpha"], False)]
    tried = {"route": "beta", "secret": PROVIDER.secrets["SECRET"]}
    assert ask("quarantine/reverify", tried)[0] == 404, "a secret is tried on a route of its own alone"
    released = ask("quarantine/release", {"id": both, "reason": "try"})[1]["data"]
    assert {row["id"]: row["why"] for row in released} == {ids["alpha"]: "signature-wrong", ids["beta"]: "gone"}
    assert ask("quarantine/discard", {"id": both, "reason": "noise"})[1] == {"discarded": 1}
    assert [row["id"] for row in running.rows("quarantine", "list")] == [ids["beta"]]

    assert ask(f"events/{mine}/evidence")[1]["event"]["id"] == mine and ask(f"events/{other}/evidence")[0] == 404
    # One order that touched both routes is one record, which would tell of the other.
    for route in ("alpha", "beta"):
        accept(running, route)
    replay = running.command("events", "replay", mine, other, "--reason", "both")
    assert replay.returncode == 0, replay.stderr
    until(lambda: running.rows("replays", "list")[0]["state"] == "done")
    assert ask(f"events/{mine}/evidence")[0] == 403
