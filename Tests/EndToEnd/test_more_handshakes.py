"""Handshakes of Xero, Asana, Twitch, LinkedIn and Onfleet; the expected answers are computed here in plain Python."""
import base64
import datetime
import hmac
import json

import pytest

from asking import echoed, hex_mac
from waiting import until


def base64_mac(key, body):
    return base64.b64encode(hmac.digest(key.encode(), body, "sha256")).decode()


INTENT = b'{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"S0m3r4Nd0mT3xt"}'


def test_xeros_intent_to_receive_is_answered_with_nothing_but_the_status_and_goes_nowhere(route):
    xero = route("xero", {"SECRET": "k"})
    right, wrong = base64_mac("k", INTENT), base64.b64encode(bytes(32)).decode()
    for signature, status in [(right, 200), (wrong, 401), ("", 401), (right, 200)]:
        reply = xero.post(INTENT, {"x-xero-signature": signature})
        assert (reply.status, reply.body, reply["Set-Cookie"], reply["Content-Type"]) == (status, b"", None, None)
    xero.was_only_answered(times=2)


@pytest.mark.parametrize("events", ['[{"eventCategory":"CONTACT","resourceId":"r"}]', '[{}]', '{"a":1}'])
def test_xeros_events_are_events(route, events):
    xero = route("xero", {"SECRET": "k"})
    body = b'{"events":%s,"firstEventSequence":1,"lastEventSequence":1}' % events.encode()
    assert xero.post(body, {"x-xero-signature": base64_mac("k", body)}).status == 200
    assert xero.sink.wait(1)[0].body == body
    assert xero.counted("handshake") == 0


def test_asanas_secret_is_shown_and_given_back_while_the_route_waits_for_it_and_at_no_other_time(route):
    asana = route("asana", {"SECRET": "env:ASANA_SECRET"})
    secret = "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81"
    reply = asana.post(b"{}", {"X-Hook-Secret": secret})
    assert (reply.status, reply.body, reply["X-Hook-Secret"]) == (200, b"", secret)
    assert until(lambda: asana.gateway.logged("handshake"))[0]["shown"] == secret
    asana.was_only_answered()
    event = json.dumps({"events": [{"action": "changed", "resource": {"gid": "1", "resource_type": "task"}}]}).encode()
    signed = {"X-Hook-Signature": hex_mac(secret, event)}
    assert asana.post(event, signed).status == 503, "shown, not trusted"
    assert asana.post(b"{}", {"X-Hook-Secret": "a b"}).status == 503
    assert asana.post(b"{}", {"X-Hook-Secret": "x" * 2000}).status == 503

    asana.gateway.stop()
    asana.gateway.start(env={"ASANA_SECRET": secret})
    other = asana.post(b"{}", {"X-Hook-Secret": "secret-of-somebody-else"})
    assert (other.status, other["X-Hook-Secret"]) == (401, None)
    heartbeat = b'{"events":[]}'
    assert asana.post(heartbeat, {"X-Hook-Signature": hex_mac("another", heartbeat)}).status == 401
    for _ in range(2):
        assert asana.post(heartbeat, {"X-Hook-Signature": hex_mac(secret, heartbeat)}).status == 200
    asana.was_only_answered(times=2)
    assert asana.post(event, signed).status == 200
    received = asana.sink.wait(1)[0]
    assert (received.body, received["headgate-event-type"]) == (event, "task.changed")


def twitch_signed(body, type, key="s3cre77890ab", id="m-1"):
    when = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.634234626Z")
    return {
        "Twitch-Eventsub-Message-Id": id, "Twitch-Eventsub-Message-Timestamp": when, "Twitch-Eventsub-Message-Type": type,
        "Twitch-Eventsub-Subscription-Type": "channel.follow",
        "Twitch-Eventsub-Message-Signature": "sha256=" + hex_mac(key, (id + when).encode() + body)}


