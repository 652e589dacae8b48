"""Subscribers behind TLS: trusted by the system or by a file of the route, never by chance."""
import shutil
import ssl
import subprocess

import pytest

from certificates import make_certificate
from providers import Criptoladrillo
from subscriber import Answer
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


@pytest.fixture
def system(gateway, tmp_path):
    """Makes a certificate one of the system's authorities, for this gateway alone."""
    directory = tmp_path / "system"
    directory.mkdir()
    # The bundle that libcurl reads beside the directory.
    shutil.copy(make_certificate(tmp_path, "bundle")[0], directory / "ca-certificates.crt")
    place = f"mount --bind '{directory}' /etc/ssl/certs"
    if subprocess.run(["unshare", "-m", "sh", "-c", place], capture_output=True).returncode:
        pytest.skip("mounting needs root")
    gateway.under = ("unshare", "-m", "sh", "-c", f'{place} && exec "$0" "$@"')

    def trust(certificate):
        shutil.copy(certificate, directory)
        subprocess.run(["openssl", "rehash", directory], check=True, capture_output=True)
    return trust


@pytest.fixture
def sink(subscriber, tmp_path):
    """Its certificate is in `certificate`. Each request comes on a connection of its own, with a handshake of its own."""
    certificate, key = make_certificate(tmp_path, "subscriber")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.num_tickets = 0
    sink = subscriber(Answer(body=b"bye", close=True), tls=context)
    sink.certificate = certificate
    return sink


def post(gateway):
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200


def count(gateway, outcome):
    return gateway.metric("headgate_attempts_total", outcome=outcome)


def test_authorities_of_the_route_are_in_place_of_the_systems(system, sink, gateway, tmp_path):
    system(sink.certificate)
    other, _ = make_certificate(tmp_path, "other")
    subscribers = [{"name": "trusting", "url": sink.url},
                   {"name": "strict", "url": sink.url, "tls": {"ca": f"file:{other}"}}]
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": []}, subscribers=subscribers)
    gateway.start()
    post(gateway)
    until(lambda: gateway.metric("headgate_attempts_total") == 2, what="an attempt of each")
    assert gateway.metric("headgate_attempts_total", subscriber="trusting", outcome="ok") == 1
    assert gateway.metric("headgate_attempts_total", subscriber="strict", outcome="tls") == 1


def test_a_replaced_file_of_authorities_holds_for_the_next_connection(sink, gateway, tmp_path):
    file = tmp_path / "authorities"
    shutil.copy(sink.certificate, file)
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": []},
                  subscribers=[{"name": "s", "url": sink.url, "tls": {"ca": f"file:{file}"}}])
    gateway.start()
    post(gateway)
    until(lambda: count(gateway, "ok") == 1)
    shutil.copy(make_certificate(tmp_path, "other")[0], file)
    post(gateway)
    until(lambda: count(gateway, "tls") == 1)


def test_a_certificate_that_the_route_trusts_gets_the_event(relay):
    sink, webhook = relay()
    assert sink.wait(1)[0].body == webhook.body


@pytest.mark.parametrize("options, reason", [
    ({"trusted": False}, "self-signed certificate"), ({"valid_for": "DNS:other.example"}, "no alternative certificate subject name matches"),
], ids=str)
def test_another_certificate_gets_nothing_and_the_log_says_why(options, reason, relay, gateway):
    sink, _ = relay(**options)
    until(lambda: gateway.metric("headgate_attempts_total", outcome="tls") >= 2, what="two attempts that failed in TLS")
    assert sink.requests == []
    lines = until(lambda: len(gateway.logged("attempt")) >= 2 and gateway.logged("attempt"))
    reasons = [line["reason"] for line in lines]
    assert all(reason in said for said in reasons), reasons
