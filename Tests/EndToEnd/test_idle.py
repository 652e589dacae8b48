"""A gateway with nothing to do does nothing."""
import os
import re
import socket
import threading
import time

import pytest

from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@pytest.fixture
def hasty():
    """A subscriber that answers when it has the head, and then reads the body at its leisure."""
    listener = socket.create_server(("127.0.0.1", 0))
    taken = threading.Event()

    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(30)
            received = b""
            while b"\r\n\r\n" not in received:
                received += connection.recv(4096)
            head, _, body = received.partition(b"\r\n\r\n")
            left = int(re.search(rb"(?i)content-length: (\d+)", head)[1]) - len(body)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            while left > 0:
                left -= len(connection.recv(65536))
            taken.set()
            connection.recv(1)  # until the gateway hangs up

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/", taken
    listener.close()


def test_a_connection_at_rest_costs_nothing_after_its_last_transfer_waited_for_room_to_send(gateway, hasty):
    """libcurl waited for room to send; whoever goes on waiting for it is woken without end."""
    url, taken = hasty
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, maxBody="8MiB",
                  subscribers=[{"name": "s", "url": url}])
    gateway.start()
    webhook = PROVIDER.webhook(note="x" * (6 << 20))
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    assert taken.wait(20)
    until(lambda: gateway.metric("headgate_attempts_total", outcome="ok") == 1, what="its end")
    assert share_of_core(gateway) < 0.5


def test_a_subscriber_that_stays_down_costs_nothing_between_its_probes(gateway, subscriber):
    """Its breaker has rested, and nothing is due: the loop was woken without end until something was."""
    sink = subscriber(503)
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[
        {"name": "s", "url": sink.url, "concurrency": 30, "retry": {"schedule": ["1h"]}}])
    gateway.start()
    for _ in range(30):
        webhook = PROVIDER.webhook()
        assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    until(lambda: gateway.metric("headgate_attempts_total", outcome="http") >= 20, what="enough failures")
    assert share_of_core(gateway) < 0.5


def share_of_core(gateway):
    before, start = cpu_seconds(gateway.process.pid), time.monotonic()
    time.sleep(3)  # the figure is a rate over this time
    return (cpu_seconds(gateway.process.pid) - before) / (time.monotonic() - start)
