"""SIGTERM drains, SIGHUP reloads, and other signals do no harm."""
import fcntl
import json
import os
import resource
import signal
import socket
import termios
import time
from pathlib import Path

import pytest

from headgate import ADMIN_TOKEN, SIGNING_SECRET
from load import Load
from providers import Criptoladrillo
from subscriber import Answer
from waiting import until

PROVIDER = Criptoladrillo()


def route(gateway, name, *sinks, **definition):
    return gateway.route(name, verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                         subscribers=[{"name": f"s{n}", "url": one.url} for n, one in enumerate(sinks)], **definition)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_drain_finishes_what_was_accepted_and_exits_0(number, gateway, subscriber):
    sink = subscriber(Answer(delay=0.3))
    route(gateway, "in", sink)
    gateway.start()
    with Load(gateway, "/in", PROVIDER) as load:
        load.wait_for(20)
        gateway.signal(number)
        assert gateway.process.wait(30) == 0
        load.stop()
    assert all(status == 503 for status, _ in load.refused)
    # What was in flight was finished: whoever has got a request sees it answered, and recorded as delivered.
    before = {one["headgate-delivery"] for one in sink.requests}
    gateway.start()
    sink.wait_for_bodies(load.acknowledged, 30)
    again = [one["headgate-delivery"] for one in sink.requests]
    assert all(again.count(id) == 1 for id in before), "sent twice although the drain was clean"


def test_a_drain_stops_accepting_and_answers_the_request_that_is_under_way(gateway, subscriber):
    sink = subscriber(Answer(delay=1))
    route(gateway, "in", sink)
    gateway.start()
    webhook, busy = PROVIDER.webhook(), PROVIDER.webhook()
    assert gateway.post("/in", busy.body, busy.headers).status == 200
    sink.wait(1)
    with socket.create_connection(("127.0.0.1", gateway.intake_port), timeout=10) as half:
        fields = "".join(f"{name}: {value}\r\n" for name, value in webhook.headers.items())
        half.sendall(f"POST /in HTTP/1.1\r\nHost: x\r\n{fields}Content-Length: {len(webhook.body)}\r\n\r\n".encode())
        half.sendall(webhook.body[:10])
        until(lambda: gateway.metric("headgate_events_total") >= 1)
        gateway.signal(signal.SIGTERM)

        def refused():
            try:
                socket.create_connection(("127.0.0.1", gateway.intake_port), timeout=1).close()
                return False
            except ConnectionResetError:
                return False  # it waited to be accepted when the listener was closed
            except ConnectionRefusedError:
                return True
        until(refused, 5, "a closed intake")
        half.sendall(webhook.body[10:])
        answer = half.recv(4096)
        assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 503")), answer
        assert b"connection: close" in answer.lower()
    assert gateway.process.wait(30) == 0


def test_a_drain_does_not_wait_for_retries_far_away(gateway, subscriber):
    sink = subscriber(500)
    route(gateway, "in", sink, retry={"schedule": ["1h"]})
    gateway.start()
    webhook = PROVIDER.webhook()
    gateway.post("/in", webhook.body, webhook.headers)
    sink.wait(1)
    assert gateway.stop(10) == 0


def test_a_reload_under_load_fails_no_request_and_serves_the_new_table(gateway, subscriber):
    first, second = subscriber(), subscriber()
    route(gateway, "in", first)
    gateway.start()
    with Load(gateway, "/in", PROVIDER) as load:
        for number in range(5):
            load.wait_for(50)
            route(gateway, f"new{number}", second)
            gateway.signal(signal.SIGHUP)
            webhook = PROVIDER.webhook()
            until(lambda: gateway.post(f"/new{number}", webhook.body, webhook.headers).status == 200, 5, "the new route")
        load.wait_for(50)
        load.stop()
    assert load.refused == [] and load.lost == 0
    first.wait_for_bodies(load.acknowledged)
    assert len(second.wait(5)) == 5
    assert first.connections < 200, "a reload must not drop kept connections"


def test_a_reload_can_change_and_remove(gateway, subscriber):
    old, new = subscriber(), subscriber()
    route(gateway, "in", old)
    gone = route(gateway, "gone", old)
    gateway.start()
    gone.unlink()
    route(gateway, "in", new)
    gateway.signal(signal.SIGHUP)
    webhook = PROVIDER.webhook()
    until(lambda: gateway.post("/gone", webhook.body, webhook.headers).status == 404, 5, "404 for the removed route")
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    assert [one.body for one in new.wait(1)] == [webhook.body]


def test_who_is_removed_is_in_no_figure_any_more(gateway, subscriber):
    sinks = subscriber(), subscriber(500)
    route(gateway, "in", *sinks)
    gateway.start()
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    until(lambda: gateway.metric("headgate_attempts_total", subscriber="s1", outcome="http") == 1)
    until(lambda: gateway.metric("headgate_attempts_total", subscriber="s0", outcome="ok") == 1)
    route(gateway, "in", sinks[0])
    gateway.signal(signal.SIGHUP)
    until(lambda: 'subscriber="s1"' not in gateway.admin("/metrics").body.decode(), what="figures without it")
    assert gateway.metric("headgate_attempts_total", subscriber="s0", outcome="ok") == 1


