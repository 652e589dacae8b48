"""Subscribers that speak HTTP/2: sends share a connection, and nothing else."""
import asyncio
import ssl

import h2.config
import h2.connection
import h2.events
import pytest

from certificates import make_certificate
from waiting import until


class Sink(asyncio.Protocol):
    """Answers each request at once, but those with `slow` in their body only after `patience` others."""

    def __init__(self, of):
        self.of, self.bodies, self.answered = of, {}, 0
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))

    def connection_made(self, transport):
        self.transport = transport
        self.h2.initiate_connection()
        transport.write(self.h2.data_to_send())

    def data_received(self, data):
        for event in self.h2.receive_data(data):
            if isinstance(event, h2.events.DataReceived):
                self.bodies[event.stream_id] = self.bodies.get(event.stream_id, b"") + event.data
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                self.take(event.stream_id)
        self.transport.write(self.h2.data_to_send())

    def take(self, stream):
        if b"slow" in self.bodies.pop(stream):
            self.of.waiting.append((self, stream))
            return
        self.of.answered += 1
        self.answered += 1
        self.answer(stream)
        if self.of.answered == self.of.patience:
            for sink, waiting in self.of.waiting:
                sink.answer(waiting)

    def answer(self, stream):
        self.h2.send_headers(stream, [(":status", "200")], end_stream=True)
        self.transport.write(self.h2.data_to_send())


class Server:
    def __init__(self, loop, certificate, key, patience):
        self.patience, self.answered, self.waiting = patience, 0, []
        self.loop = loop.loop
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.set_alpn_protocols(["h2"])
        listening = self.loop.create_server(lambda: Sink(self), "127.0.0.1", 0, ssl=context)
        self.server = asyncio.run_coroutine_threadsafe(listening, self.loop).result(10)
        self.url = f"https://localhost:{self.server.sockets[0].getsockname()[1]}/"

    def close(self):
        self.loop.call_soon_threadsafe(self.server.close)


@pytest.fixture
def server(loop, tmp_path):
    certificate, key = make_certificate(tmp_path, "subscriber")
    server = Server(loop, certificate, key, patience=1500)
    server.certificate = certificate
    yield server
    server.close()


def test_a_slow_answer_is_not_ended_for_the_traffic_of_others(server, gateway):
    gateway.route("in", verify={"type": "none"}, dedup="off", retry={"schedule": ["1h"], "timeout": "120s"}, subscribers=[
        {"name": "s", "url": server.url, "tls": {"ca": f"file:{server.certificate}"}}])
    gateway.start()
    connection = gateway.connection()

    def post(body):
        connection.request("POST", "/in", body)
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 200

    post(b"first")
    until(lambda: server.answered == 1, 30, "a connection")
    post(b"slow")
    until(lambda: server.waiting, 30, "the slow one")
    for _ in range(server.patience - 1):
        post(b"fast")
    until(lambda: gateway.metric("headgate_deliveries", state="delivered") == server.patience + 1, 20, "all of them")
    (sink, _), = server.waiting
    assert sink.answered == server.patience, "it was not one connection that they shared"
    assert gateway.metric("headgate_attempts_total", outcome="too-large") == 0
