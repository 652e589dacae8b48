"""What is not proven, not wanted or not well formed gets its status and goes nowhere."""
import re
import socket

import pytest

from providers import Alfred, Criptoladrillo, Fluxvend, Incode, StandardWebhooks, Webhook
from waiting import until


@pytest.fixture
def refusing(gateway, subscriber):
    """Starts a route; on the way out, an accepted event must be the only thing that its subscriber got."""
    sinks = []

    def start(provider, **definition):
        sink = subscriber()
        gateway.route("in", verify=provider.preset, secrets=provider.secrets,
                      subscribers=[{"name": "sink", "url": sink.url}], **definition)
        gateway.start()
        sinks.append((provider, sink, "allow" in definition))
        return gateway

    yield start
    for provider, sink, closed in sinks:
        if not closed:
            webhook = provider.webhook()
            assert gateway.post("/in", webhook.body, webhook.headers).status in (200, 204)
            assert [one.body for one in sink.wait(1)] == [webhook.body]
        assert len(sink.requests) == (0 if closed else 1)


def swap(webhook, name, value):
    return Webhook(webhook.body, {**webhook.headers, name: value})


def without(webhook, name):
    return Webhook(webhook.body, {key: value for key, value in webhook.headers.items() if key != name})


BAD = [
    ("body changed", Criptoladrillo(), lambda w: w.tampered()),
    ("signature missing", Criptoladrillo(), lambda w: without(w, "Criptoladrillo-Signature")),
    ("signature empty", Criptoladrillo(), lambda w: swap(w, "Criptoladrillo-Signature", "")),
    ("prefix missing", Criptoladrillo(), lambda w: swap(
        w, "Criptoladrillo-Signature", w.headers["Criptoladrillo-Signature"].removeprefix("v0="))),
    ("signature cut", Criptoladrillo(), lambda w: swap(
        w, "Criptoladrillo-Signature", w.headers["Criptoladrillo-Signature"][:-2])),
    ("other version", Criptoladrillo(), lambda w: swap(
        w, "Criptoladrillo-Signature", w.headers["Criptoladrillo-Signature"].replace("v0", "v1"))),
    ("key in the wrong form", Fluxvend("{API_KEY}{API_SECRET}"), lambda w: w),
    ("signed field changed", Alfred(), lambda w: Webhook(w.body.replace(b"17:28", b"17:29"), w.headers)),
    ("signed field twice", Alfred(), lambda w: Webhook(w.body.replace(b"{", b'{"invoices":"x",', 1), w.headers)),
    ("not JSON", Alfred(), lambda w: Webhook(b"[" * 5000, w.headers)),
    ("another token", Incode(), lambda w: swap(w, "Authorization", "Bearer tok-2")),
    ("token with more", Incode(), lambda w: swap(w, "Authorization", "Bearer tok-1x")),
    ("no token", Incode(), lambda w: without(w, "Authorization")),
    ("basic instead of bearer", Incode(), lambda w: swap(w, "Authorization", "Basic tok-1")),
    ("id changed", StandardWebhooks(), lambda w: swap(w, "webhook-id", "msg_other")),
    ("time changed", StandardWebhooks(), lambda w: swap(
        w, "webhook-timestamp", str(int(w.headers["webhook-timestamp"]) + 1))),
    ("no time", StandardWebhooks(), lambda w: without(w, "webhook-timestamp")),
    ("version downgraded", StandardWebhooks(), lambda w: swap(
        w, "webhook-signature", w.headers["webhook-signature"].replace("v1,", "v0,"))),
]


@pytest.mark.parametrize("provider, spoil", [(p, s) for _, p, s in BAD], ids=[name for name, _, _ in BAD])
def test_a_bad_proof_is_401_and_goes_nowhere(provider, spoil, refusing):
    if provider.preset == "fluxvend":
        good = Fluxvend()
        gateway, webhook = refusing(good), provider.webhook()
    else:
        gateway, webhook = refusing(provider), spoil(provider.webhook())
    assert gateway.post("/in", webhook.body, webhook.headers).status == 401


@pytest.mark.parametrize("age", [301, 3600, -301, -86400])
def test_too_old_or_too_new_is_401(age, refusing):
    provider = StandardWebhooks()
    gateway = refusing(provider)
    webhook = provider.webhook(age=age + (5 if age > 0 else -5))
    assert gateway.post("/in", webhook.body, webhook.headers).status == 401


def test_the_401_is_the_same_whatever_was_wrong(refusing):
    provider = StandardWebhooks()
    gateway = refusing(provider)
    unsigned = without(provider.webhook(), "webhook-signature")
    spoiled = [provider.webhook().tampered(), unsigned, provider.webhook(age=999)]
    replies = [gateway.post("/in", one.body, one.headers) for one in spoiled]
    assert {reply.status for reply in replies} == {401}
    assert len({reply.body for reply in replies}) == 1
    assert provider.secrets["SECRET"].encode() not in replies[0].body


def test_a_repeated_signature_header_is_refused(refusing):
    provider = Criptoladrillo()
    gateway, webhook = refusing(provider), provider.webhook()
    twice = [*webhook.headers.items(), ("Criptoladrillo-Signature", webhook.headers["Criptoladrillo-Signature"])]
    assert gateway.post("/in", webhook.body, twice).status in (400, 401)


