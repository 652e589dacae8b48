"""Deliveries in a provider's own form: receivers built for that provider, written here in plain Python, take them."""
import base64
import hashlib
import hmac
import json
import subprocess
import time

import pytest

from headgate import SIGNING_SECRET
from providers import Criptoladrillo, Hurupay

PROVIDER = Criptoladrillo()


@pytest.fixture
def deliver(gateway, subscriber):
    """Sends one event to a subscriber with this form; the request that came."""
    def deliver(sign, webhook=None, **more):
        sink = subscriber(503, 200)
        gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, event={"type": "json:currency"}, subscribers=[
            {"name": "s", "url": sink.url, "sign": sign, "retry": {"schedule": ["100ms"]}, **more}])
        gateway.start()
        webhook = webhook or PROVIDER.webhook()
        assert gateway.post("/in", webhook.body, webhook.headers).status == 200
        first, again = sink.wait(2)
        for request in (first, again):
            assert request.body == webhook.body
            request.verify(SIGNING_SECRET)  # the uniform signature stands beside it
        return first, again
    return deliver


def mac(key, *parts, hash="sha256"):
    return hmac.digest(key.encode(), b"".join(p if isinstance(p, bytes) else p.encode() for p in parts), hash)


def test_github_receivers_take_it(deliver):
    requests = deliver({
        "as": "github", "secrets": {"SECRET": "It's a Secret"},
        "set": {"X-GitHub-Event": "{type}", "X-GitHub-Delivery": "{id}", "User-Agent": "GitHub-Hookshot/headgate"}})
    for request in requests:
        assert request["X-Hub-Signature-256"] == "sha256=" + mac("It's a Secret", request.body).hex()
        assert (request["X-GitHub-Event"], request["X-GitHub-Delivery"]) == ("CLAD", request.id)
        assert request["User-Agent"] == "GitHub-Hookshot/headgate"


def test_stripe_receivers_take_it_also_later(deliver):
    for request in deliver({"as": "stripe", "secrets": {"SECRET": "whsec_test"}}):
        parts = dict(part.split("=") for part in request["Stripe-Signature"].split(","))
        assert abs(time.time() - int(parts["t"])) < 60
        assert parts["v1"] == mac("whsec_test", f"{parts['t']}.", request.body).hex()


def test_slack_receivers_take_it(deliver):
    for request in deliver({"as": "slack", "secrets": {"SECRET": "k"}}):
        when = request["X-Slack-Request-Timestamp"]
        assert request["X-Slack-Signature"] == "v0=" + mac("k", f"v0:{when}:", request.body).hex()


def test_svix_receivers_take_it_with_the_events_id(deliver):
    secret = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()
    for request in deliver({"as": "svix", "secrets": {"SECRET": secret}, "set": {"svix-id": "{id}"}}):
        assert request["svix-id"] == request.id
        text = f"{request['svix-id']}.{request['svix-timestamp']}."
        expected = base64.b64encode(mac("a secret of twenty-four b", text, request.body)).decode()
        assert request["svix-signature"] == "v1," + expected


def test_fluxvend_receivers_take_it(deliver):
    for request in deliver({"as": "fluxvend-node", "secrets": {"API_KEY": "key", "API_SECRET": "secret"}}):
        assert request["Signature"] == base64.b64encode(mac("key:secret", request.body)).decode()


def test_square_receivers_take_it_with_the_subscribers_url(deliver):
    for request in deliver({"as": "square", "secrets": {"SECRET": "k"}}):
        url = "http://" + request["Host"] + request.target
        assert request["x-square-hmacsha256-signature"] == base64.b64encode(mac("k", url, request.body)).decode()


def test_hurupay_receivers_take_it(deliver, tmp_path):
    hurupay = Hurupay(tmp_path)
    for request in deliver({"as": "hurupay", "key": f"file:{hurupay.key}"}):
        (tmp_path / "public.pem").write_text(hurupay.secrets["PUBKEY"])
        (tmp_path / "signature").write_bytes(base64.b64decode(request["x-webhook-signature"]))
        subprocess.run(
            ["openssl", "dgst", "-sha256", "-verify", tmp_path / "public.pem", "-signature", tmp_path / "signature"],
            input=hashlib.sha256(request.body).hexdigest().encode(), check=True, capture_output=True)


def test_a_form_of_ones_own_takes_the_place_of_the_providers_field(deliver):
    form = {
        "type": "hmac", "hash": "sha512", "key": "{secret:K}", "message": "{header:x-when}|{body}",
        "signature": {"in": "header:Criptoladrillo-Signature", "encoding": "base64", "prefix": "own="}}
    for request in deliver({"as": form, "secrets": {"K": "k"}, "set": {"x-when": "at {timestamp}"}}):
        expected = "own=" + base64.b64encode(mac("k", request["x-when"], "|", request.body, hash="sha512")).decode()
        assert request["Criptoladrillo-Signature"] == expected
        assert request["x-when"] == f"at {request['webhook-timestamp']}"


def test_without_its_secret_the_subscriber_waits_and_gets_nothing_unsigned(gateway, subscriber):
    sink = subscriber()
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[
        {"name": "s", "url": sink.url, "sign": {"as": "github", "secrets": {"SECRET": "env:NOT_THERE"}}}])
    gateway.start()
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    gateway.stop()
    gateway.start(env={"NOT_THERE": "k"})
    request = sink.wait(1)[0]
    assert request["X-Hub-Signature-256"] == "sha256=" + mac("k", request.body).hex()
    assert len(json.loads(request.body)) > 0
