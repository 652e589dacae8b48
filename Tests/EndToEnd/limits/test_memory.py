"""Bodies in memory are bounded in total, however many lanes and clients there are, under a limit of the kernel's."""
import json
import resource
import threading

import pytest

from clients import answer, dial, head
from fast_sink import FastSink
from waiting import until

LANES, EVENTS, BODY = 134, 3, 900_000
ROOM = 112 << 20  # for the gateway beyond what it has at start; 40 of them are for requests, 24 for the ledger's queue


@pytest.fixture
def silent():
    sink = FastSink("--silent")
    sink.open()
    yield sink
    sink.close()


def confine(gateway, room):
    """Private memory that the kernel still gives: an allocation beyond it fails, and ends the process."""
    gateway.limit(resource.RLIMIT_DATA, gateway.memory("VmData") + room)


def flood(gateway, paths, body, threads=8):
    """Each path gets the body once; refusals are tried again, as a provider would."""
    todo, refused, lock = list(paths), [0], threading.Lock()

    def work():
        connection = gateway.connection(timeout=60)
        while True:
            with lock:
                if not todo:
                    return
                path = todo.pop()
            while True:
                connection.request("POST", path, body, {"Content-Type": "application/octet-stream"})
                reply = connection.getresponse()
                reply.read()
                if reply.status == 200:
                    break
                assert reply.status == 503, reply.status
                refused[0] += 1
                if reply.will_close:
                    connection.close()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return refused[0]


def test_large_bodies_for_many_lanes_that_hang(gateway, silent):
    healthy = FastSink()
    healthy.open()
    for number in range(LANES):
        gateway.route(f"r{number}", verify={"type": "none"}, dedup="off",
                      retry={"schedule": ["1s"] * 60, "jitter": 0, "timeout": "2s"},
                      subscribers=[{"name": "s", "url": silent.url}])
    gateway.route("well", verify={"type": "none"}, dedup="off",
                  subscribers=[{"name": "s", "url": healthy.url}])
    gateway.start()
    before = gateway.memory()
    confine(gateway, ROOM)
    body = bytes(range(256)) * (BODY // 256)
    refused = flood(gateway, [f"/r{number}" for number in range(LANES)] * EVENTS, body)
    until(lambda: gateway.metric("headgate_attempts_total") >= LANES, 120, "a send by every lane")
    taken = flood(gateway, ["/well"] * 20, body)
    until(lambda: healthy.count() == 20, 60, "events of a healthy subscriber among those that hang")
    peak = gateway.memory("VmHWM")
    print(f"{LANES} lanes with {EVENTS} bodies of {BODY} bytes each: {before >> 20} MiB before, {peak >> 20} MiB at "
          f"the peak, {refused + taken} refused")
    assert peak - before < 72 << 20, f"{(peak - before) >> 20} MiB more"
    healthy.close()
    assert gateway.process.poll() is None


def test_they_are_all_delivered_in_the_end(gateway):
    """The bound makes lanes wait for each other: none waits for ever."""
    sink = FastSink()
    for number in range(LANES):
        gateway.route(f"r{number}", verify={"type": "none"}, dedup="off",
                      retry={"schedule": ["500ms"] * 60, "jitter": 0, "timeout": "5s"},
                      subscribers=[{"name": name, "url": sink.url} for name in ("a", "b")])
    gateway.start()
    before = gateway.memory()
    confine(gateway, ROOM)
    flood(gateway, [f"/r{number}" for number in range(LANES)] * EVENTS, bytes(BODY))
    sink.open()
    until(lambda: sink.count() == LANES * EVENTS * 2, 120, "every delivery")
    peak = gateway.memory("VmHWM")
    print(f"{LANES * EVENTS * 2} deliveries of {BODY} bytes to {LANES * 2} lanes: {(peak - before) >> 20} MiB more")
    assert peak - before < 72 << 20
    sink.close()


def test_bodies_larger_than_a_lanes_part_pass_one_by_one(gateway, subscriber):
    """20 MiB are more than all lanes together may hold: such a one goes alone. Small ones go on meanwhile."""
    sink, small = FastSink(), subscriber()
    sizes = [20 << 20, 6 << 20, 1 << 20]
    for number, size in enumerate(sizes):
        gateway.route(f"r{number}", verify={"type": "none"}, dedup="off", maxBody="32MiB",
                      retry={"schedule": ["200ms"] * 60, "jitter": 0, "timeout": "20s"},
                      subscribers=[{"name": name, "url": sink.url} for name in ("a", "b", "c")])
    gateway.route("small", verify={"type": "none"}, dedup="off", subscribers=[{"name": "s", "url": small.url}])
    gateway.start()
    before = gateway.memory()
    for number, size in enumerate(sizes):
        flood(gateway, [f"/r{number}"] * 3, bytes(size), threads=1)
    sink.open()
    flood(gateway, ["/small"] * 50, b"small", threads=1)
    small.wait(50, 30)
    until(lambda: sink.count() == 27, 60, "every large delivery")
    peak = gateway.memory("VmHWM")
    print(f"27 deliveries of up to 20 MiB: {(peak - before) >> 20} MiB more")
    assert peak - before < 110 << 20


def test_large_requests_of_many_clients_get_503_before_memory_runs_out(gateway, subscriber):
    sink = subscriber()
    gateway.route("in", verify={"type": "none"}, subscribers=[{"name": "s", "url": sink.url}])
    gateway.start()
    before = gateway.memory()
    confine(gateway, ROOM)
    clients, statuses = [], []
    for _ in range(200):
        raw = dial(gateway)
        raw.sendall(head("/in", f"Content-Length: {BODY}"))
        clients.append(raw)

    def send_most(raw):
        try:
            raw.sendall(bytes(BODY - 1))
        except OSError:
            pass

    senders = [threading.Thread(target=send_most, args=(raw,)) for raw in clients]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    peak = gateway.memory("VmHWM")
    for raw in clients:
        try:
            raw.sendall(b"\0")
        except OSError:
            pass
    for raw in clients:
        statuses.append(answer(raw))
        raw.close()
    counts = {status.decode(): statuses.count(status) for status in set(statuses)}
    print(f"200 clients with {BODY} bytes each: {counts}, {(peak - before) >> 20} MiB more")
    assert peak - before < 64 << 20
    assert counts.get("HTTP/1.1 200 OK", 0) >= 20
    assert set(counts) <= {"HTTP/1.1 200 OK", "HTTP/1.1 503 Service Unavailable", ""}
    assert gateway.post("/in", json.dumps({"after": "the flood"}).encode()).status == 200


def test_memory_that_requests_hold_which_stand_still_goes_to_others(gateway, subscriber):
    sink = subscriber()
    gateway.route("in", verify={"type": "none"}, subscribers=[{"name": "s", "url": sink.url}])
    gateway.start()
    hoarders = [dial(gateway) for _ in range(200)]
    for place, raw in enumerate(hoarders):
        raw.sendall(head("/in", "Content-Length: 1000000") + bytes(512 << 10 if place < 50 else 17 << 10))
    # They may take 38 s; the second counts from when each last sent.
    until(lambda: gateway.post("/in", bytes(BODY)).status == 200, 15, "a large request is taken")
    assert gateway.metric("headgate_turned_away_total", reason="out-of-memory") > 0
    for raw in hoarders:
        raw.close()
