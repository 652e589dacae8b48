"""Power cuts, rebuilt from a trace: whatever the disk kept, it kept everything that had been acknowledged."""
import itertools
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from disk import Disk
from headgate import Gateway, run
from power import Disk as Power
from power import cuts
from providers import Criptoladrillo
from storm import Accounted, bodies
from subscriber import Answer
from waiting import until

STATES = int(os.environ.get("HEADGATE_STATES", 200))
SEED = int(os.environ.get("HEADGATE_SEED", 1))
WRITER = Path(__file__).with_name("acknowledging_writer.py")


def lay_out(files, directory):
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.iterdir():
        old.unlink()
    for name, content in files.items():
        (directory / name).write_bytes(content)
        (directory / name).chmod(0o600)
    return directory / "ledger.db"


def check_by_headgate(directory, files, acknowledged, subscriber):
    """A gateway starts on what is left, and the operator's commands read it."""
    gateway = Gateway(directory)
    gateway.route("in", verify=Criptoladrillo.preset, secrets=Criptoladrillo.secrets,
                  subscribers=[{"name": "s", "url": subscriber().url}])
    lay_out(files, gateway.ledger.parent)
    gateway.start()
    try:
        listed = run("events", "list", "--ledger", gateway.ledger, "--limit", "1000000", "--json")
        assert listed.returncode == 0, listed.stderr
        assert len(listed.stdout.splitlines()) >= len(acknowledged)
        verified = run("ledger", "verify", "--ledger", gateway.ledger)
        assert verified.returncode == 0, verified.stderr
        until(lambda: gateway.metric("headgate_deliveries", state="pending") == 0, 20, "all deliveries made")
        webhook = Criptoladrillo().webhook()
        assert gateway.post("/in", webhook.body, webhook.headers).status == 200
        assert gateway.stop() == 0
    finally:
        gateway.kill()
    stored = bodies(gateway.ledger)
    assert acknowledged | {webhook.body} <= stored


def trace_of_load(gateway, disk, sink, faults=()):
    gateway.route("in", verify=Criptoladrillo.preset, secrets=Criptoladrillo.secrets,
                  retry={"schedule": ["50ms"] * 10, "jitter": 0}, subscribers=[{"name": "s", "url": sink.url}])
    gateway.start(env=disk.env)
    with Accounted(gateway, "/in", Criptoladrillo()) as load:
        for fault in faults:
            load.wait_for(40)
            failed = disk.failed
            fault(load)
            until(lambda: disk.failed > failed, 10, "the failure")
        load.wait_for(800)
        load.stop()
    until(lambda: gateway.metric("headgate_deliveries", state="pending") == 0)
    until(lambda: gateway.metric("headgate_wal_bytes") == 0, 10, "a log that was written back whole")
    with Accounted(gateway, "/in", load.source, threads=1) as second:
        second.wait_for(50)
        second.stop()
    gateway.kill()
    for port, answered in second.answered.items():
        load.answered[port] += answered  # the kernel may have given a port twice
    return disk.trace(), load.posted | second.posted, load.answered


