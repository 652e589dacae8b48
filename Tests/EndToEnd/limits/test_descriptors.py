"""A shortage of file descriptors: nobody spins, nobody dies, what is open goes on, nothing is lost."""
import http.client
import resource
import socket
import ssl
import time

import pytest

from certificates import make_certificate
from clients import answer, dial, head, request
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
SHORTAGE = 2.0  # seconds
SPIN = 0.25  # of one processor


def post(connection):
    """On a connection that is there already."""
    webhook = PROVIDER.webhook()
    connection.request("POST", "/in", webhook.body, webhook.headers)
    reply = connection.getresponse()
    reply.read()
    assert reply.status == 200
    return webhook


def route(gateway, url, **subscriber):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": ["50ms"], "jitter": 0},
                  subscribers=[{"name": "s", "url": url, **subscriber}])


def share_of_processor(gateway, seconds):
    """Over a time in which nothing but the shortage happens: the time itself is what is measured."""
    before = gateway.processor_time()
    time.sleep(seconds)
    return (gateway.processor_time() - before) / seconds


def test_a_storm_of_connections_without_descriptors(gateway, subscriber):
    sink = subscriber()
    route(gateway, sink.url)
    gateway.start()
    one = PROVIDER.webhook()
    busy = dial(gateway)
    busy.sendall(request("/in", one)[:-1])
    until(lambda: gateway.metric("process_open_fds") > 0)  # answered on a connection that came after
    usual = resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE)[0]
    gateway.limit(resource.RLIMIT_NOFILE, gateway.descriptors() + 10)
    # Each has begun a request, so that none may be closed to make room.
    storm = [dial(gateway) for _ in range(80)]
    for raw in storm:
        raw.sendall(head()[:20])
    share = share_of_processor(gateway, SHORTAGE)
    busy.sendall(one.body[-1:])
    assert answer(busy) == b"HTTP/1.1 200 OK", "what is under way goes on"
    print(f"{share:.1%} of a processor during the shortage, {gateway.descriptors()} descriptors")
    assert share < SPIN
    for raw in storm:
        raw.close()
    gateway.limit(resource.RLIMIT_NOFILE, usual)
    began = time.monotonic()
    until(lambda: gateway.post("/in", (fresh := PROVIDER.webhook()).body, fresh.headers).status == 200)
    print(f"a new connection is served {time.monotonic() - began:.2f} s later")
    sink.wait(2)


@pytest.mark.parametrize("kind", ["address", "name", "https"])
def test_sends_wait_for_descriptors_and_cost_no_attempt(kind, gateway, subscriber, tmp_path):
    options = {}
    if kind == "https":
        certificate, key = make_certificate(tmp_path, "subscriber")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        options = {"tls": {"ca": str(certificate)}}
    sink = subscriber(tls=context if options else None)
    route(gateway, sink.url.replace("127.0.0.1", "localhost") if kind == "name" else sink.url, **options)
    gateway.start()
    kept = gateway.connection()
    kept.connect()
    kept.request("GET", "/nowhere")  # accepted, before there is nothing left to accept it with
    kept.getresponse().read()
    until(lambda: gateway.admin("/healthz").status == 200)
    free = min(gateway.first_free_descriptor() for _ in range(200))  # without what is open for a moment
    usual = resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE)[0]
    gateway.limit(resource.RLIMIT_NOFILE, free)
    sent = [post(kept) for _ in range(50)]
    until(lambda: gateway.logged("sends put off"), what="the log line about the shortage")
    share = share_of_processor(gateway, SHORTAGE)
    assert sink.requests == []
    gateway.limit(resource.RLIMIT_NOFILE, usual)
    began = time.monotonic()
    requests = sink.wait_for_bodies({one.body for one in sent})
    print(f"{share:.1%} of a processor during the shortage; all delivered {time.monotonic() - began:.2f} s later")
    assert share < SPIN
    assert len(requests) == len(sent)
    until(lambda: gateway.metric("headgate_deliveries", state="delivered") == len(sent))
    assert gateway.metric("headgate_attempts_total") == len(sent), "what never began is no attempt"


def test_with_few_descriptors_from_the_start_both_sides_get_theirs(gateway, subscriber):
    sink = subscriber()
    route(gateway, sink.url)
    gateway.limits[resource.RLIMIT_NOFILE] = (128, 128)
    gateway.start()
    held = []
    for _ in range(300):
        try:
            held.append(dial(gateway))
        except OSError:
            break
    sent, refused = [], 0
    for _ in range(100):
        webhook = PROVIDER.webhook()
        try:
            assert gateway.post("/in", webhook.body, webhook.headers).status == 200
            sent.append(webhook.body)
        except (OSError, http.client.HTTPException):
            refused += 1
    sink.wait_for_bodies(set(sent))
    print(f"{len(held)} held connections, {len(sent)} events taken, {refused} connections turned away, "
          f"{gateway.descriptors()} descriptors")
    assert len(sent) > 90, "an idle connection makes room for a new one"
    assert gateway.descriptors() <= 128
    for raw in held:
        raw.close()
    assert not gateway.logged("sends put off")


def test_a_flood_of_connections_to_the_admin_listener_leaves_intake_its_own(gateway, subscriber):
    sink = subscriber()
    route(gateway, sink.url)
    gateway.limits[resource.RLIMIT_NOFILE] = (512, 512)
    gateway.start()
    held = [socket.create_connection(("127.0.0.1", gateway.admin_port)) for _ in range(600)]
    sent = []
    for _ in range(20):
        webhook = PROVIDER.webhook()
        assert gateway.post("/in", webhook.body, webhook.headers).status == 200
        sent.append(webhook.body)
    sink.wait_for_bodies(set(sent))
    assert gateway.admin("/healthz").status == 200, "an idle connection makes room for a new one"
    assert gateway.metric("process_open_fds") < 256
    for raw in held:
        raw.close()


def test_a_raised_limit_is_used(gateway, subscriber):
    route(gateway, subscriber().url)
    gateway.limits[resource.RLIMIT_NOFILE] = (256, 4096)
    gateway.start()
    assert resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE)[0] == 4096
    assert gateway.metric("process_max_fds") == 4096
    connections = [socket.create_connection(("127.0.0.1", gateway.intake_port)) for _ in range(500)]
    assert gateway.post("/in", (one := PROVIDER.webhook()).body, one.headers).status == 200
    for raw in connections:
        raw.close()
