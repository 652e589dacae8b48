"""Subscribers: real HTTP servers on loopback that keep what they got, byte for byte, and answer as told."""
import asyncio
import socket
import threading
import time
from dataclasses import dataclass, field

from standardwebhooks.webhooks import Webhook

from waiting import TooLate


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    fields: tuple[tuple[str, str], ...]  # as received: order, case and repeats kept
    body: bytes
    at: float  # time.monotonic()
    connection: int

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def __getitem__(self, name):
        values = self.all(name)
        assert len(values) == 1, f"{name} came {len(values)} times: {self.fields}"
        return values[0]

    @property
    def id(self):
        return self["webhook-id"]

    def verify(self, secret):
        """By the public library of Standard Webhooks."""
        Webhook(secret).verify(self.body, {key.lower(): value for key, value in self.fields})


@dataclass(frozen=True)
class Answer:
    status: int = 200
    fields: dict = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    close: bool = False  # hang up: after the body if there is one, else instead of answering
    never: bool = False  # keep the connection open and say nothing
    raw: bytes | None = None  # these bytes and no others, then hang up, unless:
    then: bytes = b""  # more of them, in a segment of its own
    endless: bool = False  # the end of them again and again
    keep: bool = False  # the connection stays open for another request


class Loop:
    """One thread with an event loop for all subscribers of a test run."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    def stop(self):
        async def cancel_all():
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self.run(cancel_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


class Subscriber:
    """`answers` are given one after the other, the last one for ever; a status stands for a plain answer with it.

    Bound from the start, so its address is known and nobody else gets it; refuses connections until `open()`.
    """

    def __init__(self, loop, *answers, path="/hook", tls=None):
        self.loop, self.tls = loop, tls  # tls: an ssl.SSLContext
        self.answers = [Answer(status=one) if isinstance(one, int) else one for one in answers or (200,)]
        self.requests = []
        self.changed = threading.Condition()
        self.connections = 0
        self.sent = 0  # bytes that nobody waits for
        self.server = None
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}{path}"

    def open(self):
        async def start():
            return await asyncio.start_server(
                self._serve, sock=self.socket, backlog=1024, limit=1 << 20, ssl=self.tls)

        self.server = self.loop.run(start())
        return self

    def close(self):
        if self.server:
            self.loop.loop.call_soon_threadsafe(self.server.close)
        else:
            self.socket.close()

    def wait(self, count, seconds=10.0):
        """At least `count` requests, all of them so far."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.requests) >= count, seconds):
                raise TooLate(f"{len(self.requests)} of {count} requests at {self.url} within {seconds} s")
            return list(self.requests)

    def wait_for_bodies(self, bodies, seconds=10.0):
        """Until each of `bodies` has come at least once."""
        wanted = set(bodies)
        with self.changed:
            if not self.changed.wait_for(lambda: wanted <= {one.body for one in self.requests}, seconds):
                missing = wanted - {one.body for one in self.requests}
                raise TooLate(f"{len(missing)} of {len(wanted)} bodies missing at {self.url}: {sorted(missing)[:3]}")
            return list(self.requests)

    async def _serve(self, reader, writer):
        self.connections += 1
        connection = self.connections
        try:
            while request := await self._read(reader, connection):
                with self.changed:
                    number = len(self.requests)
                    self.requests.append(request)
                    self.changed.notify_all()
                answer = self.answers[min(number, len(self.answers) - 1)]
                if answer.delay:
                    await asyncio.sleep(answer.delay)
                if answer.never:
                    await reader.read()
                    return
                if answer.raw is not None:
                    await self._send_raw(answer, writer)
                    if answer.keep:
                        continue
                    return
                if answer.body or not answer.close:
                    writer.write(self._encode(answer))
                    await writer.drain()
                if answer.close:
                    return
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _send_raw(self, answer, writer):
        writer.write(answer.raw)
        await writer.drain()
        if answer.then:
            await asyncio.sleep(0.02)  # apart enough to be two segments
            writer.write(answer.then)
            self.sent += len(answer.then)
        while answer.endless:
            writer.write(answer.raw[-1024:] * 64)
            self.sent += len(answer.raw[-1024:]) * 64
            await writer.drain()

    @staticmethod
    async def _read(reader, connection):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as end:
            if end.partial:
                raise
            return None
        lines = head[:-4].decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        fields = tuple((name, value.strip(" \t")) for name, value in (line.split(":", 1) for line in lines[1:]))
        length = next((int(value) for name, value in fields if name.lower() == "content-length"), 0)
        body = await reader.readexactly(length)
        return Request(method, target, fields, body, time.monotonic(), connection)

    @staticmethod
    def _encode(answer):
        fields = {"Content-Length": str(len(answer.body)), **answer.fields}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"HTTP/1.1 {answer.status} Status\r\n{head}\r\n".encode() + answer.body
