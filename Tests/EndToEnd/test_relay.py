"""One webhook in, the same bytes out to every subscriber, signed so that anybody's library verifies them."""
import base64
import hmac
import json
import time

import pytest

from headgate import SIGNING_SECRET
from providers import Alfred, Criptoladrillo, Fluxvend, Hurupay, Incode, StandardWebhooks, vector

SAMPLES = {  # published sample: (event id, how much of the body the provider's proof covers)
    "alfred-1-documented": ("154b2b72-1280-445d-9bbb-7002f23aff30", "partial"),
    "fluxvend-both-accepts-java": ("TXN123456789", "full"),
    "fluxvend-both-accepts-node": ("TXN123456789", "full"),
    "criptoladrillo-1-raw-pretty": ("503d7cde08565628b21928d054b107310694a006d66a85577ecbcdc913dc76f9", "full"),
    "hurupay-js-ruby-under-js-ruby": ("1234567890abcdef", "full"),
    "incode-1-static": ("cba1e997-sbaf-1234-abc5-n456bb2343c3", "partial"),
}


def three(subscriber):
    return [subscriber() for _ in range(3)]


def listed(subscribers):
    return [{"name": f"s{number}", "url": one.url} for number, one in enumerate(subscribers, 1)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_documented_sample_reaches_three_subscribers_unchanged(sample, gateway, subscriber):
    preset, secrets, webhook = vector(sample)
    id, covered = SAMPLES[sample]
    subscribers = three(subscriber)
    gateway.route("seed", verify=preset, secrets=secrets, subscribers=listed(subscribers))
    gateway.start()

    reply = gateway.post("/seed", webhook.body, webhook.headers)
    assert 200 <= reply.status < 300, reply

    got = [one.wait(1)[0] for one in subscribers]
    for request in got:
        assert request.method == "POST" and request.target == "/hook"
        assert request.body == webhook.body
        request.verify(SIGNING_SECRET)
        assert request["Content-Type"] == "application/json"
        assert request["headgate-route"] == "seed"
        assert request["headgate-provider-event-id"] == id
        assert request["headgate-verified"] == covered
        assert request["headgate-attempt"] == "1"
        assert request["headgate-received-at"]
        assert abs(int(request["webhook-timestamp"]) - time.time()) < 5
    assert len({request.id for request in got}) == 1 and got[0].id.startswith("evt_")
    assert len({request["headgate-delivery"] for request in got}) == 3


@pytest.mark.parametrize("make", [Alfred, Criptoladrillo, Fluxvend, Incode, StandardWebhooks, Hurupay])
def test_a_fresh_event_of_every_scheme_is_relayed(make, gateway, subscriber, tmp_path):
    provider = make(tmp_path) if make is Hurupay else make()
    sink = subscriber()
    gateway.route("live", verify=provider.preset, secrets=provider.secrets, subscribers=listed([sink]))
    gateway.start()
    webhooks = [provider.webhook() for _ in range(3)]
    for webhook in webhooks:
        assert gateway.post("/live", webhook.body, webhook.headers).status in (200, 204)
    assert {one.body for one in sink.wait(3)} == {webhook.body for webhook in webhooks}


@pytest.mark.parametrize("provider, status, body", [
    (Criptoladrillo(), 200, {"success": True}),
    ("hurupay", 200, b"OK"),
    (Incode(), (200, 204), None),
])
def test_the_answer_is_the_one_the_provider_wants(provider, status, body, gateway, subscriber, tmp_path):
    provider = Hurupay(tmp_path) if provider == "hurupay" else provider
    gateway.route("live", verify=provider.preset, secrets=provider.secrets, subscribers=listed([subscriber()]))
    gateway.start()
    webhook = provider.webhook()
    reply = gateway.post("/live", webhook.body, webhook.headers)
    assert reply.status in (status if isinstance(status, tuple) else (status,))
    if isinstance(body, dict):
        assert reply.json() == body and reply["Content-Type"].startswith("application/json")
    elif body:
        assert reply.body == body


def test_a_route_gives_its_own_answer(gateway, subscriber):
    provider = Criptoladrillo()
    gateway.route("live", path="/in/deep", verify=provider.preset, secrets=provider.secrets,
                  ack={"status": 202, "type": "text/plain", "body": "queued"}, subscribers=listed([subscriber()]))
    gateway.start()
    webhook = provider.webhook()
    reply = gateway.post("/in/deep", webhook.body, webhook.headers)
    assert (reply.status, reply.body, reply["Content-Type"]) == (202, b"queued", "text/plain")


def test_headers_pass_in_order_with_repeats_and_without_what_is_ours(gateway, subscriber):
    provider, sink = Criptoladrillo(), subscriber()
    gateway.route("live", verify=provider.preset, secrets=provider.secrets, subscribers=listed([sink]))
    gateway.start()
    webhook = provider.webhook()
    sent = [
        ("X-First", "1"), ("X-Many", "a"), ("x-between", "b"), ("X-Many", "c"),
        ("X-Last", "ü".encode().decode("latin-1")),
        ("Authorization", "Bearer of-the-provider"), ("Cookie", "a=b"), ("Proxy-Authorization", "Basic eA=="),
        ("webhook-id", "forged"), ("webhook-signature", "v1,forged"), ("headgate-route", "forged"),
        ("Connection", "keep-alive, X-Hop"), ("X-Hop", "drop me"), ("Keep-Alive", "timeout=5"), ("TE", "trailers"),
    ]
    assert gateway.post("/live", webhook.body, [*webhook.headers.items(), *sent]).status == 200
    request = sink.wait(1)[0]
    passed = [(name, value) for name, value in request.fields if name.lower().startswith("x-")]
    assert passed == sent[:5]
    for name in ("Authorization", "Cookie", "Proxy-Authorization", "Keep-Alive", "TE", "X-Hop", "Transfer-Encoding",
                 "Expect"):
        assert request.all(name) == [], name
    assert request["Host"] == f"127.0.0.1:{sink.port}"
    assert request["Content-Length"] == str(len(webhook.body))
    assert request["headgate-route"] == "live" and request.id != "forged"
    request.verify(SIGNING_SECRET)


def test_every_byte_and_an_empty_body_pass_unchanged(gateway, subscriber):
    provider, sink = Criptoladrillo(), subscriber()
    gateway.route("live", verify=provider.preset, secrets=provider.secrets, subscribers=listed([sink]), dedup="off")
    gateway.start()
    numbers = b'{"n":1.0,"n":2,"big":9007199254740993,"e":"\\u00e9"}\r\n'
    bodies = [bytes(range(256)) * 40, b"", b"\0", numbers, b"x" * 1_000_000]
    for body in bodies:
        webhook = provider.sign(body)
        headers = {**webhook.headers, "Content-Type": "application/octet-stream; x=\"y\""}
        assert gateway.post("/live", body, headers).status == 200
    got = sink.wait(len(bodies))
    assert sorted(one.body for one in got) == sorted(bodies)
    key = base64.b64decode(SIGNING_SECRET.removeprefix("whsec_"))
    for one in got:
        message = f"{one.id}.{one['webhook-timestamp']}.".encode() + one.body
        expected = base64.b64encode(hmac.digest(key, message, "sha256")).decode()
        assert one["webhook-signature"] == f"v1,{expected}"
        assert one["Content-Type"] == "application/octet-stream; x=\"y\""


def test_a_chunked_body_arrives_joined(gateway, subscriber):
    provider, sink = Criptoladrillo(), subscriber()
    gateway.route("live", verify=provider.preset, secrets=provider.secrets, subscribers=listed([sink]))
    gateway.start()
    webhook = provider.webhook(note="a long enough text to be cut into pieces")
    connection = gateway.connection()
    pieces = (webhook.body[at:at + 7] for at in range(0, len(webhook.body), 7))
    connection.request("POST", "/live", pieces, {**webhook.headers, "Transfer-Encoding": "chunked"}, encode_chunked=True)
    assert connection.getresponse().status == 200
    assert sink.wait(1)[0].body == webhook.body


def test_subscribers_choose_events_secrets_and_headers(gateway, subscriber, tmp_path):
    provider = Hurupay(tmp_path)
    everything, some = subscriber(), subscriber()
    own = "whsec_" + base64.b64encode(b"another secret of 32 bytes......").decode()
    gateway.route("hurupay", verify="hurupay", secrets=provider.secrets, subscribers=[
        {"name": "all", "url": everything.url},
        {"name": "some", "url": some.url, "events": ["collection.*"], "secret": "env:SOME_SECRET",
         "headers": {"x-team": "finance"}, "forward": ["x-request-id"]},
    ])
    gateway.start(env={"SOME_SECRET": own})
    for type in ("payout.failed", "collection.successful"):
        webhook = provider.webhook(type=type)
        assert gateway.post("/hurupay", webhook.body, {
            **webhook.headers, "x-request-id": "r1", "x-other": "o"}).status == 200
    assert len(everything.wait(2)) == 2
    only = some.wait(1)
    assert [json.loads(one.body)["event_type"] for one in only] == ["collection.successful"]
    only[0].verify(own)
    assert only[0]["headgate-event-type"] == "collection.successful"
    assert only[0]["x-team"] == "finance" and only[0]["x-request-id"] == "r1" and only[0].all("x-other") == []
    assert everything.requests[0]["x-other"] == "o"


def test_two_live_signing_secrets_both_sign(gateway, subscriber):
    provider, sink = Criptoladrillo(), subscriber()
    old = "whsec_" + base64.b64encode(b"the old secret, 24 bytes and more").decode()
    gateway.route("live", verify=provider.preset, secrets=provider.secrets, subscribers=listed([sink]))
    gateway.start("--signing-secret", f"{SIGNING_SECRET} {old}")
    webhook = provider.webhook()
    gateway.post("/live", webhook.body, webhook.headers)
    request = sink.wait(1)[0]
    assert len(request["webhook-signature"].split(" ")) == 2
    request.verify(SIGNING_SECRET)
    request.verify(old)
