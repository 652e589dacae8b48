"""Subscribers behind TLS: trusted by the system or by a file of the route, never by chance."""
import ssl

import pytest

from certificates import make_certificate
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()


@pytest.fixture
def relay(gateway, subscriber, tmp_path):
    """Starts a route to one subscriber with a certificate for `valid_for`, and posts one event."""
    def start(valid_for="DNS:localhost,IP:127.0.0.1", trusted=True):
        certificate, key = make_certificate(tmp_path, "subscriber", valid_for)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        sink = subscriber(tls=context)
        tls = {"tls": {"ca": f"file:{certificate}"}} if trusted else {}
        gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": ["50ms"] * 5},
                      subscribers=[{"name": "s", "url": sink.url, **tls}])
        gateway.start()
        webhook = PROVIDER.webhook()
        assert gateway.post("/in", webhook.body, webhook.headers).status == 200
        return sink, webhook
    return start


def test_a_certificate_that_the_route_trusts_gets_the_event(relay):
    sink, webhook = relay()
    assert sink.wait(1)[0].body == webhook.body


@pytest.mark.parametrize("options", [{"trusted": False}, {"valid_for": "DNS:other.example"}], ids=str)
def test_another_certificate_gets_nothing(options, relay, gateway):
    sink, _ = relay(**options)
    until(lambda: gateway.metric("headgate_attempts_total", outcome="tls") >= 2, what="two attempts that failed in TLS")
    assert sink.requests == []
