"""Kept connections that die under a request: libcurl would quietly send it again. Every request that a subscriber's
server read is an attempt in the ledger, and no attempt is two requests."""
import collections
import re
import socket
import sqlite3
import struct
import threading

import pytest

from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
EVENTS = 60
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class DyingServer:
    """Answers the first request of each connection. The second one dies, in one of several ways."""

    def __init__(self, death):
        self.death, self.seen, self.answered, self.deaths = death, [], set(), 0
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            if not (name := self._read(connection)):
                return
            self.answered.add(name)
            connection.sendall(OK)
            if self.death == "right after the answer":
                self.deaths += 1
                return
            if self.death == "on its first bytes":
                connection.recv(1, socket.MSG_PEEK)
            elif self.death == "after its head":
                self._read(connection, body=False)
            elif not self._read(connection):
                return
            self.deaths += 1
            if self.death == "with a reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if self.death == "after half an answer":
                connection.sendall(b"HTTP/1.1 2")

    def _read(self, connection, body=True):
        """Notes each request whose head came."""
        data = b""
        while b"\r\n\r\n" not in data:
            try:
                more = connection.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                return None
            data += more
        head, _, rest = data.partition(b"\r\n\r\n")
        name = (re.search(rb"(?i)headgate-delivery: (\S+)", head)[1].decode(),
                int(re.search(rb"(?i)headgate-attempt: (\d+)", head)[1]))
        self.seen.append(name)
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        while body and len(rest) < length:
            more = connection.recv(65536)
            if not more:
                return None
            rest += more
        return name

    def close(self):
        self.socket.close()


class FailedOver(DyingServer):
    """Holds its first requests until there are `kept` of them, each on a connection of its own. Once it failed over, nobody
    knows these connections any more, and each is reset when something comes on it. New ones are served."""

    def __init__(self, kept):
        self.kept, self.all_there, self.is_over = kept, threading.Event(), False
        super().__init__("with a reset")

    def _serve(self, connection):
        is_old = not self.is_over
        with connection:
            while name := self._read(connection):
                if is_old and self.is_over:
                    self.deaths += 1
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                self.answered.add(name)
                if len(self.answered) >= self.kept:
                    self.all_there.set()
                if is_old:
                    self.all_there.wait()
                connection.sendall(OK)


class Resetting(DyingServer):
    """Resets every connection once it read a request."""

    def _serve(self, connection):
        with connection:
            self._read(connection)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.fixture
def dying():
    made = []

    def make(death, kind=DyingServer):
        made.append(kind(death))
        return made[-1]

    yield make
    for one in made:
        one.close()


def attempts(gateway):
    """(delivery, number) -> outcome, as the ledger's file has it."""
    with sqlite3.connect(f"file:{gateway.ledger}?mode=ro", uri=True) as database:
        return database.execute("SELECT event, ordinal, number, outcome FROM attempts").fetchall()


def start(gateway, server, wait):
    begin(gateway, server, [wait] * 60, concurrency=4)
    accept(gateway, EVENTS)


def begin(gateway, server, schedule, **settings):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": schedule, "jitter": 0},
                  subscribers=[{"name": "s", "url": server.url, **settings}])
    gateway.start()


def accept(gateway, count):
    connection = gateway.connection()
    for _ in range(count):
        webhook = PROVIDER.webhook(padding="x" * 3000)
        connection.request("POST", "/in", webhook.body, webhook.headers)
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 200


def test_a_connection_that_had_ended_by_itself_costs_no_wait(gateway, dying):
    """Some send is on its way already when the end is noticed: its next attempt is due at once."""
    start(gateway, dying("right after the answer"), "1h")
    until(lambda: gateway.metric("headgate_deliveries", state="delivered") == EVENTS, 30, "every delivery, soon")


DEATHS = ["right after the answer", "on its first bytes", "after its head", "when it is read", "with a reset",
          "after half an answer"]


@pytest.mark.parametrize("death", DEATHS)
def test_every_request_is_an_attempt_with_a_row(death, gateway, dying):
    server = dying(death)
    start(gateway, server, "20ms")
    until(lambda: gateway.metric("headgate_deliveries", state="delivered") == EVENTS, 60, "every delivery")
    seen, rows = collections.Counter(server.seen), attempts(gateway)
    print(f"{sum(seen.values())} requests read, {len(rows)} attempts, {server.deaths} connections died "
          f"({len(server.answered)} of them answered)")
    again = {name: count for name, count in seen.items() if count > 1}
    assert not again, f"{len(again)} requests were sent again without a row"
    assert len(rows) >= sum(seen.values())
    numbers = collections.Counter(name for name, _ in seen)
    listed = {row["id"]: row["attempts"] for row in gateway.rows("deliveries", "list", "--limit", "1000")}
    assert all(count <= listed[name] for name, count in numbers.items())
    assert server.deaths > 0


def fail_over(gateway, server):
    accept(gateway, server.kept)
    until(lambda: gateway.metric("headgate_deliveries", state="delivered") == server.kept, 30, "the first deliveries")
    server.is_over = True


def outcomes(gateway):
    """Of each delivery, in order."""
    found = collections.defaultdict(list)
    for row in sorted(attempts(gateway)):
        found[row[:2]].append(row[3])
    return list(found.values())


DELIVERED, RESET = 0, 7  # as the ledger's file has outcomes


@pytest.mark.parametrize("schedule", [["1h"] * 3, ["1h"], []], ids=["three waits", "one wait", "no wait"])
def test_dead_connections_use_no_step_of_the_schedule(schedule, gateway, dying):
    """A peer that lost its state lost it for all connections that are kept: the next attempt is on a new one."""
    server = dying(24, FailedOver)
    begin(gateway, server, schedule)
    fail_over(gateway, server)
    accept(gateway, 1)
    until(lambda: gateway.metric("headgate_deliveries", state="delivered") == server.kept + 1, 30, "the one after")
    assert sorted(outcomes(gateway)) == sorted([[DELIVERED]] * server.kept + [[RESET, DELIVERED]])


def test_a_burst_onto_dead_connections_is_no_failure_of_the_subscriber(gateway, dying):
    server = dying(32, FailedOver)
    begin(gateway, server, ["1h"])
    fail_over(gateway, server)
    accept(gateway, EVENTS)
    until(lambda: gateway.metric("headgate_deliveries", state="delivered") == server.kept + EVENTS, 30, "the burst")
    assert server.deaths > 0
    assert all(found in ([DELIVERED], [RESET, DELIVERED]) for found in outcomes(gateway))
    assert gateway.metric("headgate_alarms_total") == 0


def test_a_subscriber_that_resets_every_connection_goes_through_its_schedule(gateway, dying):
    server = dying(None, Resetting)
    begin(gateway, server, ["20ms", "20ms"])
    accept(gateway, 1)
    until(lambda: gateway.metric("headgate_deliveries", state="dead") == 1, 30, "its death")
    assert outcomes(gateway) == [[RESET] * 3]
