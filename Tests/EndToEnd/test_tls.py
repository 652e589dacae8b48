"""TLS at the intake, and certificates that change under way."""
import http.client
import shutil
import signal
import socket
import ssl

import pytest

from certificates import make_certificate, make_expired_certificate
from headgate import SIGNING_SECRET, run
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()


@pytest.fixture
def secured(gateway, subscriber, tmp_path):
    certificate, key = make_certificate(tmp_path, "first")
    live = tmp_path / "live.crt", tmp_path / "live.key"
    shutil.copy(certificate, live[0]), shutil.copy(key, live[1])
    gateway.sink = subscriber()
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "s", "url": gateway.sink.url}])
    gateway.start("--tls-cert", live[0], "--tls-key", live[1])
    gateway.live = live
    return gateway


def trusting(certificate, **limits):
    context = ssl.create_default_context(cafile=certificate)
    for name, value in limits.items():
        setattr(context, name, value)
    return context


def dial(gateway, context):
    return http.client.HTTPSConnection("127.0.0.1", gateway.intake_port, context=context, timeout=10)


def post(connection):
    webhook = PROVIDER.webhook()
    connection.request("POST", "/in", webhook.body, webhook.headers)
    reply = connection.getresponse()
    reply.read()
    assert reply.status == 200
    return webhook


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_an_event_comes_in_over_tls(version, secured, tmp_path):
    connection = dial(secured, trusting(tmp_path / "first.crt", minimum_version=version, maximum_version=version))
    webhooks = [post(connection) for _ in range(3)]
    secured.sink.wait_for_bodies([one.body for one in webhooks])


def test_old_versions_and_plain_text_are_refused(secured, tmp_path):
    context = trusting(tmp_path / "first.crt", minimum_version=ssl.TLSVersion.TLSv1)
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        post(dial(secured, context))
    with socket.create_connection(("127.0.0.1", secured.intake_port), timeout=10) as plain:
        plain.sendall(b"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        try:
            answer = plain.recv(4096)
        except ConnectionResetError:
            answer = b""
        assert not answer.startswith(b"HTTP/1.1 2")


def test_a_reload_changes_the_certificate_and_keeps_connections(secured, tmp_path):
    old = dial(secured, trusting(tmp_path / "first.crt"))
    post(old)
    certificate, key = make_certificate(tmp_path, "second")
    shutil.copy(certificate, secured.live[0]), shutil.copy(key, secured.live[1])
    secured.signal(signal.SIGHUP)

    def renewed():
        try:
            post(dial(secured, trusting(certificate)))
            return True
        except ssl.SSLCertVerificationError:
            return False
    until(renewed, 5, "the new certificate")
    post(old)


def test_a_bad_certificate_keeps_the_old_one(secured, tmp_path):
    secured.live[0].write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    secured.signal(signal.SIGHUP)
    until(lambda: "live.crt" in secured.log_text(), 5, "a log line that names the file")
    post(dial(secured, trusting(tmp_path / "first.crt")))


def test_a_handshake_that_stalls_holds_up_nobody(secured, tmp_path):
    stalled = [socket.create_connection(("127.0.0.1", secured.intake_port), timeout=10) for _ in range(50)]
    for one in stalled:
        one.sendall(b"\x16\x03\x01")
    post(dial(secured, trusting(tmp_path / "first.crt")))
    for one in stalled:
        one.close()


@pytest.fixture
def check_pair(gateway):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "s", "url": "http://127.0.0.1:9/x"}])

    def check(certificate, key):
        result = run("check", "--routes", gateway.routes, "--tls-cert", certificate, "--tls-key", key,
                     env={"HEADGATE_SIGNING_SECRET": SIGNING_SECRET})
        return result.returncode, [line for line in result.stdout.splitlines() if "--tls-" in line]
    return check


def test_the_check_refuses_what_serve_would(check_pair, tmp_path):
    (_, key), (other, _) = make_certificate(tmp_path, "one"), make_certificate(tmp_path, "other")
    junk = tmp_path / "junk"
    junk.write_text("junk")
    for pair, flag, words in [((other, key), "--tls-cert", "does not belong to the certificate"),
                              ((junk, key), "--tls-cert", "no certificate chain"),
                              ((other, junk), "--tls-key", "no private key"),
                              ((tmp_path / "none", key), "--tls-cert", "does not exist")]:
        status, (line,) = check_pair(*pair)
        assert status == 1 and line.startswith(f"error: {flag}: ") and words in line


def test_the_check_sees_when_the_certificate_ends(check_pair, tmp_path):
    status, (line,) = check_pair(*make_certificate(tmp_path, "soon"))  # for two days
    assert status == 0 and line.startswith("warning: --tls-cert: its certificate ends ") and "hours" in line
    status, (line,) = check_pair(*make_expired_certificate(tmp_path, "late"))
    assert status == 1
    assert line.startswith("error: --tls-cert: the certificate ended 2020-01-02T00:00:00")


def test_the_listeners_own_certificate_rings_before_it_ends(secured):
    def rung():
        return [line for line in secured.log_text().splitlines() if "certificate-expiring" in line]
    until(rung, 10, "the alarm")
    assert "listener" in rung()[0]
