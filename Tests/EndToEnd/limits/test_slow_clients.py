"""Clients that take their time: cut by deadlines that count in total, and cheap until then."""
import http.client
import ssl
import threading
import time

import pytest

from certificates import make_certificate
from clients import dial, drip, head, is_open, request
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
HELD = 1500
LATE = 5.0  # seconds after its deadline, on a busy machine
HEAD_TIME = HANDSHAKE_TIME = 10
BODY_TIME = WRITE_TIME = 30
IDLE_TIME = 60


@pytest.fixture
def plain(gateway, subscriber):
    gateway.sink = subscriber()
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "s", "url": gateway.sink.url}])
    gateway.start()
    return gateway


@pytest.fixture
def secured(gateway, subscriber, tmp_path):
    gateway.certificate, key = make_certificate(tmp_path, "gateway")
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "s", "url": subscriber().url}])
    gateway.start("--tls-cert", gateway.certificate, "--tls-key", key)
    return gateway


def together(clients):
    """All at the same time: name -> (seconds, what was said)."""
    ends = {}

    def run(name, client):
        ends[name] = client()

    threads = [threading.Thread(target=run, args=one) for one in clients.items()]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    for name, (seconds, said) in ends.items():
        print(f"{name:24} {seconds:5.1f} s  {said[:24]!r}")
    return ends


def begun(gateway, bytes=b""):
    raw = dial(gateway)
    raw.sendall(bytes)
    return raw


def answered(gateway):
    """A kept connection with one request behind it."""
    raw = begun(gateway, request("/in", PROVIDER.webhook()))
    assert raw.recv(4096).startswith(b"HTTP/1.1 200")
    return raw


def test_a_head_has_ten_seconds_in_total(plain):
    ends = together({
        "says nothing": lambda: drip(begun(plain), b"", 1, 60),
        "drips a field": lambda: drip(begun(plain, b"POST /in HTTP/1.1\r\nHost: a\r\nX: "), b"x", .5, 60),
        "drips lines": lambda: drip(begun(plain, b"POST /in HTTP/1.1\r\n"), b"X: y\r\n", .5, 60),
        "drips empty lines": lambda: drip(begun(plain), b"\r\n", 3, 60),
        "drips a second head": lambda: drip(answered(plain), b"P", 30 / 8, 60),
    })
    for name, (seconds, said) in ends.items():
        assert HEAD_TIME - 1 < seconds < HEAD_TIME + LATE, name
        assert said.startswith(b"HTTP/1.1 408") == (name not in ("says nothing",)) or b"400" in said[:12], name


def test_a_handshake_has_ten_seconds_in_total(secured):
    hello = bytes.fromhex("16030100f8010000f40303")
    ends = together({
        "says nothing": lambda: drip(begun(secured), b"", 1, 60),
        "drips a hello": lambda: drip(begun(secured, hello), b"\0", .5, 60),
    })
    for name, (seconds, _) in ends.items():
        assert HANDSHAKE_TIME - 1 < seconds < HANDSHAKE_TIME + LATE, name


