"""Answers that are no answers: each is a failure with its name, none is a success, none costs more than its bound."""
import pytest

from providers import Criptoladrillo
from subscriber import Answer
from waiting import until

PROVIDER = Criptoladrillo()
OK = b"HTTP/1.1 200 OK\r\n"

FAULTS = {  # what the subscriber sends, before it hangs up: the outcomes that name it
    "nothing": (b"", {"reset", "protocol"}),
    "half a status line": (b"HTTP/1.1 2", {"reset", "protocol"}),
    "half a head": (OK + b"Content-Le", {"reset", "protocol"}),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", {"protocol"}),
    "HTTP/0.9": (b"<html>hello</html>", {"protocol"}),
    "an unknown version": (b"HTTP/9.9 200 OK\r\n\r\n", {"protocol"}),
    "no status": (b"HTTP/1.1 abc OK\r\n\r\n", {"protocol"}),
    "a short body": (OK + b"Content-Length: 10\r\n\r\nshort", {"reset", "protocol"}),
    "a bad length": (OK + b"Content-Length: many\r\n\r\n", {"protocol"}),
    "a negative length": (OK + b"Content-Length: -1\r\n\r\n", {"protocol"}),
    "a bad chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", {"protocol", "reset"}),
    "chunks without an end": (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", {"protocol", "reset"}),
    "a switch of protocols": (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
                              {"http", "protocol", "reset", "timeout-after-send"}),
    "only a continue": (b"HTTP/1.1 100 Continue\r\n\r\n", {"reset", "protocol"}),
    "a not modified": (b"HTTP/1.1 304 Not Modified\r\n\r\n", {"http"}),
}
ENDLESS = {
    "a body": (OK + b"\r\n" + b"x" * 1024, {"too-large"}),
    "an announced body": (OK + b"Content-Length: 99999999999\r\n\r\n" + b"x" * 1024, {"too-large"}),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"3f9\r\n" + b"x" * 1017 + b"\r\n", {"too-large"}),
    "a head": (OK + (b"X-Name: " + b"y" * 118 + b"\r\n") * 8, {"too-large", "protocol"}),
    "one field": (OK + b"X: " + b"y" * 1024, {"too-large", "protocol"}),
    "continues": (b"HTTP/1.1 100 Continue\r\n\r\n" * 41, {"too-large", "protocol"}),
    "a compressed body": (OK + b"Content-Encoding: gzip\r\n\r\n" + b"\x1f\x8b\x08" + b"\0" * 1021, {"too-large"}),
}


def relay(gateway, sink):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": ["50ms"] * 3, "jitter": 0, "timeout": "2s"},
                  subscribers=[{"name": "s", "url": sink.url}])
    gateway.start()
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    requests = sink.wait(2)
    until(lambda: gateway.metric("headgate_attempts_total", outcome="ok") == 1)
    assert [one.body for one in requests] == [webhook.body] * 2


def failures(gateway):
    """The outcomes other than ok that were counted."""
    names = ("http dns connect tls timeout-before-send timeout-after-send reset protocol too-large blocked").split()
    return {name for name in names if gateway.metric("headgate_attempts_total", outcome=name)}


@pytest.mark.parametrize("bytes, outcomes", FAULTS.values(), ids=FAULTS)
def test_a_faulty_answer_is_a_failure_with_a_name(bytes, outcomes, gateway, subscriber):
    relay(gateway, subscriber(Answer(raw=bytes), 200))
    found = failures(gateway)
    assert len(found) == 1 and found <= outcomes


@pytest.mark.parametrize("bytes, outcomes", ENDLESS.values(), ids=ENDLESS)
def test_an_answer_without_end_is_cut(bytes, outcomes, gateway, subscriber):
    sink = subscriber(Answer(raw=bytes, endless=True), 200)
    relay(gateway, sink)
    found = failures(gateway)
    assert len(found) == 1 and found <= outcomes
    assert sink.sent < 32 << 20, "cut far too late"
    assert gateway.memory("VmHWM") < 64 << 20


@pytest.mark.parametrize("later", [False, True], ids=["at once", "a moment later"])
def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one(later, gateway, subscriber):
    whole = OK + b"Content-Length: 0\r\n\r\n"
    asked = Answer(raw=whole, then=whole, keep=True) if later else Answer(raw=whole * 2, keep=True)
    sink = subscriber(asked, 500, 200)
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": ["50ms"], "jitter": 0},
                  subscribers=[{"name": "s", "url": sink.url, "concurrency": 1}])
    gateway.start()
    for number in (1, 2):
        webhook = PROVIDER.webhook()
        gateway.post("/in", webhook.body, webhook.headers)
        sink.wait(number)
        until(lambda: gateway.metric("headgate_attempts_total") >= number)
        until(lambda: sink.sent or not later)  # it lies there before the next request is sent
    assert [one.body for one in sink.wait(3)][1:] == [webhook.body] * 2
    until(lambda: gateway.metric("headgate_attempts_total", outcome="ok") == 2)
    assert gateway.metric("headgate_attempts_total", outcome="http") == 1
