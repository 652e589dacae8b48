"""Subscribers that ask who is calling: credentials, client certificates; and those that speak HTTP/2."""
import asyncio
import base64
import ssl
import threading

import pytest

from certificates import make_certificate
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()


@pytest.fixture
def relay(gateway):
    def start(url, **options):
        gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": ["50ms"] * 5},
                      subscribers=[{"name": "s", "url": url, **options}])
        gateway.start()
        webhook = PROVIDER.webhook()
        assert gateway.post("/in", webhook.body, webhook.headers).status == 200
        return webhook
    return start


@pytest.mark.parametrize("auth, expected", [
    ({"basic": {"user": "relay", "password": "env:SUBSCRIBER_PASSWORD"}},
     "Basic " + base64.b64encode(b"relay:open sesame").decode()),
    ({"bearer": "env:SUBSCRIBER_PASSWORD"}, "Bearer open sesame"),
], ids=["basic", "bearer"])
def test_credentials_of_the_route_are_sent(auth, expected, relay, subscriber, monkeypatch):
    monkeypatch.setenv("SUBSCRIBER_PASSWORD", "open sesame")
    sink = subscriber()
    relay(sink.url, auth=auth)
    assert sink.wait(1)[0]["authorization"] == expected


def test_a_client_certificate_opens_a_door_that_is_shut_without(relay, subscriber, gateway, tmp_path):
    certificate, key = make_certificate(tmp_path, "subscriber")
    mine, my_key = make_certificate(tmp_path, "relay")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(mine)
    door = subscriber(tls=context)
    shut = subscriber(tls=context)
    gateway.route("other", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": ["50ms"] * 5},
                  subscribers=[{"name": "without", "url": shut.url, "tls": {"ca": f"file:{certificate}"}}])
    webhook = relay(door.url, tls={"ca": f"file:{certificate}", "cert": f"file:{mine}", "key": f"file:{my_key}"})
    assert door.wait(1)[0].body == webhook.body
    assert gateway.post("/other", webhook.body, webhook.headers).status == 200
    until(lambda: sum(gateway.metric("headgate_attempts_total", subscriber="without", outcome=one)
                      for one in ("tls", "reset", "protocol")) >= 2, what="two attempts that were turned away")
    assert shut.requests == []


@pytest.fixture
def http2(tmp_path):
    """A subscriber that offers HTTP/2 by ALPN (hypercorn); keeps (version, headers, body) of each request."""
    hypercorn = pytest.importorskip("hypercorn.asyncio")
    from hypercorn.config import Config
    certificate, key = make_certificate(tmp_path, "subscriber")
    seen, started, ended = [], threading.Event(), asyncio.Event()
    config = Config()
    config.bind, config.certfile, config.keyfile, config.loglevel = ["127.0.0.1:0"], str(certificate), str(key), "CRITICAL"
    sockets = config.create_sockets()
    sockets.secure_sockets[0].listen(16)
    config.bind = [f"fd://{sockets.secure_sockets[0].fileno()}"]
    loop = asyncio.new_event_loop()

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        seen.append((scope["http_version"], scope["headers"], body))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    def run():
        asyncio.set_event_loop(loop)
        loop.call_soon(started.set)
        loop.run_until_complete(hypercorn.serve(app, config, shutdown_trigger=ended.wait))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    started.wait(10)
    yield f"https://127.0.0.1:{sockets.secure_sockets[0].getsockname()[1]}/hook", certificate, seen
    loop.call_soon_threadsafe(ended.set)
    thread.join(10)


def test_http_2_is_spoken_where_it_is_offered(http2, relay):
    url, certificate, seen = http2
    webhook = relay(url, tls={"ca": f"file:{certificate}"})
    until(lambda: seen, what="the delivery")
    version, fields, body = seen[0]
    assert (version, body) == ("2", webhook.body)
    names = [name for name, _ in fields]
    assert {b"webhook-id", b"webhook-timestamp", b"webhook-signature", b"headgate-route"} <= set(names)
    assert len(names) == len(set(names))
