"""Hurupay's webhook API: a client that was written for it, against this gateway."""
import itertools
import threading

import pytest

from providers import Hurupay
from registry import KEY, NO_RETRY, TYPES, HurupayClient, Refused, changes, verified_by
from waiting import until


@pytest.fixture
def hurupay(gateway):
    provider = Hurupay(gateway.directory)
    gateway.route("hurupay", verify=provider.preset, secrets=provider.secrets, types=TYPES, retry=NO_RETRY)
    gateway.start("--allow-private", env=KEY)
    return provider


def post(gateway, provider, type="collection.successful"):
    webhook = provider.webhook(type)
    assert gateway.post("/hurupay", webhook.body, webhook.headers).status == 200
    return webhook


def deliveries(gateway, *filters):
    return gateway.rows("deliveries", "list", "--limit", "1000", *filters)


def test_two_urls_of_one_type_both_receive_and_verify(gateway, hurupay, subscriber):
    client = HurupayClient(gateway)
    sinks = [subscriber(), subscriber()]
    made = [client.create(sink.url) for sink in sinks]
    for sink, webhook in zip(sinks, made):
        assert {key: webhook[key] for key in ("url", "type", "status")} == {
            "url": sink.url, "type": "collections", "status": "active"}
        assert len(webhook["_id"]) == 24 and webhook["partnerId"]
        assert webhook["publicKey"].startswith("-----BEGIN PUBLIC KEY-----")
        assert webhook["secret"].startswith("whsec_")
    assert made[0]["publicKey"] != made[1]["publicKey"] and made[0]["secret"] != made[1]["secret"]
    event = post(gateway, hurupay)
    post(gateway, hurupay, "payout.successful")
    for sink, webhook in zip(sinks, made):
        request = sink.wait(1)[0]
        assert request.body == event.body
        request.verify(webhook["secret"])
        assert verified_by(webhook["publicKey"], request)
        assert not verified_by(made[webhook is made[0]]["publicKey"], request)
    until(lambda: len(deliveries(gateway, "--state", "delivered")) == 2, what="two deliveries")
    assert [len(sink.requests) for sink in sinks] == [1, 1], "a payout is none of theirs"


def test_the_five_calls(gateway, hurupay, subscriber):
    client = HurupayClient(gateway)
    made = [client.create(subscriber().url), client.create(subscriber().url, "payouts")]
    shown = [{key: value for key, value in one.items() if key != "secret"} for one in made]
    assert client.list() == shown
    assert client.get(made[0]["_id"]) == shown[0]
    assert client.update(made[0]["_id"], "disabled") == {**shown[0], "status": "disabled"}
    assert client.get(made[0]["_id"])["status"] == "disabled"
    assert client.update(made[0]["_id"], "disabled")["status"] == "disabled"
    assert client.update(made[0]["_id"], "active") == shown[0]
    client.delete(made[0]["_id"])
    assert client.list() == shown[1:]
    with pytest.raises(Refused, match="404"):
        client.get(made[0]["_id"])
    with pytest.raises(Refused, match="404"):
        client.delete(made[0]["_id"])
    kinds = [one["action"] for one in changes(gateway)]
    assert kinds == ["deregister"] + ["change-registration"] * 3 + ["register"] * 2
    assert gateway.command("ledger", "verify", "--ledger", gateway.ledger).returncode == 0


def test_a_webhook_that_is_disabled_loses_nothing(gateway, hurupay, subscriber):
    client, sink = HurupayClient(gateway), subscriber()
    webhook = client.create(sink.url)
    client.update(webhook["_id"], "disabled")
    events = [post(gateway, hurupay) for _ in range(5)]
    assert len(deliveries(gateway, "--state", "held")) == 5 and not sink.requests
    gateway.kill()
    gateway.start()
    assert client.get(webhook["_id"])["status"] == "disabled" and not sink.requests
    client.update(webhook["_id"], "active")
    sink.wait_for_bodies(event.body for event in events)
    until(lambda: len(deliveries(gateway, "--state", "delivered")) == 5, what="five deliveries")


def test_a_webhook_that_is_deleted_leaves_what_was_pending_held(gateway, hurupay, subscriber):
    client, sink = HurupayClient(gateway), subscriber()
    webhook = client.create(sink.url)
    client.update(webhook["_id"], "disabled")
    post(gateway, hurupay)
    client.delete(webhook["_id"])
    post(gateway, hurupay)
    held = deliveries(gateway, "--state", "held")
    assert len(held) == 1 and not sink.requests
    assert gateway.command("deliveries", "cancel", held[0]["id"]).returncode == 0
    assert [one["id"] for one in deliveries(gateway, "--state", "dead")] == [held[0]["id"]]


