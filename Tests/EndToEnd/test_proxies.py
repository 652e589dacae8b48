"""Who is the sender when a proxy stands between: told by those we trust, and by nobody else."""
import socket
import struct

import pytest

from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
ALLOWED, OTHER = "203.0.113.9", "198.51.100.7"


def start(gateway, subscriber, *flags):
    sink = subscriber()
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, allow=["203.0.113.0/24"],
                  subscribers=[{"name": "s", "url": sink.url}])
    gateway.start(*flags)
    return sink


def status(gateway, **headers):
    webhook = PROVIDER.webhook()
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return gateway.post("/in", webhook.body, {**webhook.headers, **fields}).status


def test_forwarding_headers_of_strangers_count_for_nothing(gateway, subscriber):
    sink = start(gateway, subscriber)
    assert status(gateway, X_Forwarded_For=ALLOWED) == 403
    assert status(gateway, Forwarded=f"for={ALLOWED}") == 403
    assert sink.requests == []


def test_a_trusted_proxy_names_the_sender(gateway, subscriber):
    sink = start(gateway, subscriber, "--trusted-proxy", "127.0.0.0/8", "--trusted-proxy", "10.0.0.0/8")
    assert status(gateway, X_Forwarded_For=ALLOWED) == 200
    assert status(gateway, X_Forwarded_For=f"{ALLOWED}, 10.1.2.3") == 200, "a second trusted proxy in the chain"
    assert status(gateway, X_Forwarded_For=OTHER) == 403
    assert status(gateway, X_Forwarded_For=f"{ALLOWED}, {OTHER}") == 403, "what an untrusted hop claims"
    assert status(gateway, X_Forwarded_For="nonsense") in (400, 403)
    assert status(gateway) == 403
    assert len(sink.wait(2)) == 2


V2 = b"\r\n\r\n\x00\r\nQUIT\n"


def v2(source):
    addresses = socket.inet_aton(source) + socket.inet_aton("127.0.0.1") + struct.pack(">HH", 40000, 8080)
    return V2 + b"\x21\x11" + struct.pack(">H", len(addresses)) + addresses


def through_proxy(gateway, preface):
    webhook = PROVIDER.webhook()
    fields = "".join(f"{name}: {value}\r\n" for name, value in webhook.headers.items())
    request = f"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: {len(webhook.body)}\r\n{fields}\r\n".encode()
    with socket.create_connection(("127.0.0.1", gateway.intake_port), timeout=10) as raw:
        raw.sendall(preface + request + webhook.body)
        try:
            answer = raw.recv(4096)
        except ConnectionResetError:
            return None
    return int(answer[9:12]) if answer else None


@pytest.mark.parametrize("preface, expected", [
    (f"PROXY TCP4 {ALLOWED} 127.0.0.1 40000 8080\r\n".encode(), 200),
    (f"PROXY TCP4 {OTHER} 127.0.0.1 40000 8080\r\n".encode(), 403),
    (v2(ALLOWED), 200),
    (v2(OTHER), 403),
    (b"PROXY TCP6 2001:db8::1 ::1 40000 8080\r\n", 403),
    (b"PROXY UNKNOWN\r\n", 403),
    (V2 + b"\x20\x00\x00\x00", 403),
    (b"", None),
    (b"PROXY TCP4 " + b"1" * 200, None),
    (V2 + b"\x31\x11\x00\x0c" + b"\0" * 12, None),
], ids=["v1", "v1 other", "v2", "v2 other", "v1 six", "v1 unknown", "v2 local", "none", "v1 endless", "v2 bad version"])
def test_the_proxy_protocol_names_the_sender(preface, expected, gateway, subscriber):
    start(gateway, subscriber, "--proxy-protocol", "--trusted-proxy", "127.0.0.1/32")
    assert through_proxy(gateway, preface) in ((expected,) if expected else (None, 400))
    assert gateway.metric("headgate_turned_away_total", reason="proxy-header") == (0 if expected else 1)
    # The last line that it leaves.
    until(lambda: gateway.logged({200: "accepted", 403: "refused", None: "turned away"}[expected]))
    assert len(gateway.logged("turned away")) == (0 if expected else 1)


def test_without_the_flag_a_preface_is_bad_http(gateway, subscriber):
    start(gateway, subscriber)
    assert through_proxy(gateway, f"PROXY TCP4 {ALLOWED} 127.0.0.1 40000 8080\r\n".encode()) == 400