def checked_states(trace, posted, answered, gateway, directory, subscriber):
    checkpoints = sum(record.kind == "S" and record.path == str(gateway.ledger) for record in trace)
    assert checkpoints > 2, "a trace without checkpoints proves little"
    most = 0
    for number, (place, files, acknowledged) in enumerate(
            cuts(trace, gateway.ledger.parent, STATES, SEED, answered, gateway.intake_port)):
        stored = bodies(lay_out(files, directory / "state"))
        assert acknowledged <= stored, f"cut at {place}: {len(acknowledged - stored)} acknowledged events are missing"
        assert stored <= posted, f"cut at {place}: invented events"
        most = max(most, len(acknowledged))
        if number % (STATES // 4) == STATES // 8:
            check_by_headgate(directory / f"gateway-{number}", files, acknowledged, subscriber)
    assert most > 700
    print(f"{STATES} states of {len(trace)} steps, {checkpoints} checkpoints, up to {most} acknowledged")


def test_after_a_power_cut_everything_acknowledged_is_there(gateway, traced_disk, subscriber, tmp_path):
    trace, posted, answered = trace_of_load(gateway, traced_disk, subscriber())
    checked_states(trace, posted, answered, gateway, tmp_path, subscriber)


def test_after_failed_syncs_and_a_power_cut_everything_acknowledged_is_there(
        gateway, traced_disk, subscriber, tmp_path):
    """What a failed sync left in the page cache looks written, and is not."""
    disk = traced_disk

    def when_part_of_the_log_was_written_back(load):
        # A reader lets only what is older than its snapshot be written back, and that is not synced by itself.
        load.wait_for(100)
        reader = sqlite3.connect(gateway.ledger, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchall()
        load.wait_for(400)
        reader.close()
        disk.fail(what=disk.DATABASE)

    faults = [lambda load: disk.fail(what=disk.LOG), lambda load: disk.fail(2, what=disk.DATABASE),
              lambda load: disk.fail(3, after=5), when_part_of_the_log_was_written_back] * 2
    trace, posted, answered = trace_of_load(gateway, disk, subscriber(), faults)
    assert sum(record.kind == "F" for record in trace) >= 12
    checked_states(trace, posted, answered, gateway, tmp_path, subscriber)


def outcomes(gateway, event):
    shown, = gateway.rows("events", "show", event)
    return [attempt["outcome"] for attempt in shown["deliveries"][0]["history"]]


def test_an_outcome_that_a_power_cut_took_is_unknown_and_sent_again(gateway, traced_disk, subscriber, tmp_path):
    """An outcome alone is not worth a sync: the event and its claim have one, and tell what is missing."""
    sink = subscriber(Answer(delay=0.05))
    gateway.route("in", verify=Criptoladrillo.preset, secrets=Criptoladrillo.secrets,
                  subscribers=[{"name": "s", "url": sink.url}])
    gateway.start(env=traced_disk.env)
    webhook = Criptoladrillo().webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    event = gateway.rows("events", "list")[0]["id"]
    until(lambda: outcomes(gateway, event) == ["ok"])
    gateway.kill()

    trace = traced_disk.trace()
    answer, = [place for place, record in enumerate(trace)
               if record.kind == "A" and record.offset >> 16 == gateway.intake_port]
    later = list(itertools.takewhile(lambda record: record.kind != "S", trace[answer:]))
    assert any(record.kind == "W" for record in later), "no outcome was written before the next sync"
    power = Power(gateway.ledger.parent, SEED)
    for record in trace[:answer] + later:
        if record.kind != "A":
            power.step(record)

    after = Gateway(tmp_path / "after")
    after.route("in", verify=Criptoladrillo.preset, secrets=Criptoladrillo.secrets,
                subscribers=[{"name": "s", "url": sink.url}])
    lay_out(power.at_least(), after.ledger.parent)
    after.start()
    try:
        until(lambda: outcomes(after, event) == ["unknown", "ok"])
        first, second = sink.requests
        assert (first.id, first.body) == (second.id, second.body)
        assert after.stop() == 0
    finally:
        after.kill()


@pytest.mark.parametrize("manner", ["full", "normal", "early"])
def test_the_method_tells_a_sound_writer_from_two_unsound_ones(manner, faulty_disk_library, tmp_path):
    """The control: SQLite by itself, in Python, with synchronous = FULL, with NORMAL, and acknowledged before the commit."""
    directory = tmp_path / "data"
    directory.mkdir()
    disk = Disk(faulty_disk_library, directory, tmp_path / "disk", traced=True)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        threading.Thread(target=drain, args=(server,), daemon=True).start()
        subprocess.run([sys.executable, WRITER, directory / "ledger.db", manner, str(port)],
                       env={**os.environ, **disk.env}, check=True, timeout=60)
    answered = {port: [b"%d " % number + b"x" * 2000 for number in range(200)]}
    bad = 0
    for _, files, acknowledged in cuts(disk.trace(), directory, STATES, SEED, answered):
        try:
            bad += not acknowledged <= bodies(lay_out(files, tmp_path / "state"))
        except Exception:  # not even a database
            bad += 1
    print(f"{manner}: {bad} of {STATES} states bad")
    assert (bad == 0) == (manner == "full"), f"{manner}: {bad} of {STATES} states lack acknowledged events"


def drain(server):
    connection, _ = server.accept()
    while connection.recv(1 << 16):
        pass
