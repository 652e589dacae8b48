"""The key that seals the ledger's secrets: without it, with a wrong one, with a new one; and what is never shown."""
import json

import pytest

from headgate import ADMIN_TOKEN, SIGNING_SECRET, run
from providers import Hurupay, Incode
from registry import KEY, LEDGER_KEY, NO_RETRY, TYPES, API, HurupayClient, Refused, changes, without
from waiting import until


@pytest.fixture
def hurupay(gateway):
    provider = Hurupay(gateway.directory)
    gateway.route("hurupay", verify=provider.preset, secrets=provider.secrets, types=TYPES, retry=NO_RETRY)
    gateway.start("--allow-private", env=KEY)
    return provider


def post(gateway, provider):
    webhook = provider.webhook()
    assert gateway.post("/hurupay", webhook.body, webhook.headers).status == 200
    return webhook


def test_without_a_key_nothing_is_registered_and_the_cure_is_told(gateway):
    provider = Hurupay(gateway.directory)
    gateway.route("hurupay", verify=provider.preset, secrets=provider.secrets, types=TYPES)
    gateway.start()
    with pytest.raises(Refused, match="503.*--ledger-key"):
        HurupayClient(gateway).create("https://a.example/x")
    assert HurupayClient(gateway).list() == []


def test_a_wrong_key_stops_the_start_and_a_new_one_is_a_command(gateway, hurupay, subscriber):
    client, sink = HurupayClient(gateway), subscriber()
    webhook = client.create(sink.url)
    gateway.stop()
    other = {"HEADGATE_LEDGER_KEY": "A" * 43 + "="}
    for env, word in ((other, "sealed with the key"), ({}, "--ledger-key"),
                      ({"HEADGATE_LEDGER_KEY": "a passphrase"}, "32 random bytes")):
        ended = gateway.run_serve(env=env)
        assert ended.returncode != 0 and word in ended.stderr, ended
        assert LEDGER_KEY not in ended.stderr and "passphrase" not in ended.stderr
    arguments = ("ledger", "rekey", "--ledger", gateway.ledger, "--ledger-key", "env:OLD", "--new-key", "env:NEW")
    keys = {"OLD": LEDGER_KEY, "NEW": other["HEADGATE_LEDGER_KEY"]}
    ended = run(*arguments, env={**keys, "OLD": keys["NEW"]})
    assert ended.returncode == 1 and "sealed with the key" in ended.stderr
    ended = run(*arguments, env=keys)
    assert ended.returncode == 0, ended
    gateway.start("--allow-private", env=other)
    post(gateway, hurupay)
    sink.wait(1)[0].verify(webhook["secret"])
    assert changes(gateway)[0]["action"] == "rekey"


def test_what_is_hidden_of_refused_requests_is_sealed_again_too(gateway, subscriber):
    sink, provider, other = subscriber(), Incode(), "A" * 43 + "="
    route = {"verify": provider.preset, "subscribers": [{"name": "billing", "url": sink.url}]}
    gateway.route("pay", **route, secrets=provider.secrets)
    gateway.start(env=KEY)
    webhook = provider.webhook(token="canary-token")
    assert gateway.post("/pay", webhook.body, webhook.headers).status == 401
    until(lambda: gateway.rows("quarantine", "list"), what="a refused request")
    gateway.stop()
    arguments = ("ledger", "rekey", "--ledger", gateway.ledger, "--ledger-key", "env:OLD", "--new-key", "env:NEW")
    ended = run(*arguments, env={"OLD": "B" * 43 + "=", "NEW": other})
    assert ended.returncode == 0 and "1 refused requests is sealed with neither key" in ended.stderr, ended
    for said in ("hidden of 1 refused", "0 sealed"):  # again, as after an interruption
        ended = run(*arguments, env={"OLD": LEDGER_KEY, "NEW": other})
        assert ended.returncode == 0 and said in ended.stdout and ended.stderr == "", ended
    gateway.route("pay", **route, secrets={"TOKEN": "canary-token"})
    gateway.start(env={"HEADGATE_LEDGER_KEY": other})
    released = gateway.command("quarantine", "release", "--all-verified", "--reason", "rotated")
    assert released.stdout.startswith("1 released"), released
    sink.wait_for_bodies([webhook.body])
    gateway.stop()
    without(gateway.directory / "data", "canary-token")


def test_no_secret_is_told_twice_or_stored_in_clear(gateway, hurupay, subscriber):
    client, sink = HurupayClient(gateway), subscriber()
    webhook = client.create(sink.url)
    client.update(webhook["_id"], "disabled")
    client.update(webhook["_id"], "active")
    post(gateway, hurupay)
    sink.wait(1)
    secret = webhook["secret"].removeprefix("whsec_")
    private = "BEGIN PRIVATE KEY"
    later = [API(gateway).ask("GET", path) for path in (
        "/v1/webhook", f"/v1/webhook/{webhook['_id']}", "/v1/subscribers", "/v1/actions",
        f"/v1/subscribers/hurupay/webhook-{webhook['_id']}")]
    later.append(gateway.admin("/metrics").body.decode())
    assert secret not in json.dumps(later) and private not in json.dumps(later)
    gateway.stop()
    without(gateway.directory / "data", secret, private, LEDGER_KEY, ADMIN_TOKEN)
    log = gateway.log_path.read_text()
    assert all(one not in log for one in (secret, private, LEDGER_KEY, ADMIN_TOKEN, SIGNING_SECRET))