@pytest.mark.slow
def test_bodies_answers_and_idling_have_their_time_in_total(plain):
    body_head = request("/in", PROVIDER.webhook(padding="x" * 5000))[:-4000]

    def never_reads():
        """Answers to requests ahead fill its buffer, then ours, then nothing moves."""
        raw = dial(plain, receive=4096)
        raw.setblocking(False)
        wanted, began = head("/nowhere", method="GET") * 1000, time.monotonic()
        sent = 0
        while time.monotonic() - began < 90:
            try:
                sent += raw.send(wanted)
            except BlockingIOError:
                time.sleep(.1)
            except OSError:
                break
        return time.monotonic() - began, b"%d bytes of requests" % sent

    def reads_slowly():
        """A byte now and then is no reason to wait for ever."""
        raw = dial(plain, receive=4096)
        raw.setblocking(False)
        began = time.monotonic()
        wanted = head("/nowhere", method="GET") * 1000
        while time.monotonic() - began < 90:
            try:
                raw.send(wanted)
            except BlockingIOError:
                pass
            except OSError:
                break
            try:
                if not raw.recv(1):
                    break
            except BlockingIOError:
                pass
            except OSError:
                break
            time.sleep(.1)
        return time.monotonic() - began, b""

    ends = together({
        "drips a body": lambda: drip(begun(plain, body_head), b"x", .5, 120),
        "drips chunks": lambda: drip(
            begun(plain, head("/in", "Transfer-Encoding: chunked")), b"1;a=b\r\nx\r\n", .5, 120),
        "never sends its body": lambda: drip(begun(plain, body_head), b"", 1, 120),
        "never reads": never_reads, "reads slowly": reads_slowly,
        "idles": lambda: drip(answered(plain), b"", 1, 120),
    })
    bounds = {"idles": IDLE_TIME, "never reads": WRITE_TIME, "reads slowly": WRITE_TIME}
    for name, (seconds, said) in ends.items():
        time_given = bounds.get(name, BODY_TIME)
        assert time_given - 1 < seconds < time_given + LATE + 3, name
        if time_given == BODY_TIME and name not in bounds:
            assert said.startswith(b"HTTP/1.1 408"), name
    assert plain.metric("headgate_events_total", result="accepted") == 1, "nothing unfinished became an event"


def hold(gateway, state, count):
    held = []
    for _ in range(count):
        raw = dial(gateway)
        raw.sendall(state())
        held.append(raw)
    return held


STATES = {
    "silent": lambda: b"",
    "half a head": lambda: head()[:25],
    "half a body": lambda: request("/in", PROVIDER.webhook(padding="x" * 2000))[:-1000],
    "kept after an answer": lambda: request("/in", PROVIDER.webhook()),
}


@pytest.mark.parametrize("state", STATES)
def test_held_connections_are_cheap_and_in_nobodys_way(state, plain):
    connection = plain.connection()
    for _ in range(50):  # warm
        post(connection)
    plain.sink.wait(50)
    before = plain.memory()
    held = hold(plain, STATES[state], HELD)
    if state == "kept after an answer":
        for raw in held:
            assert raw.recv(4096).startswith(b"HTTP/1.1 200")
    processor, took = plain.processor_time(), []
    for _ in range(100):
        began = time.monotonic()
        post(connection)
        took.append(time.monotonic() - began)
    fresh = plain.connection()
    post(fresh)
    each = (plain.memory() - before) / HELD
    print(f"{HELD} connections ({state}): {each / 1024:.1f} KiB each; meanwhile requests take "
          f"{sorted(took)[50] * 1e3:.1f} ms, p99 {sorted(took)[98] * 1e3:.1f} ms, "
          f"{(plain.processor_time() - processor) * 10:.2f} ms of processor each")
    assert each < 16 << 10
    assert sorted(took)[50] < .5
    assert state == "silent" or sum(map(is_open, held)) == HELD or state == "kept after an answer"
    for raw in held:
        raw.close()


def post(connection):
    webhook = PROVIDER.webhook()
    connection.request("POST", "/in", webhook.body, webhook.headers)
    reply = connection.getresponse()
    reply.read()
    assert reply.status == 200


def test_held_tls_connections_are_cheap(secured):
    context = ssl.create_default_context(cafile=secured.certificate)

    def secure():
        return context.wrap_socket(dial(secured), server_hostname="127.0.0.1")

    warm = [secure() for _ in range(20)]
    before, count = secured.memory(), 300
    held = [secure() for _ in range(count)]
    connection = http.client.HTTPSConnection("127.0.0.1", secured.intake_port, context=context, timeout=15)
    post(connection)
    each = (secured.memory() - before) / count
    print(f"{count} TLS connections: {each / 1024:.1f} KiB each")
    assert each < 96 << 10
    stalled = [dial(secured) for _ in range(500)]
    until(lambda: secured.descriptors() > 500)
    post(connection)
    for raw in warm + held + stalled:
        raw.close()
