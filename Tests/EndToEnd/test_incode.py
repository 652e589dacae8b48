"""Incode's way: it fetches a bearer token from us, then proves itself with it."""
import base64
import json
import urllib.parse

import pytest

from providers import Incode

CLIENT, SECRET = "incode-client", "a client secret of enough bytes"


@pytest.fixture
def incode(gateway, subscriber):
    gateway.sink = subscriber()
    gateway.route("incode", verify="incode", secrets=Incode.secrets,
                  tokens={"clientId": CLIENT, "clientSecret": SECRET, "expires": "1h"},
                  subscribers=[{"name": "kyc", "url": gateway.sink.url}])
    return gateway.start()


def ask(gateway, user=CLIENT, password=SECRET, type="application/x-www-form-urlencoded", **form):
    basic = base64.b64encode(f"{user}:{password}".encode()).decode()
    body = urllib.parse.urlencode(form or {"grant_type": "client_credentials"}).encode()
    return gateway.post("/incode/token", body, {"Content-Type": type, "Authorization": f"Basic {basic}"})


def test_a_token_is_fetched_and_opens_the_route(incode):
    reply = ask(incode)
    assert reply.status == 200 and reply["Content-Type"].startswith("application/json")
    assert reply["Cache-Control"] == "no-store"
    answer = reply.json()
    assert answer["token_type"].lower() == "bearer" and 0 < answer["expires_in"] <= 3600
    webhook = Incode().webhook(token=answer["access_token"])
    assert incode.post("/incode", webhook.body, webhook.headers).status in (200, 204)
    assert incode.sink.wait(1)[0].body == webhook.body
    assert incode.sink.requests[0].all("Authorization") == []


def test_a_fixed_token_opens_it_too(incode):
    webhook = Incode().webhook()
    assert incode.post("/incode", webhook.body, webhook.headers).status in (200, 204)
    incode.sink.wait(1)


def test_a_token_outlives_a_restart(incode):
    webhook = Incode().webhook(token=ask(incode).json()["access_token"])
    incode.kill()
    incode.start()
    assert incode.post("/incode", webhook.body, webhook.headers).status in (200, 204)


@pytest.mark.parametrize("change", [
    {"password": "wrong"}, {"user": "wrong"}, {"password": ""}, {"password": SECRET + "x"},
], ids=str)
def test_wrong_credentials_get_no_token(change, incode):
    reply = ask(incode, **change)
    assert reply.status == 401 and "access_token" not in reply.body.decode()
    assert reply.json()["error"] == "invalid_client"


def test_another_grant_is_refused(incode):
    assert ask(incode, grant_type="password", username="a", password_="b").status == 400


def spoil(token, part):
    pieces = token.split(".")
    pieces[part] = pieces[part][:-3] + ("AAA" if not pieces[part].endswith("AAA") else "BBB")
    return ".".join(pieces)


def unsigned(token):
    def encode(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    return encode({"alg": "none", "typ": "JWT"}) + "." + token.split(".")[1] + "."


def test_a_token_of_somebody_else_is_401(incode):
    token = ask(incode).json()["access_token"]
    forged = ["", "x", token + "x", unsigned(token), *(spoil(token, part) for part in range(token.count(".") + 1))]
    for one in forged:
        webhook = Incode().webhook(token=one or " ")
        assert incode.post("/incode", webhook.body, webhook.headers).status == 401, one
    assert incode.sink.requests == []