BROKEN = {
    "syntax": "{ path: ",
    "unknown key": '{ verify: "github", secrets: { SECRET: "x" }, subscriberz: [] }',
    "unknown preset": '{ verify: "githup", secrets: { SECRET: "x" }, subscribers: [] }',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_bad_file_keeps_the_old_table_and_says_so(text, gateway, subscriber):
    sink = subscriber()
    route(gateway, "in", sink)
    gateway.start()
    (gateway.routes / "bad.json5").write_text(text)
    gateway.signal(signal.SIGHUP)
    until(lambda: "bad.json5" in gateway.log_text(), 5, "a log line that names the file")
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    sink.wait(1)
    assert until(lambda: gateway.metric("headgate_reload_ok") == 0, 5)
    loaded = gateway.metric("headgate_reloaded_seconds")
    assert abs(time.time() - loaded) < 60, "of the start"
    (gateway.routes / "bad.json5").unlink()
    route(gateway, "later", sink)
    gateway.signal(signal.SIGHUP)
    until(lambda: gateway.post("/later", webhook.body, webhook.headers).status == 200, 5, "the repaired table")
    assert until(lambda: gateway.metric("headgate_reload_ok") == 1, 5)
    assert gateway.metric("headgate_reloaded_seconds") > loaded


def test_a_reload_says_which_secrets_it_did_not_read_again(gateway, subscriber, tmp_path):
    sink = subscriber()
    route(gateway, "in", sink)
    signing, token = tmp_path / "signing", tmp_path / "token"
    signing.write_text(SIGNING_SECRET + "\n")
    token.write_text(ADMIN_TOKEN + "\n")
    gateway.start(env={"HEADGATE_SIGNING_SECRET": f"file:{signing}", "HEADGATE_ADMIN_TOKEN": f"file:{token}"})

    def reload(count):
        gateway.signal(signal.SIGHUP)
        until(lambda: len(gateway.logged("reloaded")) == count, 5, "a reload")

    def stale():
        return [line["setting"] for line in gateway.logged("secret is not reloaded")]

    reload(1)
    signing.write_text("whsec_" + "b3RoZXItc2lnbmluZy1zZWNyZXQtb2YtMjQtYnl0ZXM=" + "\n")
    reload(2)
    assert until(stale, 5) == ["--signing-secret"], "once, and not at the first reload"
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    sink.wait(1)[0].verify(SIGNING_SECRET)
    assert "whsec_" not in gateway.log_text()


@pytest.mark.parametrize("number", [signal.SIGPIPE, signal.SIGXFSZ])
def test_a_stray_signal_does_no_harm(number, gateway, subscriber):
    sink = subscriber()
    route(gateway, "in", sink)
    gateway.start()
    gateway.signal(number)
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    sink.wait(1)[0].verify(SIGNING_SECRET)


def test_a_full_disk_stops_acknowledging_and_heals_by_itself(gateway, subscriber):
    """RLIMIT_FSIZE stands for the disk: writes beyond it fail, and raise SIGXFSZ."""
    sink = subscriber()
    route(gateway, "in", sink)
    gateway.start()
    resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, (800_000, resource.RLIM_INFINITY))
    acknowledged, statuses = [], set()

    def is_refused_and_unready():
        """Both hold for a moment at a time: it tries again and again."""
        webhook = PROVIDER.webhook(padding="x" * 2000)
        status = gateway.post("/in", webhook.body, webhook.headers).status
        statuses.add(status)
        if status == 200:
            acknowledged.append(webhook.body)
        return status == 503 and gateway.admin("/readyz").status == 503

    until(is_refused_and_unready, 30, "a refusal, and no readiness")
    assert statuses == {200, 503}, statuses
    resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    until(lambda: gateway.admin("/readyz").status == 200, 15, "readiness once there is room again")
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    sink.wait_for_bodies([*acknowledged, webhook.body])


def waiting_in(pipe):
    """Bytes."""
    count = bytearray(4)
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return int.from_bytes(count, "little")


@pytest.mark.parametrize("blocks", [True, False], ids=["a pipe", "a pipe that does not block"])
def test_a_log_that_nobody_reads_neither_spins_nor_holds_up_the_end(blocks, gateway):
    route(gateway, "in")
    ours, its = os.pipe()
    fcntl.fcntl(its, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(its, blocks)
    gateway.start(wait=False, log=its)
    os.close(its)
    said = b""
    while b"listening" not in said or not said.endswith(b"\n"):
        said += os.read(ours, 65536)
    line = next(json.loads(line) for line in said.splitlines() if b'"listening"' in line)
    gateway.intake_port = gateway._port(line["intake"])
    forged = PROVIDER.webhook().tampered()
    for _ in range(100):  # lines for several pipes
        assert gateway.post("/in", forged.body, forged.headers).status == 401
    tasks = Path(f"/proc/{gateway.process.pid}/task").iterdir()
    log = next(task for task in tasks if (task / "comm").read_text().strip() == "log")

    def states():
        return {(log / "stat").read_text().rpartition(") ")[2][0] for _ in range(50)}

    until(lambda: waiting_in(ours) > 1000 and states() == {"S"}, what="a log that sleeps until somebody reads")
    gateway.signal(signal.SIGTERM)
    assert gateway.process.wait(20) == 0
    os.close(ours)
