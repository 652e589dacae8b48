"""Bodies with many events: kept and delivered whole, and each subscriber gets those in which one event is for it."""
import base64
import hmac
import json

import pytest

from headgate import run


def test_a_body_goes_to_whoever_one_of_its_events_is_for(gateway, subscriber):
    created, deleted, everything = subscriber(), subscriber(), subscriber()
    gateway.route("in", verify="microsoft-graph", secrets={"CLIENT_STATE": "state"}, subscribers=[
        {"name": "created", "url": created.url, "events": ["created"]},
        {"name": "deleted", "url": deleted.url, "events": ["deleted"]},
        {"name": "everything", "url": everything.url}])
    gateway.start()

    def post(*items):
        body = json.dumps({"value": [{"clientState": "state", **item} for item in items]}).encode()
        return body, gateway.post("/in", body, {"Content-Type": "application/json"}).status

    both, status = post({"changeType": "created"}, {"changeType": "updated"}, {"changeType": "deleted"})
    assert status == 200
    everything.wait(1), created.wait(1)  # lanes promise no order
    one, status = post({"changeType": "updated"}, {"changeType": "created"})
    assert status == 200
    assert post({"changeType": "created"}, {"changeType": "created", "clientState": "forged"})[1] == 401

    assert [request.body for request in everything.wait(2)] == [both, one]
    assert [request.body for request in created.wait(2)] == [both, one]
    assert [request.body for request in deleted.wait(1)] == [both]
    assert created.requests[0]["headgate-event-type"] == "created,updated,deleted"
    assert len(deleted.requests) == 1 and len(gateway.rows("events", "list")) == 2


def adyen_item(reference, code, key=bytes.fromhex("0102"), **more):
    item = {"pspReference": reference, "merchantAccountCode": "acct", "merchantReference": "order", "eventCode": code,
            "amount": {"currency": "EUR", "value": 1130}, "success": "true", **more}
    text = f"{reference}::acct:order:1130:EUR:{code}:true"
    mac = base64.b64encode(hmac.digest(key, text.encode(), "sha256")).decode()
    return {"NotificationRequestItem": {**item, "additionalData": {"hmacSignature": mac}}}


def test_every_item_of_adyens_batch_has_to_be_genuine(gateway, subscriber):
    captures, refunds = subscriber(), subscriber()
    gateway.route("in", verify="adyen", secrets={"SECRET": "0102"}, subscribers=[
        {"name": "captures", "url": captures.url, "events": ["CAPTURE"]},
        {"name": "refunds", "url": refunds.url, "events": ["REFUND"]}])
    gateway.start()

    def post(*items):
        body = json.dumps({"live": "false", "notificationItems": items}).encode()
        reply = gateway.post("/in", body, {"Content-Type": "application/json"})
        return body, reply.status, reply.body

    both, status, answer = post(adyen_item("1", "AUTHORISATION"), adyen_item("2", "CAPTURE"))
    assert (status, answer) == (200, b"[accepted]")
    assert post(adyen_item("3", "CAPTURE"), adyen_item("4", "REFUND", key=b"forged"))[1] == 401
    assert post(adyen_item("3", "CAPTURE"), {})[1] == 401 and post()[1] == 401
    assert [request.body for request in captures.wait(1)] == [both]
    assert captures.requests[0]["headgate-provider-event-id"] == "1:AUTHORISATION:true,2:CAPTURE:true"
    assert captures.requests[0]["headgate-event-type"] == "AUTHORISATION,CAPTURE"
    assert post(adyen_item("1", "AUTHORISATION"), adyen_item("2", "CAPTURE"))[1] == 200, "a duplicate"
    assert len(gateway.rows("events", "list")) == 1 and refunds.requests == []


BATCHES = {
    "hubspot-v3": ([{"eventId": 1, "subscriptionType": "a"}, {"eventId": 2, "subscriptionType": "b"}], "1,2", "a,b"),
    "sendgrid": ([{"sg_event_id": "1", "event": "a"}, {"sg_event_id": "2", "event": "b"}], "1,2", "a,b"),
    "klaviyo": ({"data": [{"external_id": "1", "topic": "a"}, {"external_id": "2", "topic": "b"}]}, "1,2", "a,b"),
    "asana": ({"events": [{"action": "x", "resource": {"resource_type": "a"}},
                          {"action": "y", "resource": {"resource_type": "b"}}]}, None, "a.x,b.y"),
}


@pytest.mark.parametrize("preset", BATCHES)
def test_ids_and_types_of_every_item_are_found(preset, gateway, subscriber, tmp_path):
    batch, ids, types = BATCHES[preset]
    first, second, third = subscriber(), subscriber(), subscriber()
    secrets, flags = {"SECRET": "k"}, []
    if preset == "sendgrid":
        key = tmp_path / "sendgrid.key"
        assert run("keys", "new", "--for", preset, "--out", key).returncode == 0
        secrets, flags = {"PUBKEY": key.with_suffix(".key.pub").read_text()}, ["--key", key]
    gateway.route("in", verify=preset, secrets=secrets, publicUrl="https://hooks.example.com/in", subscribers=[
        {"name": "first", "url": first.url, "events": ["a*"]}, {"name": "second", "url": second.url, "events": ["b*"]},
        {"name": "third", "url": third.url, "events": ["c*"]}])
    gateway.start()
    data = tmp_path / "batch.json"
    data.write_text(json.dumps(batch))
    sent = run("send", "in", "--routes", gateway.routes, "--to", f"http://127.0.0.1:{gateway.intake_port}", "--data", data, *flags)
    assert sent.returncode == 0, sent.stderr
    for request in first.wait(1) + second.wait(1):
        assert (request.body, request["headgate-event-type"]) == (data.read_bytes(), types)
        assert request.all("headgate-provider-event-id") == ([ids] if ids else [])
    assert third.requests == []


@pytest.mark.parametrize("preset, status", [("gocardless", 498), ("klarna", 400)])
def test_who_wants_another_status_for_a_wrong_signature_gets_it(preset, status, gateway):
    gateway.route("in", verify=preset, secrets={"SECRET": "s"}, types={"all": ["*"]})
    gateway.start()
    for headers in [{}, {"Webhook-Signature": "00" * 32, "Klarna-Signature": "00" * 32}]:
        assert gateway.post("/in", b'{"events":[]}', headers).status == status


def test_circle_asks_with_head_whether_the_url_is_there(gateway):
    gateway.route("in", verify="circle", secrets={"API_KEY": "k"}, types={"all": ["*"]})
    gateway.start()
    reply = gateway.post("/in", None, {}, method="HEAD")
    assert (reply.status, reply.body) == (200, b"")
    assert gateway.rows("events", "list") == []
