"""What a verifier reads of refused requests and nobody may see: sealed with the ledger key, or not kept."""
import json

from providers import Criptoladrillo, Incode
from registry import KEY, without
from test_operations import order
from test_quarantine import Rotated, kept, open_route, reload

TOKEN = "canary-tok-2"


def refuse_a_token(gateway, sink, env=None):
    """A gateway that has refused a token, with a query and a cookie beside it; what was sent, and its row."""
    provider = Incode()
    open_route(gateway, provider, sink)
    gateway.start(env=env)
    webhook = provider.webhook(token=TOKEN)
    assert gateway.post("/pay?key=canary-query", webhook.body, {**webhook.headers, "Cookie": "canary-cookie"}).status == 401
    return webhook, kept(gateway, 1)[0]


def restart_with_that_token(gateway, sink, env=None):
    gateway.stop()
    gateway.env = {}  # not those of the last start
    open_route(gateway, type("Rotated", (Incode,), {"secrets": {"TOKEN": TOKEN}})(), sink)
    gateway.start(env=env)


def test_tokens_are_kept_sealed_for_the_verifier_and_shown_to_nobody(gateway, subscriber):
    sink = subscriber()
    webhook, row = refuse_a_token(gateway, sink, KEY)
    text = order(gateway, "quarantine", "show", row["id"])
    shown = [json.dumps(row), text, order(gateway, "quarantine", "show", row["id"], "--json"), gateway.log_text()]
    assert not [text for text in shown if "canary" in text] and text.count("sealed") == 2
    without(gateway.ledger.parent, "canary")
    restart_with_that_token(gateway, sink, {"HEADGATE_LEDGER_KEY": "A" * 43 + "="})
    result = gateway.command("quarantine", "reverify", "--json")
    assert json.loads(result.stdout)["now"] == "ledger-key-wrong" and "sealed with another key" in result.stderr
    restart_with_that_token(gateway, sink)
    result = gateway.command("quarantine", "release", row["id"], "--reason", "rotated")
    assert result.returncode == 1 and "ledger-key-missing" in result.stderr
    restart_with_that_token(gateway, sink, KEY)
    assert order(gateway, "quarantine", "release", "--all-verified", "--reason", "rotated").startswith("1 released")
    [request] = sink.wait_for_bodies([webhook.body])
    assert not [value for value in map(str, request.fields) if "canary" in value]
    gateway.stop()
    without(gateway.ledger.parent, "canary")


def test_without_a_ledger_key_no_token_is_kept_and_the_cure_is_told(gateway, subscriber):
    sink, other = subscriber(), Criptoladrillo()
    _, row = refuse_a_token(gateway, sink)
    assert order(gateway, "quarantine", "show", row["id"]).count("not kept") == 2
    without(gateway.ledger.parent, "canary")
    # A verifier that reads no query does not miss one.
    open_route(gateway, Rotated(), sink, "signed")
    restart_with_that_token(gateway, sink)
    webhook = other.webhook()
    assert gateway.post("/signed?key=canary-query", webhook.body, webhook.headers).status == 401
    kept(gateway, 2)
    open_route(gateway, other, sink, "signed")
    reload(gateway, 1)
    result = gateway.command("quarantine", "reverify", "--json")
    rows = {one["route"]: one["now"] for one in map(json.loads, result.stdout.splitlines())}
    assert rows == {"pay": "credentials-not-kept", "signed": None} and "start with --ledger-key" in result.stderr
    text = order(gateway, "quarantine", "release", "--all-verified", "--reason", "rotated")
    assert text == "1 released, 0 that had been sent again, 0 refused\n"
    sink.wait_for_bodies([webhook.body])
    without(gateway.ledger.parent, "canary")