def test_a_foreign_address_is_403_even_with_a_good_signature(refusing):
    provider = Criptoladrillo()
    gateway, webhook = refusing(provider, allow=["203.0.113.0/24"]), provider.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 403


def test_an_unknown_path_is_404_and_a_wrong_method_405(refusing):
    provider = Criptoladrillo()
    gateway, webhook = refusing(provider), provider.webhook()
    for path in ("/", "/inn", "/in/", "/in/x", "/IN", "/healthz", "/metrics"):
        assert gateway.post(path, webhook.body, webhook.headers).status == 404, path
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        reply = gateway.post("/in", webhook.body, webhook.headers, method=method)
        assert reply.status == 405, method
        assert "POST" in reply["Allow"]


def test_the_largest_body_passes_and_one_byte_more_is_413(refusing):
    provider = Criptoladrillo()
    gateway = refusing(provider, maxBody="64KiB")
    webhook = provider.sign(b"x" * (64 * 1024 + 1))
    assert gateway.post("/in", webhook.body, webhook.headers).status == 413
    headers = "".join(f"{name}: {value}\r\n" for name, value in webhook.headers.items())
    with socket.create_connection(("127.0.0.1", gateway.intake_port), timeout=10) as raw:
        # The length alone decides: nothing of the body is sent.
        raw.sendall(f"POST /in HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 65537\r\n\r\n".encode())
        assert raw.recv(4096).startswith(b"HTTP/1.1 413")


def test_who_reads_only_after_sending_everything_gets_the_refusal(refusing):
    provider = Criptoladrillo()
    gateway = refusing(provider, maxBody="64KiB")
    for size in (1 << 20, 8 << 20, 32 << 20):
        for path, status in (("/in", 413), ("/nowhere", 404)):
            assert gateway.post(path, bytes(size), provider.sign(b"{}").headers).status == status, (path, size)


def test_a_chunked_body_that_grows_too_large_is_413(refusing):
    provider = Criptoladrillo()
    gateway = refusing(provider, maxBody="64KiB")
    webhook = provider.sign(b"x" * 70_000)
    headers = "".join(f"{name}: {value}\r\n" for name, value in webhook.headers.items())
    with socket.create_connection(("127.0.0.1", gateway.intake_port), timeout=10) as raw:
        raw.sendall(f"POST /in HTTP/1.1\r\nHost: x\r\n{headers}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(70):
            raw.sendall(b"3e8\r\n" + b"x" * 1000 + b"\r\n")
        assert raw.recv(4096).startswith(b"HTTP/1.1 413")
    # It leaves what one leaves whose length was announced.
    until(lambda: gateway.metric("headgate_events_total", route="in", result="too-large") == 1)
    assert [line["reason"] for line in until(lambda: gateway.logged("refused"))] == ["too-large"]
    until(lambda: [row["why"] for row in gateway.rows("quarantine", "list")] == ["too-large"])


def test_what_no_route_could_judge_is_counted_and_told_now_and_then(refusing):
    gateway = refusing(Criptoladrillo())
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", gateway.intake_port), timeout=10) as raw:
            raw.sendall(RAW["long head"][0])
            assert raw.recv(4096).startswith(b"HTTP/1.1 431")
    until(lambda: gateway.metric("headgate_turned_away_total", reason="head-too-large") == 3)
    assert gateway.metric("headgate_turned_away_total") == 3
    lines = until(lambda: gateway.logged("turned away"))
    assert [(line["reason"], line["source"]) for line in lines] == [("head-too-large", "127.0.0.1")]


RAW = {
    "two lengths": (b"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400),
    "length and chunks": (
        b"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "no host": (b"POST /in HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400),
    "folded field": (b"POST /in HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n", 400),
    "space before the colon": (b"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length : 0\r\n\r\n", 400),
    "bad chunk": (b"POST /in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "signed length": (b"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nx", 400),
    "not HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "long target": (b"POST /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    "long head": (b"POST /in HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    "many fields": (b"POST /in HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
}


@pytest.mark.parametrize("bytes, status", RAW.values(), ids=RAW)
def test_malformed_http_gets_one_answer_and_the_end(bytes, status, refusing):
    gateway = refusing(Criptoladrillo())
    smuggled = b"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.intake_port), timeout=10) as raw:
        raw.sendall(bytes + smuggled)
        answer = b""
        try:
            while piece := raw.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
    assert re.match(rb"HTTP/1\.1 (\d{3})", answer), answer
    assert int(answer[9:12]) == status
    assert answer.count(b"HTTP/1.1 ") == 1, "bytes after doubtful framing were parsed"


def test_a_path_that_is_no_route_is_counted_and_told(refusing):
    """A wrong address in a provider's dashboard is the first thing that goes wrong."""
    provider = Criptoladrillo()
    gateway = refusing(provider)
    webhook = provider.webhook()
    for path in ("/in/", "/other", "/other"):
        assert gateway.post(path, webhook.body, webhook.headers).status == 404
    assert gateway.metric("headgate_turned_away_total", reason="no-route") == 3
    told = until(lambda: gateway.logged("turned away"))
    assert [(line["reason"], line["path"], line["source"]) for line in told] == [("no-route", "/in/", "127.0.0.1")]
