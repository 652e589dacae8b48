"""Requests by which providers make sure of the URL: answered at the edge, never an event. The expected answers are
computed here from the providers' documents, in plain Python and with openssl."""
import base64
import hashlib
import hmac
import json
import subprocess
import time
import urllib.parse

import pytest

from asking import echoed, hex_mac
from certificates import make_certificate
from waiting import until


def slack_signed(body, key="k", when=None):
    when = when or str(int(time.time()))
    return {"X-Slack-Request-Timestamp": when, "X-Slack-Signature": "v0=" + hex_mac(key, f"v0:{when}:".encode() + body)}


def test_slack_asks_signed_and_gets_its_challenge(route):
    slack = route("slack", {"SECRET": "k"})
    body = json.dumps({"type": "url_verification", "token": "t", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY"}).encode()
    assert slack.post(body, slack_signed(body, key="wrong")).status == 401
    echoed(slack.post(body, slack_signed(body)), "3eZbrw1aBm2rZgRNFdxV2595E9CY")
    slack.was_only_answered()
    event = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"type": "message"}}).encode()
    assert slack.post(event, slack_signed(event)).status == 200
    assert slack.sink.wait(1)[0].body == event


META = {"hub.mode": "subscribe", "hub.verify_token": "token-of-mine", "hub.challenge": "1158201444"}


def test_meta_gets_its_challenge_for_the_right_token(route):
    meta = route("meta", {"SECRET": "k", "VERIFY_TOKEN": "token-of-mine"})
    echoed(meta.get(**META), "1158201444")
    meta.was_only_answered()
    assert meta.get(**{**META, "hub.verify_token": "another"}).status == 401
    assert meta.get().status == 401
    assert meta.get(**{**META, "hub.challenge": "1" * 2000}).status == 401
    assert meta.counted("handshake-wrong") == 3
    assert meta.gateway.post("/in", b"{}", method="PUT")["Allow"] == "POST, GET"
    body = b'{"object":"page"}'
    assert meta.post(body, {"X-Hub-Signature-256": "sha256=" + hex_mac("k", body)}).status == 200
    meta.sink.wait(1)


def test_meta_without_a_token_of_yours_takes_events_and_no_get(route):
    meta = route("meta", {"SECRET": "k"})
    assert meta.get(**META).status == 405
    body = b'{"object":"page"}'
    assert meta.post(body, {"X-Hub-Signature-256": "sha256=" + hex_mac("k", body)}).status == 200


def test_dropbox_gets_its_challenge(route):
    dropbox = route("dropbox", {"SECRET": "k"})
    echoed(dropbox.get(challenge="<b>&é\r\n"), "<b>&é\r\n")
    dropbox.was_only_answered()


def test_the_list_of_addresses_counts_for_handshakes_too(route):
    dropbox = route("dropbox", {"SECRET": "k"}, allow=["192.0.2.0/24"])
    assert dropbox.get(challenge="c").status == 403


def test_a_route_may_refuse_its_presets_handshake_or_have_its_own(route):
    dropbox = route("dropbox", {"SECRET": "k"}, handshake=[])
    assert dropbox.get(challenge="c").status == 405
    dropbox.gateway.stop()
    dropbox.gateway.route("in", verify="dropbox", secrets={"SECRET": "k"}, subscribers=[], handshake={
        "when": {"method": "GET", "query:are": "you there"}, "verify": False,
        "respond": {"type": "application/json", "body": '{{"echo":"{query:word}"}}'}})
    dropbox.gateway.start()
    echoed(dropbox.get(are="you there", word='"},{"'), '{"echo":"\\"},{\\""}', "application/json")


def test_zoom_asks_signed_and_gets_its_token_signed(route):
    zoom = route("zoom", {"SECRET": "k"})
    body = json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}}).encode()
    when = str(int(time.time()))
    signed = {"x-zm-request-timestamp": when, "x-zm-signature": "v0=" + hex_mac("k", f"v0:{when}:".encode() + body)}
    assert zoom.post(body, {**signed, "x-zm-signature": "v0=" + "0" * 64}).status == 401
    reply = zoom.post(body, signed)
    assert reply.json() == {
        "plainToken": "qgg8vlvZRS6UYooatFL8Aw", "encryptedToken": hex_mac("k", "qgg8vlvZRS6UYooatFL8Aw")}
    zoom.was_only_answered()


def test_graph_gets_its_token_back_as_plain_text(route):
    graph = route("microsoft-graph", {"CLIENT_STATE": "state"})
    token = "Validation: Testing client application reachability for subscription Request-Id: 1b8e"
    echoed(graph.post(b"", query="?" + urllib.parse.urlencode({"validationToken": token})), token)
    graph.was_only_answered()
    assert graph.post({"value": [{"clientState": "other"}]}).status == 401
    assert graph.post({"value": [{"clientState": "state", "changeType": "updated"}]}).status == 200
    graph.sink.wait(1)