def test_twitch_asks_signed_and_gets_its_challenge(route):
    twitch = route("twitch", {"SECRET": "s3cre77890ab"})
    body = json.dumps({"challenge": "pogchamp-kappa-360noscope-vohiyo", "subscription": {"id": "f1c2a387"}}).encode()
    asks = "webhook_callback_verification"
    assert twitch.post(body, twitch_signed(body, asks, key="another")).status == 401
    assert twitch.post(body, {"Twitch-Eventsub-Message-Type": asks}).status == 401
    echoed(twitch.post(body, twitch_signed(body, asks)), "pogchamp-kappa-360noscope-vohiyo")
    twitch.was_only_answered()
    for type in ["notification", "revocation"]:
        assert twitch.post(body, twitch_signed(body, type, id=type)).status == 200
    assert {one["twitch-eventsub-message-type"] for one in twitch.sink.wait(2)} == {"notification", "revocation"}


def test_linkedin_gets_its_code_signed_and_nothing_that_could_be_an_event(route):
    linkedin = route("linkedin", {"SECRET": "client-secret"})
    code = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
    reply = linkedin.get(challengeCode=code, applicationId="1234")
    assert reply["Content-Type"] == "application/json"
    assert reply.json() == {"challengeCode": code, "challengeResponse": hex_mac("client-secret", code)}
    assert linkedin.get(challengeCode='hmacsha256={"type":"LEAD_ACTION"}').status == 401
    assert linkedin.get(challengeCode="a" * 2000).status == 401
    assert linkedin.get().status == 401
    linkedin.was_only_answered()
    body = b'{"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS","notifications":[{"notificationId":7}]}'
    signature = hex_mac("client-secret", b"hmacsha256=" + body)
    assert linkedin.post(body, {"X-LI-Signature": hex_mac("client-secret", body)}).status == 401
    assert linkedin.post(body, {"X-LI-Signature": signature}).status == 200
    assert linkedin.sink.wait(1)[0]["headgate-provider-event-id"] == "7"


def test_onfleet_gets_its_check_back(route):
    onfleet = route("onfleet", {"SECRET": "00ff" * 16})
    echoed(onfleet.get(check='<script>é"'), '<script>é"')
    assert onfleet.get(check="a" * 2000).status == 401
    assert onfleet.get(other="example").status == 401
    body = b'{"triggerName":"taskStarted"}'
    assert onfleet.post(body, {"X-Onfleet-Signature": hex_mac("00ff" * 16, body, "sha512")}).status == 401, "hexadecimal"
    assert onfleet.post(body, {"X-Onfleet-Signature": hex_mac(bytes.fromhex("00ff" * 16), body, "sha512")}).status == 200
    assert onfleet.sink.wait(1)[0].body == body


@pytest.mark.parametrize("preset, secrets, body, headers", [
    ("mollie-classic", {}, b"id=tr_d0b0E3EA3v", {"Content-Type": "application/x-www-form-urlencoded"}),
    ("dropbox", {"SECRET": "k"}, b'{"delta":{"users":[1]}}', {"X-Dropbox-Signature": hex_mac("k", b'{"delta":{"users":[1]}}')}),
])
def test_who_tells_of_different_events_in_the_same_words_is_heard_every_time(route, preset, secrets, body, headers):
    provider = route(preset, secrets)
    for _ in range(3):
        assert provider.post(body, headers).status == 200
    assert [request.body for request in provider.sink.wait(3)] == [body] * 3
    assert provider.counted("duplicate") == 0


def test_nothing_proves_what_comes_from_mollie_classic_and_subscribers_are_told(route):
    mollie = route("mollie-classic", {})
    assert mollie.post(b"id=tr_d0b0E3EA3v", {"Content-Type": "application/x-www-form-urlencoded"}).status == 200
    request = mollie.sink.wait(1)[0]
    assert (request["headgate-verified"], request["headgate-provider-event-id"]) == ("none", "tr_d0b0E3EA3v")
