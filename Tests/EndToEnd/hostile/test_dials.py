"""Dials that come to nothing cost their own attempt, and nothing of the next one."""
import socket
import threading

from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
CONNECT_TIMEOUT = 2


class FullListener:
    """Its queue is full, so the kernel drops what knocks, until `open()`."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(0)
        self.fillers = []
        for _ in range(2):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(self.socket.getsockname())
            self.fillers.append(filler)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"

    def open(self):
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                one, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[one], daemon=True).start()

    @staticmethod
    def _answer(one):
        with one:
            try:
                while one.recv(1 << 16):
                    one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            except OSError:
                pass

    def close(self):
        for one in [*self.fillers, self.socket]:
            one.close()


def test_a_dial_that_timed_out_does_not_hold_up_the_next(gateway):
    """libcurl closes the socket of a dial that came to nothing without telling: the next socket bears its number."""
    listener = FullListener()
    try:
        gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                      retry={"schedule": ["100ms"] * 30, "jitter": 0, "connectTimeout": f"{CONNECT_TIMEOUT * 1000:.0f}ms"},
                      subscribers=[{"name": "s", "url": listener.url}])
        gateway.start()
        webhook = PROVIDER.webhook()
        assert gateway.post("/in", webhook.body, webhook.headers).status == 200
        until(lambda: len(gateway.logged("attempt")) >= 2, 20, "two dials that timed out")
        listener.open()
        *lost, last = until(lambda: gateway.logged("attempt")[-1]["outcome"] == "ok" and gateway.logged("attempt"), 20)
        assert {one["outcome"] for one in lost} == {"timeout-before-send"}
        print(f"after {len(lost)} dials that timed out, the next one took {last['took']} ms")
        assert last["took"] < CONNECT_TIMEOUT * 1000 * 0.8
    finally:
        listener.close()
