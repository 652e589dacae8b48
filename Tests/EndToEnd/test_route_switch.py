"""Routes that an operator disables, and addresses that may send to them, changed while the gateway runs."""
import base64
import json

import pytest

from headgate import run
from providers import Criptoladrillo
from registry import API, changes
from waiting import until

PROVIDER = Criptoladrillo()


@pytest.fixture
def running(gateway, subscriber):
    gateway.sink = subscriber()
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, allow=["127.0.0.0/8"],
                  subscribers=[{"name": "billing", "url": gateway.sink.url}])
    gateway.route("other", verify=PROVIDER.preset, secrets=PROVIDER.secrets)
    return gateway.start()


def post(gateway, path="/pay"):
    webhook = PROVIDER.webhook()
    return gateway.post(path, webhook.body, webhook.headers)


def order(gateway, *arguments):
    result = gateway.command(*arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def reload(gateway):
    before = len(gateway.logged("reloaded"))
    gateway.signal(1)
    until(lambda: len(gateway.logged("reloaded")) > before, what="the reload")


def test_a_disabled_route_keeps_nothing_and_asks_to_be_sent_again(running):
    assert post(running).status == 200
    running.sink.wait(1)
    assert order(running, "routes", "disable", "pay", "--reason", "key leaked") == "pay is disabled"
    refused = post(running)
    assert refused.status == 503 and int(refused["Retry-After"]) >= 60, "not 404 or 410, after which providers give up"
    assert b"leaked" not in refused.body
    assert post(running, "/other").status == 200, "the others go on"
    assert running.post("/pay", b"{}", {}).status == 503, "whoever sends it"
    assert len(running.rows("events", "list", "--route", "pay")) == 1
    assert running.rows("quarantine", "list") == []
    assert running.metric("headgate_events_total", route="pay", result="disabled") == 2
    assert running.admin("/readyz").json()["unavailable"] == [{"route": "pay", "reason": "disabled"}]
    row = next(row for row in running.rows("routes", "list") if row["name"] == "pay")
    assert (row["state"], row["reason"], row["changedBy"]) == ("disabled", "key leaked", "admin")
    assert order(running, "routes", "disable", "pay", "--reason", "key leaked") == "pay is disabled already"
    reload(running)
    assert post(running).status == 503
    running.kill()
    running.start()
    assert post(running).status == 503, "through a reload and a restart"
    assert order(running, "routes", "enable", "pay", "--reason", "rotated") == "pay is enabled"
    assert post(running).status == 200
    assert order(running, "routes", "enable", "pay") == "pay is enabled already"
    assert [(one["action"], one["target"], one["reason"]) for one in changes(running)] == [
        ("enable-route", "pay", "rotated"), ("disable-route", "pay", "key leaked")]
    assert running.stop() == 0
    assert run("ledger", "verify", "--ledger", running.ledger).returncode == 0


def test_what_was_accepted_before_still_goes_out(running, subscriber):
    slow = subscriber(503, 200)
    running.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": ["1s"], "jitter": 0},
                  subscribers=[{"name": "billing", "url": slow.url}])
    reload(running)
    assert post(running).status == 200
    slow.wait(1)
    order(running, "routes", "disable", "pay")
    slow.wait(2)


def test_addresses_are_those_of_the_file_until_others_are_named(running):
    assert post(running).status == 200
    order(running, "routes", "allow", "pay", "203.0.113.0/24", "2001:db8::/32", "--reason", "their new network")
    assert post(running).status == 403
    shown = json.loads(running.command("routes", "show", "pay", "--json").stdout)
    assert shown["allow"] == ["203.0.113.0/24", "2001:db8::/32"] and shown["allowFrom"] == "api"
    running.kill()
    running.start()
    reload(running)
    assert post(running).status == 403
    order(running, "routes", "allow", "pay", "127.0.0.1")
    assert post(running).status == 200
    order(running, "routes", "allow", "pay", "--as-written")
    shown = json.loads(running.command("routes", "show", "pay", "--json").stdout)
    assert shown["allow"] == ["127.0.0.0/8"] and shown["allowFrom"] == "file" and post(running).status == 200
    assert [one["target"] for one in changes(running)] == [
        "pay allow of its file", "pay allow=127.0.0.1/32", "pay allow=203.0.113.0/24,2001:db8::/32"]
    running.command("routes", "disable", "pay")
    order(running, "routes", "allow", "pay", "127.0.0.1")
    assert post(running).status == 503, "one change leaves the other"


