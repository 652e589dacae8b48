"""Subscribers that misbehave, each on a path of its own, as a process of its own.

Says its ports on standard output as one line of JSON; `GET /_seen` tells what came to each path and what was sent.
A behaviour is an answer to one request: `async def name(exchange)`. Those that misbehave before a request was read have
ports of their own, for no path is known by then.
"""
import asyncio
import json
import socket
import ssl
import sys
from collections import defaultdict
from pathlib import Path

from behaviours import BEHAVIOURS, HEALED, WHOLE, Exchange, Seen


class FaultServer:
    def __init__(self):
        self.seen = defaultdict(Seen)
        self.accepted = 0
        self.connections = 0
        self.servers = []  # asyncio keeps a server only while somebody does

    async def listen(self, serve, tls=None, receive=None):
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if receive:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        raw.bind(("0.0.0.0", 0))
        options = {"ssl": tls, "ssl_handshake_timeout": 5} if tls else {}
        self.servers.append(await asyncio.start_server(serve, sock=raw, backlog=1024, limit=4 << 20, **options))
        return raw.getsockname()[1]

    async def serve(self, reader, writer):
        self.connections += 1
        connection = self.connections
        try:
            while await self.one(reader, writer, connection):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            writer.close()

    async def one(self, reader, writer, connection):
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head[:-4].decode("latin-1").split("\r\n")
        path = lines[0].split(" ")[1].lstrip("/")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        await reader.readexactly(int(fields.get("content-length", 0)))
        if path == "_seen":
            text = json.dumps({
                name: {**vars(one), "connections": len(one.connections), "events": len(one.events)}
                for name, one in self.seen.items()}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
            return True
        if path == "_heal":
            HEALED.set()
            writer.write(WHOLE)
            return True
        name = path.split("/")[0]
        seen = self.seen[path]
        seen.requests += 1
        seen.connections.add(connection)
        seen.cookies += "cookie" in fields or "authorization" in fields
        seen.at.append(asyncio.get_running_loop().time())
        return await BEHAVIOURS[name](Exchange(reader, writer, seen, fields))

    # Those that need no request.

    async def mute(self, reader, writer):
        """Accepts, and neither reads nor writes: what it does not read fills up the sender's buffers."""
        writer.transport.pause_reading()
        await asyncio.sleep(3600)

    async def reset_on_accept(self, reader, writer):
        Exchange(reader, writer, None).reset()

    async def close_on_accept(self, reader, writer):
        writer.close()

    async def early_refusal(self, reader, writer):
        """Refuses before the body, and reads none of it."""
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.transport.pause_reading()
            writer.write(b"HTTP/1.1 413 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.2)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            Exchange(reader, writer, None).reset()


def context(directory, name, most=None, demand=False):
    """TLS as a server of `name`.crt speaks it."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(directory / f"{name}.crt", directory / f"{name}.key")
    if most:
        tls.set_ciphers("ALL:@SECLEVEL=0")
        tls.minimum_version = ssl.TLSVersion.TLSv1
        tls.maximum_version = most
    if demand:
        tls.verify_mode = ssl.CERT_REQUIRED
        tls.load_verify_locations(directory / "good.crt")
    return tls


async def main(directory):
    server = FaultServer()
    ports = {
        "http": await server.listen(server.serve),
        "mute": await server.listen(server.mute, receive=4096),
        "reset-on-accept": await server.listen(server.reset_on_accept),
        "close-on-accept": await server.listen(server.close_on_accept),
        "early-refusal": await server.listen(server.early_refusal, receive=4096),
    }
    if directory:
        tls = {
            "tls-good": context(directory, "good"),
            "tls-expired": context(directory, "expired"),
            "tls-self-signed": context(directory, "stranger"),
            "tls-wrong-name": context(directory, "other"),
            "tls-1.0": context(directory, "good", most=ssl.TLSVersion.TLSv1),
            "tls-1.1": context(directory, "good", most=ssl.TLSVersion.TLSv1_1),
            "tls-client-certificate": context(directory, "good", demand=True),
        }
        for name, one in tls.items():
            ports[name] = await server.listen(server.serve, tls=one)
        ports["tls-mute"] = ports["mute"]
        ports["tls-to-plain"] = ports["http"]
        ports["plain-to-tls"] = ports["tls-good"]
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