def test_webhooks_survive_a_kill_a_restart_and_a_reload(gateway, hurupay, subscriber):
    client = HurupayClient(gateway)
    sinks = [subscriber(), subscriber()]
    made = [client.create(sink.url) for sink in sinks]
    before = client.list()
    gateway.kill()
    gateway.start()
    assert client.list() == before
    gateway.signal(1)
    until(lambda: gateway.logged("reloaded"), what="a reload")
    event = post(gateway, hurupay)
    for sink, webhook in zip(sinks, made):
        request = sink.wait(1)[0]
        request.verify(webhook["secret"])
        assert request.body == event.body and verified_by(webhook["publicKey"], request)


def test_one_that_wants_no_signature_of_hurupays_form_gets_the_providers_own(gateway, hurupay, subscriber):
    client, sink = HurupayClient(gateway), subscriber()
    webhook = client.create(sink.url, sign=False)
    event = post(gateway, hurupay)
    request = sink.wait(1)[0]
    request.verify(webhook["secret"])
    assert request["x-webhook-signature"] == event.headers["x-webhook-signature"]
    client.call("PUT", f"/v1/webhook/{webhook['_id']}", {"sign": True})
    post(gateway, hurupay)
    assert verified_by(webhook["publicKey"], sink.wait(2)[1])


def test_a_type_that_a_route_offers_no_more_brings_nothing(gateway, hurupay, subscriber):
    client, sink = HurupayClient(gateway), subscriber()
    webhook = client.create(sink.url)
    file = gateway.routes / "hurupay.json5"
    text = file.read_text()
    file.write_text(text.replace('"collections": ', '"others": '))
    gateway.signal(1)
    until(lambda: gateway.logged("reloaded"), what="a reload")
    assert "no type collections" in gateway.logged("registered subscriber held")[0]["reason"]
    post(gateway, hurupay)
    post(gateway, hurupay, "payout.successful")
    assert client.get(webhook["_id"])["status"] == "active" and deliveries(gateway) == []
    file.write_text(text)
    gateway.signal(1)
    until(lambda: len(gateway.logged("reloaded")) == 2, what="another reload")
    event = post(gateway, hurupay)
    assert sink.wait(1)[0].body == event.body


def test_registering_disturbs_nobody(gateway, hurupay, subscriber):
    client, steady = HurupayClient(gateway), subscriber()
    client.create(steady.url)
    events, done = [], threading.Event()
    signed = [hurupay.webhook() for _ in range(40)]

    def provider():
        for event in itertools.cycle(signed):
            reply = gateway.post("/hurupay", event.body, event.headers)
            events.append((reply.status, event.body))
            if done.is_set() and len(events) >= len(signed):
                return

    thread = threading.Thread(target=provider)
    thread.start()
    passing = subscriber()
    for _ in range(6):
        webhook = client.create(passing.url)
        client.update(webhook["_id"], "disabled")
        client.update(webhook["_id"], "active")
        client.delete(webhook["_id"])
    done.set()
    thread.join(60)
    assert {status for status, _ in events} == {200}
    steady.wait_for_bodies(event.body for event in signed)
    bodies = [request.body for request in steady.requests]
    assert len(bodies) == len(set(bodies)), "duplicates are the provider's, and never sent again"


BAD = [
    ({}, "url"), ({"url": "https://a.example/x"}, "type"), ({"type": "collections"}, "url"),
    ({"url": "", "type": "collections"}, "url"), ({"url": 5, "type": "collections"}, "url"),
    ({"url": "https://a.example/x", "type": "kyc"}, "offered are collections, payouts"),
    ({"url": "https://a.example/x", "type": ["collections"]}, "type"),
    ({"url": "ftp://a.example/x", "type": "collections"}, "http"),
    ({"url": "https://user:pw@a.example/", "type": "collections"}, "user name"),
    ({"url": "https://a.example/#x", "type": "collections"}, "fragment"),
    ({"url": "https://a.example/" + "x" * 3000, "type": "collections"}, "longer"),
    ({"url": "http://169.254.169.254/latest", "type": "collections"}, "metadata"),
    ({"url": "http://0.0.0.0/", "type": "collections"}, "unspecified"),
    ({"url": "http://2130706433/", "type": "collections"}, "number"),
    ({"url": "https://a.example/x", "type": "collections", "route": "nowhere"}, "nowhere"),
    ({"url": "https://a.example/x", "type": "collections", "typ": "x"}, "typ"),
    ({"url": "https://a.example/x", "type": "collections", "sign": "yes"}, "sign"),
    ({"url": "env:HEADGATE_ADMIN_TOKEN", "type": "collections"}, "http"),
    (b"", "JSON"), (b"[]", "JSON"), (b"{", "JSON"), (b'{"url":"\xff","type":"collections"}', ""),
]


