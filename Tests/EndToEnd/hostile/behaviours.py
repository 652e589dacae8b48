"""What a subscriber may do wrong: an answer to one request, by name. `async def name(exchange)`."""
import asyncio
import gzip
import socket
import struct
from dataclasses import dataclass, field
from email.utils import formatdate
from time import time

OK = b"HTTP/1.1 200 OK\r\n"
WHOLE = OK + b"Content-Length: 2\r\n\r\nok"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
REFUSAL = b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"
REFUSED_IN_CHUNKS = b"HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"
BOMB = gzip.compress(bytes(10 << 20))


@dataclass
class Seen:
    """What came to one path."""
    requests: int = 0
    connections: set = field(default_factory=set)
    sent: int = 0  # bytes of endless answers
    most: int = 0  # of them, in one answer
    cookies: int = 0  # requests that brought a field back which an answer had tried to plant
    events: set = field(default_factory=set)  # ids of those that were answered with a success
    running: int = 0
    peak: int = 0  # requests at one time
    at: list = field(default_factory=list)  # arrival, monotonic as all of Linux' processes see it


class Exchange:
    """One request, read whole, and the means to misbehave about it."""

    def __init__(self, reader, writer, seen, fields=None):
        self.reader, self.writer, self.seen, self.fields = reader, writer, seen, fields

    async def send(self, *parts, pause=0.02):
        """Each part in a segment of its own."""
        for number, part in enumerate(parts):
            if number:
                await asyncio.sleep(pause)
            self.writer.write(part)
            await self.writer.drain()

    async def hang(self):
        """Until the other side gives up."""
        await self.reader.read()

    async def drip(self, text, then=b"x"):
        """A byte at a time, for ever."""
        for byte in text:
            await self.send(bytes([byte]))
            await asyncio.sleep(0.05)
        while True:
            await self.send(then)
            await asyncio.sleep(0.05)

    async def flood(self, start, again):
        """`again` without end, as fast as it is taken."""
        block, sent = again * max(1, (64 << 10) // len(again)), 0
        self.writer.write(start)
        while True:
            self.writer.write(block)
            sent += len(block)
            self.seen.sent += len(block)
            self.seen.most = max(self.seen.most, sent)
            await self.writer.drain()

    def reset(self):
        """RST instead of FIN."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def plain(*parts, end="close"):
    """These bytes, then hang up, hang, reset, or stay for another request."""
    async def behave(exchange):
        await exchange.send(*parts)
        if end == "hang":
            await exchange.hang()
        elif end == "reset":
            await asyncio.sleep(0.02)  # let the bytes arrive: an RST discards what the other side has not read
            exchange.reset()
        return end == "keep"
    return behave


def answer(status, fields="", body=b"", **options):
    head = f"HTTP/1.1 {status} X\r\n{fields}Content-Length: {len(body)}\r\n\r\n".encode()
    return plain(head + body, end="keep", **options)


def throttle(value, status=503):
    return answer(status, f"Retry-After: {value}\r\n")


def drip(text, then=b"x"):
    return lambda exchange: exchange.drip(text, then)


def flood(start, again):
    return lambda exchange: exchange.flood(start, again)


async def date_ahead(exchange):
    await exchange.send(f"HTTP/1.1 503 X\r\nRetry-After: {formatdate(time() + 3600, usegmt=True)}\r\n"
                        "Content-Length: 0\r\n\r\n".encode())
    return True


async def throttle_once(exchange):
    """The first answer asks for an hour, the next ones for nothing."""
    fields = "Retry-After: 3600\r\n" if exchange.seen.requests == 1 else ""
    await exchange.send(f"HTTP/1.1 503 X\r\n{fields}Content-Length: 0\r\n\r\n".encode())
    return True


HEALED = asyncio.Event()


async def outage(exchange):
    """Fails until it is healed, then takes its time and succeeds."""
    seen = exchange.seen
    seen.running += 1
    seen.peak = max(seen.peak, seen.running)
    try:
        await asyncio.sleep(0.005)
        if HEALED.is_set():
            seen.events.add(exchange.fields["webhook-id"])
        await exchange.send(WHOLE if HEALED.is_set() else REFUSAL)
    finally:
        seen.running -= 1
    return True


async def half_close(exchange):
    await exchange.send(WHOLE)
    exchange.writer.write_eof()
    await exchange.hang()


async def redirect_loop(exchange):
    await exchange.send(b"HTTP/1.1 302 Found\r\nLocation: /redirect-loop\r\nContent-Length: 0\r\n\r\n")
    return True


def redirect(status, location="/landing"):
    return answer(status, f"Location: {location}\r\n")


PLANTED = "Set-Cookie: planted=1; Path=/\r\nAlt-Svc: h3=\":1\"\r\nStrict-Transport-Security: max-age=999\r\n"

BEHAVIOURS = {
    # Silence, at each phase of the answer.
    "hang": plain(end="hang"),
    "hang-in-status": plain(b"HTTP/1.1 2", end="hang"),
    "hang-in-head": plain(OK + b"Content-Le", end="hang"),
    "hang-after-head": plain(OK + b"Content-Length: 10\r\n\r\n", end="hang"),
    "hang-in-body": plain(OK + b"Content-Length: 10\r\n\r\nshort", end="hang"),
    "hang-in-chunk": plain(CHUNKED + b"a\r\nshort", end="hang"),
    "hang-before-last-chunk": plain(CHUNKED + b"2\r\nok\r\n", end="hang"),
    "continue-then-hang": plain(b"HTTP/1.1 100 Continue\r\n\r\n", end="hang"),
    "no-length-then-hang": plain(OK + b"\r\nok", end="hang"),
    # A byte now and then.
    "drip-status": drip(b"HTTP/1.1 200 ", b"O"),
    "drip-head": drip(OK + b"X: ", b"y"),
    "drip-body": drip(OK + b"Content-Length: 100000\r\n\r\n"),
    "drip-chunks": drip(CHUNKED, b"1\r\nx\r\n"),
    # Without end, or nearly.
    "huge-length": flood(OK + b"Content-Length: 10000000000\r\n\r\n", b"x"),
    "huge-chunked": flood(CHUNKED, b"400\r\n" + b"x" * 1024 + b"\r\n"),
    "huge-until-close": flood(OK + b"\r\n", b"x"),
    "huge-error": flood(b"HTTP/1.1 500 X\r\nContent-Length: 10000000000\r\n\r\n", b"x"),
    "endless-fields": flood(OK, b"X-Filler: " + b"y" * 100 + b"\r\n"),
    "endless-field": flood(OK + b"X-Filler: ", b"y"),
    "endless-status-line": flood(b"HTTP/1.1 200 ", b"y"),
    "endless-interim": flood(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    "endless-continue": flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "endless-trailers": flood(CHUNKED + b"0\r\n", b"X-Filler: " + b"y" * 100 + b"\r\n"),
    "endless-chunk-extension": flood(CHUNKED + b"2;", b"y"),
    "gzip-bomb": answer(200, "Content-Encoding: gzip\r\n", BOMB),
    "gzip-transfer-bomb": plain(OK + b"Transfer-Encoding: gzip\r\n\r\n" + BOMB),
    # Connections that break.
    "close": plain(),
    "close-in-status": plain(b"HTTP/1.1 2"),
    "close-in-head": plain(OK + b"Content-Le"),
    "close-after-continue": plain(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "short-body": plain(OK + b"Content-Length: 10\r\n\r\nshort"),
    "short-chunk": plain(CHUNKED + b"a\r\nshort"),
    "no-last-chunk": plain(CHUNKED + b"2\r\nok\r\n"),
    "reset": plain(end="reset"),
    "reset-in-head": plain(OK + b"Content-Le", end="reset"),
    "reset-after-head": plain(OK + b"Content-Length: 10\r\n\r\n", end="reset"),
    "reset-in-body": plain(OK + b"Content-Length: 10\r\n\r\nshort", end="reset"),
    "reset-in-chunk": plain(CHUNKED + b"a\r\nshort", end="reset"),
    # What is no HTTP, or contradicts itself.
    "garbage": plain(bytes(range(256)) * 4),
    "ssh": plain(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "http-0.9": plain(b"<html>hello</html>"),
    "http-9.9": plain(b"HTTP/9.9 200 OK\r\n\r\n"),
    "status-abc": plain(b"HTTP/1.1 abc OK\r\n\r\n"),
    "status-99": plain(b"HTTP/1.1 99 OK\r\n\r\n"),
    "status-2000": plain(b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
    "status-000": plain(b"HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n"),
    "length-word": plain(OK + b"Content-Length: many\r\n\r\n"),
    "length-negative": plain(OK + b"Content-Length: -1\r\n\r\n"),
    "length-and-word": plain(OK + b"Content-Length: 2 or so\r\n\r\nok", end="keep"),
    "length-list": plain(OK + b"Content-Length: 2, 3\r\n\r\nok", end="keep"),
    "length-overflow": plain(OK + b"Content-Length: 99999999999999999999\r\n\r\nok"),
    "two-lengths": plain(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok", end="keep"),
    "length-then-chunks": plain(OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", end="keep"),
    "chunks-then-length": plain(OK + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", end="keep"),
    "chunked-twice": plain(OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", end="keep"),
    "transfer-unknown": plain(OK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", end="keep"),
    "bad-chunk": plain(CHUNKED + b"zz\r\nok\r\n0\r\n\r\n"),
    "chunk-overflow": plain(CHUNKED + b"fffffffffffffffff\r\nok\r\n0\r\n\r\n"),
    "chunk-too-long": plain(CHUNKED + b"1\r\nok\r\n0\r\n\r\n"),
    "nul-in-field": plain(OK + b"X-Nul: a\0b\r\nContent-Length: 2\r\n\r\nok", end="keep"),
    "field-without-colon": plain(OK + b"nonsense\r\nContent-Length: 2\r\n\r\nok", end="keep"),
    "switching": plain(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", end="hang"),
    "switching-then-ok": plain(
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + WHOLE, end="keep"),
    # Successes, some of them with more than was asked for.
    "ok": plain(WHOLE, end="keep"),
    "ok-chunked": plain(CHUNKED + b"2\r\nok\r\n0\r\n\r\n", end="keep"),
    "ok-until-close": plain(OK + b"\r\nok"),
    "ok-http-1.0": plain(b"HTTP/1.0 200 OK\r\n\r\nok"),
    "ok-closing": plain(OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nok", end="hang"),
    "ok-then-close": plain(WHOLE),
    "ok-then-reset": plain(WHOLE, end="reset"),
    "ok-half-close": half_close,
    "ok-after-interim": plain(b"HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n" + WHOLE, end="keep"),
    "ok-length-twice": plain(OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", end="keep"),
    "created": answer(201, body=b"made"),
    "no-content": plain(b"HTTP/1.1 204 X\r\n\r\n", end="keep"),
    "no-content-with-body": plain(b"HTTP/1.1 204 X\r\nContent-Length: 6\r\n\r\nbody\r\n", end="keep"),
    "no-content-body-later": plain(b"HTTP/1.1 204 X\r\n\r\n", b"body\r\n", end="keep"),
    "excess": plain(WHOLE + b"more", end="keep"),
    "excess-later": plain(WHOLE, b"more", end="keep"),
    "two-answers": plain(WHOLE + WHOLE, end="keep"),
    "two-answers-later": plain(WHOLE, WHOLE, end="keep"),
    "two-answers-no-body": plain((OK + b"Content-Length: 0\r\n\r\n") * 2, end="keep"),
    "two-answers-chunked": plain((CHUNKED + b"0\r\n\r\n") * 2, end="keep"),
    "refusal-and-answer": plain(REFUSAL + WHOLE, end="keep"),
    "refusal-and-answer-later": plain(REFUSAL, WHOLE, end="keep"),
    "chunked-refusal-and-answer": plain(REFUSED_IN_CHUNKS + WHOLE, end="keep"),
    "chunked-refusal-and-answer-later": plain(REFUSED_IN_CHUNKS, WHOLE, end="keep"),
    "not-modified-and-answer": plain(b"HTTP/1.1 304 X\r\n\r\n" + WHOLE, end="keep"),
    "planting": answer(200, PLANTED),
    # Whole answers that are no success.
    **{f"redirect-{status}": redirect(status) for status in (300, 301, 302, 303, 307, 308)},
    "redirect-loop": redirect_loop,
    "redirect-metadata": redirect(307, "http://169.254.169.254/latest/meta-data/"),
    "redirect-file": redirect(302, "file:///etc/passwd"),
    "refresh": answer(503, "Refresh: 0; url=/landing\r\n"),
    "not-modified": plain(b"HTTP/1.1 304 X\r\n\r\n", end="keep"),
    "not-modified-with-body": plain(b"HTTP/1.1 304 X\r\nContent-Length: 4\r\n\r\nbody", end="keep"),
    "unauthorized": answer(401, "WWW-Authenticate: Basic realm=x\r\nWWW-Authenticate: Negotiate\r\n"),
    "proxy-authenticate": answer(407, "Proxy-Authenticate: NTLM\r\n"),
    "gone": answer(410),
    **{f"status-{status}": answer(status) for status in (400, 404, 418, 429, 499, 500, 502, 503, 504, 599, 999)},
    "retry-after-2": throttle(2),
    "retry-after-429": throttle(3600, 429),
    "retry-after-500": throttle(3600, 500),
    "retry-after-word": throttle("soon"),
    "retry-after-negative": throttle(-5),
    "retry-after-huge": throttle(10**15),
    "retry-after-overflow": throttle("9" * 40),
    "retry-after-date": date_ahead,
    "retry-after-past": throttle("Sun, 06 Nov 1994 08:49:37 GMT"),
    "retry-after-far": throttle("Fri, 31 Dec 9999 23:59:59 GMT"),
    "retry-after-once": throttle_once,
    "outage": outage,
    "landing": plain(WHOLE, end="keep"),
}