def test_a_verifier_that_reads_the_list_gets_the_new_one(gateway):
    gateway.route("open", verify={"type": "ip"}, allow=["203.0.113.0/24"])
    gateway.start()
    assert gateway.post("/open", b"{}").status == 403
    order(gateway, "routes", "allow", "open", "127.0.0.0/8")
    assert gateway.post("/open", b"{}").status == 200


@pytest.mark.parametrize("allow, word", [
    ([], "null takes the file's"), (["nowhere"], "no address"), (["127.0.0.1/33"], "no address"), ([7], "string"),
    (["10.0.0.0/8"] * 1025, "1024"), ("x", "no address"),
])
def test_addresses_that_cannot_be_used_are_told(allow, word, running):
    status, _, problem = API(running).ask("PUT", "/v1/routes/pay/addresses", {"allow": allow})
    assert status == 400 and word in problem["detail"], problem
    assert post(running).status == 200


def test_a_change_of_addresses_counts_for_its_version(running):
    api, path = API(running), "/v1/routes/pay/addresses"
    assert api.ask("GET", "/v1/routes/pay")[1]["ETag"] == '"0"'
    assert api.ask("PUT", path, {"allow": ["127.0.0.1"]}, If_Match='"0"')[0] == 200
    status, fields, _ = api.ask("PUT", path, {"allow": None}, If_Match='"0"')
    assert status == 412 and fields["ETag"] == '"1"'
    assert api.ask("PUT", path, {"allow": None}, If_Match='"1"')[0] == 200
    assert api.ask("PUT", path, {})[0] == 400


def test_who_may(running):
    tokens = {name: running.command("tokens", "new", name, *flags).stdout.strip() for name, flags in {
        "reader": ["--scope", "read"], "operator": ["--scope", "operate", "--route", "pay"],
        "elsewhere": ["--scope", "operate", "--route", "other"]}.items()}
    for name, statuses in {"reader": (403, 403, 403), "operator": (200, 200, 403), "elsewhere": (404, 404, 403)}.items():
        asker = API(running, tokens[name])
        found = tuple(asker.ask(method, f"/v1/routes/pay/{rest}", body)[0] for method, rest, body in (
            ("POST", "disable", {}), ("POST", "enable", {}), ("PUT", "addresses", {"allow": None})))
        assert found == statuses, name
    assert API(running, tokens["operator"]).ask("GET", "/v1/routes/other")[0] == 404


def test_handshakes_and_tokens_of_a_disabled_route_wait_too(gateway):
    gateway.route("meta", verify="meta", secrets={"SECRET": "s", "VERIFY_TOKEN": "v"})
    gateway.route("incode", verify="incode", secrets={"TOKEN": "t"}, tokens={"clientId": "i", "clientSecret": "c" * 32})
    gateway.start()
    basic = "Basic " + base64.b64encode(b"i:" + b"c" * 32).decode()
    token = ("/incode/token", b"grant_type=client_credentials", {
        "Authorization": basic, "Content-Type": "application/x-www-form-urlencoded"})
    handshake = "/meta?hub.mode=subscribe&hub.challenge=7&hub.verify_token=v"
    for status, verb in ((200, None), (503, "disable"), (200, "enable")):
        for route in ("meta", "incode"):
            assert verb is None or gateway.command("routes", verb, route).returncode == 0
        assert gateway.post(*token).status == status
        assert gateway.post(handshake, None, method="GET").status == status
