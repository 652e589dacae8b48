"""A subscriber as a process of its own, fast enough to drain a backlog: counts distinct deliveries, keeps no bodies.

`POST` is a delivery; `GET` answers with the count so far. With `--silent` a delivery is read and never answered.
"""
import asyncio
import http.client
import re
import socket
import subprocess
import sys

from headgate import _die_with_parent

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
SILENT = "--silent" in sys.argv
DELIVERY = re.compile(rb"(?i)\r\nheadgate-delivery: *([^\r]+)")


class FastSink:
    """Bound at once, so that the port refuses connections until `open()`."""

    def __init__(self, *options):
        self.options = options
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.process = None

    def open(self):
        fd = self.socket.fileno()
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(fd), *self.options], pass_fds=[fd], stdout=subprocess.PIPE,
            preexec_fn=_die_with_parent)
        assert self.process.stdout.readline() == b"ready\n"

    def count(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", "/")
        return int(connection.getresponse().read())

    def close(self):
        self.socket.close()
        if self.process:
            self.process.kill()
            self.process.wait()


class Connection(asyncio.Protocol):
    seen = set()

    def connection_made(self, transport):
        self.transport, self.waiting = transport, b""

    def data_received(self, data):
        data, answers = self.waiting + data, []
        while (end := data.find(b"\r\n\r\n")) >= 0:
            head = data[:end]
            length = LENGTH.search(head)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(data) < size:
                break
            if head.startswith(b"GET"):
                text = str(len(self.seen)).encode()
                answers.append(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
            else:
                self.seen.add(DELIVERY.search(head)[1])
                if not SILENT:
                    answers.append(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            data = data[size:]
        self.waiting = data
        if answers:
            self.transport.write(b"".join(answers))


async def main(fd):
    server = await asyncio.get_running_loop().create_server(Connection, sock=socket.socket(fileno=fd), backlog=1024)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