def test_bad_input_is_refused_in_words_and_changes_nothing(gateway, hurupay, subscriber):
    client = HurupayClient(gateway)
    webhook = client.create(subscriber().url)
    before = client.list(), changes(gateway)
    for body, word in BAD:
        with pytest.raises(Refused) as refusal:
            client.call("POST", "/v1/webhook", body)
        assert refusal.value.status == 400 and word in refusal.value.message, (body, refusal.value)
    path = f"/v1/webhook/{webhook['_id']}"
    for body, word in (({}, "status"), ({"status": "paused"}, "paused"), ({"status": 1}, "status"),
                       ({"status": "active", "url": "https://b.example/"}, "url"), (b"", "JSON")):
        with pytest.raises(Refused) as refusal:
            client.call("PUT", path, body)
        assert refusal.value.status == 400 and word in refusal.value.message, (body, refusal.value)
    for method, path, status in (("GET", "/v1/webhook/x", 404), ("PUT", "/v1/webhook/x", 404), ("POST", path, 405),
                                 ("DELETE", "/v1/webhook/" + "0" * 24, 404), ("GET", "/v1/webhook?x=1", 400)):
        with pytest.raises(Refused) as refusal:
            client.call(method, path, {"status": "active"} if method == "PUT" else None)
        assert refusal.value.status == status, (method, path, refusal.value)
    with pytest.raises(Refused, match="409.*already"):
        client.create(webhook["url"])
    for token, status in ((None, 401), ("wrong", 401)):
        with pytest.raises(Refused) as refusal:
            HurupayClient(gateway, token).list()
        assert refusal.value.status == status
    assert (client.list(), changes(gateway)) == before


def test_a_type_of_two_routes_needs_the_route(gateway, subscriber):
    provider = Hurupay(gateway.directory)
    for name in ("hurupay", "sandbox"):
        gateway.route(name, verify=provider.preset, secrets=provider.secrets, types=TYPES, retry=NO_RETRY)
    gateway.start("--allow-private", env=KEY)
    client, sink = HurupayClient(gateway), subscriber()
    with pytest.raises(Refused, match="hurupay, sandbox"):
        client.create(sink.url)
    client.create(sink.url, route="sandbox")
    webhook = provider.webhook()
    for path in ("/hurupay", "/sandbox"):
        assert gateway.post(path, webhook.body, webhook.headers).status == 200
    assert sink.wait(1)[0]["headgate-route"] == "sandbox"


def test_private_addresses_need_the_flag_also_behind_a_name(gateway, subscriber):
    provider = Hurupay(gateway.directory)
    gateway.route("hurupay", verify=provider.preset, secrets=provider.secrets, types=TYPES, retry=NO_RETRY)
    gateway.start("--log-level", "info", env=KEY)
    client, sink = HurupayClient(gateway), subscriber()
    for host in ("127.0.0.1", "10.0.0.7", "[::1]", "192.168.1.1", "localhost", "[::ffff:10.0.0.1]"):
        with pytest.raises(Refused, match="--allow-private"):
            client.create(f"http://{host}:{sink.port}/hook")
    gateway.stop()
    gateway.start("--allow-private", env=KEY)
    webhook = client.create(sink.url)
    gateway.stop()
    gateway.start("--log-level", "info", env=KEY)
    post(gateway, provider)
    until(lambda: deliveries(gateway, "--outcome", "blocked"), what="a dial that is refused")
    assert not sink.requests and client.get(webhook["_id"])["url"] == sink.url


def test_each_token_has_its_own_webhooks(gateway, hurupay, subscriber):
    made = {}
    for name, routes in (("acme", ["hurupay"]), ("beta", [])):
        more = [part for route in routes for part in ("--route", route)]
        created = gateway.command("tokens", "new", name, "--scope", "operate", *more)
        assert created.returncode == 0, created
        client = HurupayClient(gateway, created.stdout.split()[-1])
        made[name] = client, client.create(subscriber().url)
        assert made[name][1]["partnerId"] == name
    (acme, first), (beta, second) = made.values()
    assert [one["_id"] for one in acme.list()] == [first["_id"]]
    for call in (lambda: acme.get(second["_id"]), lambda: beta.delete(first["_id"]),
                 lambda: beta.update(first["_id"], "disabled")):
        with pytest.raises(Refused, match="404"):
            call()
    assert HurupayClient(gateway).list() == []