def test_x_gets_its_token_signed_and_nothing_that_could_be_an_event(route):
    x = route("twitter", {"SECRET": "k"})
    mac = base64.b64encode(hmac.digest(b"k", b"MTc3NTQ0", "sha256")).decode()
    assert x.get(crc_token="MTc3NTQ0").json() == {"response_token": "sha256=" + mac}
    assert x.get(crc_token='{"for_user_id":"1"}').status == 401
    x.was_only_answered()


def test_braintree_gets_its_challenge_signed(route):
    braintree = route("braintree", {"PUBLIC_KEY": "public", "PRIVATE_KEY": "private"})
    challenge = "20f9f8ed05f77439fe955c977e4c8a53"
    mac = hmac.digest(hashlib.sha1(b"private").digest(), challenge.encode(), "sha1").hex()
    echoed(braintree.get(bt_challenge=challenge), f"public|{mac}")
    braintree.was_only_answered()


def test_okta_gets_its_challenge_back(route):
    okta = route("okta", {"SECRET": "k"})
    reply = okta.gateway.post("/in", None, {"X-Okta-Verification-Challenge": "my verification challenge"}, method="GET")
    echoed(reply, '{"verification":"my verification challenge"}', "application/json")
    okta.was_only_answered()


def openssl(*arguments, input=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=input, check=True, capture_output=True).stdout


def test_discord_pings_signed_and_probes_with_wrong_signatures(route, tmp_path):
    key = tmp_path / "discord.pem"
    openssl("genpkey", "-algorithm", "ed25519", "-out", key)
    public = openssl("pkey", "-in", key, "-pubout", "-outform", "DER")[-32:].hex()
    discord = route("discord", {"PUBKEY": public})

    def signed(body, when=None):
        when = when or str(int(time.time()))
        message = tmp_path / "message"
        message.write_bytes(when.encode() + body)
        signature = openssl("pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", message).hex()
        return {"X-Signature-Timestamp": when, "X-Signature-Ed25519": signature}

    ping = b'{"id":"1","type":1}'
    assert discord.post(ping, {**signed(ping), "X-Signature-Ed25519": "00" * 64}).status == 401
    assert discord.post(ping).status == 401
    assert discord.post(ping, signed(ping)).json() == {"type": 1}
    discord.was_only_answered()


def test_notions_token_is_shown_while_the_route_waits_for_it_and_at_no_other_time(route):
    notion = route("notion", {"SECRET": "env:NOTION_SECRET"})
    token = {"verification_token": "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}
    assert notion.post(token).status == 200
    assert until(lambda: notion.gateway.logged("handshake"))[0]["shown"] == token["verification_token"]
    notion.was_only_answered()
    event = json.dumps({"id": "1", "type": "page.created"}).encode()
    mac = "sha256=" + hex_mac(token["verification_token"], event)
    assert notion.post(event, {"X-Notion-Signature": mac}).status == 503, "shown, not trusted"
    assert notion.post({"verification_token": "x", "filler": "x" * 8192}).status == 503
    notion.gateway.stop()
    notion.gateway.start(env={"NOTION_SECRET": token["verification_token"]})
    assert notion.post({"verification_token": "secret_of_somebody_else"}).status == 401
    assert notion.gateway.logged("handshake") == []
    assert notion.post(event, {"X-Notion-Signature": mac}).status == 200
    notion.sink.wait(1)


@pytest.mark.parametrize("address, is_shown", [
    ("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1", True),
    ("https://sns.eu-west-1.amazonaws.com.evil.example/", False),
    ("https://sns.x.s3.amazonaws.com/", False),
    ("http://sns.eu-west-1.amazonaws.com/", False),
    ("https://a@sns.eu-west-1.amazonaws.com/", False),
])
def test_an_sns_subscription_is_left_to_the_operator(address, is_shown, route, tmp_path):
    certificate, key = make_certificate(tmp_path, "sns")
    sns = route("aws-sns", {"CERT": f"file:{certificate}"})
    message = {
        "Type": "SubscriptionConfirmation", "MessageId": "m-1", "Token": "t", "TopicArn": "arn:aws:sns:eu-west-1:1:a",
        "Message": "You have chosen to subscribe", "SubscribeURL": address, "Timestamp": "2026-01-01T00:00:00.000Z"}
    text = "".join(f"{name}\n{message[name]}\n" for name in sorted(message))
    signature = base64.b64encode(openssl("dgst", "-sha256", "-sign", key, input=text.encode())).decode()
    reply = sns.post({**message, "SignatureVersion": "2", "Signature": signature})
    assert (reply.status, reply.body) == (200, b"" if is_shown else b'{"success":true}')
    assert sns.gateway.post("/nowhere", b"").status == 404
    until(lambda: sns.gateway.logged("turned away"), what="what is logged after it")
    assert [line["shown"] for line in sns.gateway.logged("handshake")] == [address] * is_shown
    if is_shown:
        sns.was_only_answered()
