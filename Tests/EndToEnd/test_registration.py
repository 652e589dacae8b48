"""The registration API: subscribers that register themselves."""
import json

import pytest

from headgate import ADMIN_TOKEN
from providers import Hurupay
from waiting import until


@pytest.fixture
def api(gateway, tmp_path):
    gateway.provider = Hurupay(tmp_path)
    gateway.route("hurupay", verify="hurupay", secrets=gateway.provider.secrets, subscribers=[],
                  types={"collections": ["collection.*", "collections.*"], "payouts": ["payout.*"]})
    gateway.start("--allow-private")

    def ask(method, path, body=None, token=ADMIN_TOKEN):

        return gateway.admin(path, method, json.dumps(body).encode() if body is not None else None, token)
    gateway.ask = ask
    return gateway


def test_a_registered_url_receives_until_it_is_disabled_and_deleted(api, subscriber):
    sink, other = subscriber(), subscriber()
    created = api.ask("POST", "/v1/webhook", {"url": sink.url, "type": "collections"})
    assert created.status in (200, 201), created
    answer = created.json()
    assert answer["success"] is True and answer["message"] == "Webhook created successfully"
    data = answer["data"]
    assert set(data) >= {"_id", "partnerId", "url", "type", "publicKey", "status"}
    assert (data["url"], data["type"], data["status"]) == (sink.url, "collections", "active")
    assert api.ask("POST", "/v1/webhook", {"url": other.url, "type": "collections"}).json()["success"]

    def post(type):
        webhook = api.provider.webhook(type=type)
        assert api.post("/hurupay", webhook.body, webhook.headers).status == 200
        return webhook.body
    first = post("collection.successful")
    post("payout.failed")
    assert [one.body for one in sink.wait(1)] == [first]
    assert [one.body for one in other.wait(1)] == [first]

    assert len(api.ask("GET", "/v1/webhook").json()["data"]) == 2
    assert api.ask("GET", f"/v1/webhook/{data['_id']}").json()["data"]["url"] == sink.url
    assert api.ask("PUT", f"/v1/webhook/{data['_id']}", {"status": "disabled"}).json()["data"]["status"] == "disabled"
    second = post("collection.failed")
    other.wait_for_bodies([second])
    assert len(sink.requests) == 1
    assert api.ask("PUT", f"/v1/webhook/{data['_id']}", {"status": "active"}).status == 200
    third = post("collection.successful")
    sink.wait_for_bodies([third])

    assert api.ask("DELETE", f"/v1/webhook/{data['_id']}").json()["success"] is True
    assert api.ask("GET", f"/v1/webhook/{data['_id']}").status == 404
    fourth = post("collection.successful")
    other.wait_for_bodies([fourth])
    assert fourth not in {one.body for one in sink.requests}


def test_a_registration_survives_a_restart(api, subscriber):
    sink = subscriber()
    id = api.ask("POST", "/v1/webhook", {"url": sink.url, "type": "payouts"}).json()["data"]["_id"]
    api.kill()
    api.start()
    assert api.ask("GET", f"/v1/webhook/{id}").json()["data"]["url"] == sink.url
    webhook = api.provider.webhook(type="payout.done")
    api.post("/hurupay", webhook.body, webhook.headers)
    sink.wait_for_bodies([webhook.body])


@pytest.mark.parametrize("body", [
    {}, {"url": "http://127.0.0.1:1/"}, {"url": "ftp://host/", "type": "payouts"}, {"url": "x", "type": "payouts"},
    {"url": "http://127.0.0.1:1/", "type": "no such type"}, {"url": "http://user:pw@host/", "type": "payouts"}, [], "text",
])
def test_a_bad_registration_is_400_with_a_message(body, api):
    reply = api.ask("POST", "/v1/webhook", body)
    assert 400 <= reply.status < 500, reply
    assert reply.json()["success"] is False and reply.json()["message"]


def test_private_addresses_need_the_operators_word(gateway, tmp_path):
    provider = Hurupay(tmp_path)
    gateway.route("hurupay", verify="hurupay", secrets=provider.secrets, subscribers=[], types={"all": ["*"]})
    gateway.start()
    for url in ("http://127.0.0.1:9/", "http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/",
                "http://[::ffff:127.0.0.1]/", "http://2130706433/", "http://localhost/"):
        reply = gateway.admin("/v1/webhook", "POST", f'{{"url": "{url}", "type": "all"}}'.encode(), ADMIN_TOKEN)
        if reply.status < 300:  # a name is judged at every dial, not at registration
            webhook = provider.webhook()
            gateway.post("/hurupay", webhook.body, webhook.headers)
            until(lambda: gateway.metric("headgate_attempts_total", outcome="blocked") >= 1, 10, f"{url} blocked")
        else:
            assert reply.status < 500, (url, reply)
