"""The commands, as an operator or a developer types them."""
import fcntl
import hashlib
import json
import os
import re
import signal
import socket
import struct
import subprocess
import termios

import pytest

from headgate import BINARY, REPOSITORY, SIGNING_SECRET, clean_environment, run
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
COMMANDS = [
    [], ["serve"], ["check"], ["send"], ["listen"], ["demo"], ["healthz"], ["events"], ["events", "list"],
    ["events", "show"], ["deliveries"], ["deliveries", "list"], ["deliveries", "show"], ["subscribers"],
    ["subscribers", "list"], ["subscribers", "pause"], ["subscribers", "resume"], ["events", "replay"],
    ["deliveries", "retry"], ["deliveries", "discard"], ["deliveries", "cancel"], ["deliveries", "send-now"],
    ["replays"], ["replays", "list"], ["replays", "show"], ["replays", "cancel"], ["actions"], ["actions", "list"],
    ["reconcile"], ["secrets"], ["secrets", "new"], ["providers"], ["providers", "show"], ["keys"],
    ["keys", "new"], ["events", "evidence"], ["events", "redact"], ["evidence"], ["evidence", "verify"], ["ledger"],
    ["ledger", "verify"], ["ledger", "checkpoint"], ["ledger", "export"], ["ledger", "backup"], ["ledger", "restore"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_explains_itself(command, flag, tmp_path):
    result = run(*command, flag, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "headgate" in result.stdout and result.stderr == ""
    assert max(len(line) for line in result.stdout.splitlines()) <= 100
    assert list(tmp_path.iterdir()) == [], "help changes nothing"


@pytest.mark.parametrize("arguments", [
    ["frobnicate"], ["serve", "--frobnicate"], ["check", "extra"], ["events", "frobnicate"],
    ["deliveries", "list", "--frobnicate"], ["send"], ["listen", "--port", "x"], ["events", "show"],
], ids=" ".join)
def test_what_is_not_known_is_an_error_with_advice(arguments, tmp_path):
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode not in (0, -6, -11), result
    assert "headgate" in result.stderr and "-h" in result.stderr, result.stderr
    assert result.stdout == ""


def commands_of_the_readme():
    """Every command line in its code: the words after `headgate`, and the flags."""
    text = (REPOSITORY / "README.md").read_text()
    code = re.findall(r"(?ms)^```sh\n(.*?)^```", text) + re.findall(r"`([^`\n]+)`", text)
    for line in "\n".join(code).splitlines():
        for found in re.finditer(r"(?:^|/|[`;&|] ?)headgate ((?:[a-z]+ ?)+)((?:[^#`|&;]|$)*)", line):
            yield found[1].split(), re.findall(r"--[a-z-]+", found[2])


def test_the_readme_names_only_commands_and_flags_that_exist():
    found = list(commands_of_the_readme())
    assert found
    for words, flags in found:
        result = None
        while words and (result := run(*words, "-h")).returncode != 0:
            words = words[:-1]  # what follows a command is its argument
        assert words and result.returncode == 0, found
        for flag in flags:
            assert flag in result.stdout, f"headgate {' '.join(words)} has no {flag}"


@pytest.fixture
def running(gateway, subscriber):
    gateway.sink = subscriber(500, 200)
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  retry={"schedule": ["50ms"], "jitter": 0},
                  subscribers=[{"name": "billing", "url": gateway.sink.url}])
    return gateway.start()


def delivered(gateway):
    """One event, delivered at the second attempt; its webhook and the delivery's row."""
    webhook = PROVIDER.webhook()
    assert gateway.post("/pay", webhook.body, webhook.headers).status == 200

    def row():
        rows = gateway.rows("deliveries", "list")
        return rows and rows[0]["state"] == "delivered" and rows[0]
    return webhook, until(row, 10, "a delivered delivery")


def test_events_are_listed_and_shown(running):
    webhook, _ = delivered(running)
    row, = running.rows("events", "list")
    request = running.sink.requests[0]
    assert row["id"] == request.id and row["route"] == "pay" and row["providerEventId"] == webhook.id
    shown = running.command("events", "show", row["id"])
    assert shown.returncode == 0 and row["id"] in shown.stdout and webhook.id in shown.stdout
    whole = running.rows("events", "show", row["id"])
    assert whole[0]["id"] == row["id"]


def test_deliveries_are_listed_and_shown_with_their_attempts(running):
    _, row = delivered(running)
    assert row["subscriber"] == "billing" and row["route"] == "pay" and row["attempts"] == 2
    assert row["id"] == running.sink.requests[0]["headgate-delivery"]
    table = running.command("deliveries", "list")
    assert table.returncode == 0 and row["id"] in table.stdout and "delivered" in table.stdout
    assert max(len(line) for line in table.stdout.splitlines()) <= 100
    shown = running.command("deliveries", "show", row["id"])
    assert shown.returncode == 0 and "500" in shown.stdout and "200" in shown.stdout


@pytest.mark.parametrize("words", [["events", "show", "evt_nothing"], ["deliveries", "show", "nothing"]])
def test_what_is_not_there_is_an_error(words, running):
    result = running.command(*words)
    assert result.returncode != 0 and words[-1] in result.stderr


def printed(running, *words, stdout):
    """A command whose output goes elsewhere: its status, and what it complained of."""
    environment = clean_environment(HEADGATE_ADMIN=f"127.0.0.1:{running.admin_port}", HEADGATE_ADMIN_TOKEN=running.admin_token)
    result = subprocess.run([BINARY, *words], stdout=stdout, stderr=subprocess.PIPE, env=environment, text=True, timeout=30)
    return result.returncode, result.stderr


@pytest.mark.parametrize("words", [
    "secrets new --ledger-key", "tokens new ci", "ledger checkpoint", "events list --json", "ledger export"], ids=str)
def test_output_that_was_not_written_is_no_success(words, running):
    delivered(running)
    words = words.split()
    if words[1] == "export":
        words += ["--ledger", running.ledger]
    with open("/dev/full", "wb") as full:
        status, complaint = printed(running, *words, stdout=full)
    assert status == 1 and "No space left on device" in complaint
    reader, writer = os.pipe()
    os.close(reader)
    if words[1] != "new":
        status, complaint = printed(running, *words, stdout=writer)
        assert status in (0, -signal.SIGPIPE) and complaint == "", "whoever stops to read has had enough"
    os.close(writer)


def test_output_waits_for_a_reader_that_is_slow():
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writer, False)
    process = subprocess.Popen([BINARY, "providers", "--json"], stdout=writer, env=clean_environment())
    os.close(writer)
    until(lambda: struct.unpack("i", fcntl.ioctl(reader, termios.FIONREAD, b"0000"))[0] > 3000)
    with open(reader, "rb") as output:
        assert output.read().decode() == run("providers", "--json").stdout
    assert process.wait(30) == 0


def test_send_signs_like_the_provider(running, subscriber):
    result = run("send", "pay", "--routes", running.routes, "--to", f"http://127.0.0.1:{running.intake_port}/pay")
    assert result.returncode == 0, result.stderr
    assert "200" in result.stdout
    running.sink.wait(1)[0].verify(SIGNING_SECRET)


def test_send_takes_data_headers_and_a_count(running, tmp_path):
    (tmp_path / "event.json").write_bytes(b'{"operation_id": "from-a-file"}')
    result = run("send", "pay", "--routes", running.routes, "--data", tmp_path / "event.json", "--header", "X-Mine: 1",
                 "--to", f"http://127.0.0.1:{running.intake_port}/pay")
    assert result.returncode == 0, result.stderr
    request = running.sink.wait(1)[0]
    assert request.body == b'{"operation_id": "from-a-file"}' and request["X-Mine"] == "1"
    result = run("send", "pay", "--routes", running.routes, "--count", "5",
                 "--to", f"http://127.0.0.1:{running.intake_port}/pay")
    assert result.returncode == 0, result.stderr
    assert len({one["headgate-provider-event-id"] for one in running.sink.wait(7)}) == 6


def test_send_says_when_nobody_listens(running):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        result = run("send", "pay", "--routes", running.routes, "--to", f"http://127.0.0.1:{free.getsockname()[1]}")
    assert result.returncode == 1 and "no gateway answers at" in result.stderr and "--to" in result.stderr


def test_send_with_a_bad_signature_is_refused(running):
    result = run("send", "pay", "--routes", running.routes, "--bad-signature",
                 "--to", f"http://127.0.0.1:{running.intake_port}/pay")
    assert result.returncode != 0 and "401" in result.stdout + result.stderr
    assert running.sink.requests == []


def test_listen_verifies_and_answers_as_told(gateway, tmp_path):
    with open(tmp_path / "heard", "wb") as out:
        listener = subprocess.Popen(
            [BINARY, "listen", "--port", "0", "--secret", SIGNING_SECRET, "--fail-first", "2", "--status", "202"],
            stdout=out, stderr=out, env=clean_environment())
    try:
        heard = tmp_path / "heard"
        port = until(lambda: [word for word in heard.read_text().replace("/", " ").split() if "127.0.0.1:" in word
                              or "0.0.0.0:" in word], 10, "the address that listen prints")[0].rpartition(":")[2]
        gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": ["50ms"] * 5},
                      subscribers=[{"name": "dev", "url": f"http://127.0.0.1:{int(port)}/hook"}])
        gateway.start()
        webhook = PROVIDER.webhook()
        gateway.post("/pay", webhook.body, webhook.headers)
        until(lambda: webhook.id in heard.read_text(), 10, "the event, printed")
        until(lambda: gateway.metric("headgate_attempts_total", outcome="ok") == 1)
        assert gateway.metric("headgate_attempts_total", outcome="http") == 2
        listener.send_signal(signal.SIGINT)
        assert listener.wait(10) == 0
    finally:
        listener.kill()


def test_healthz_tells_a_container_whether_all_is_well(running):
    address = f"127.0.0.1:{running.admin_port}"
    assert run("healthz", "--admin", address).returncode == 0
    assert run("healthz", env={"HEADGATE_ADMIN": address}).returncode == 0
    running.kill()
    assert run("healthz", "--admin", address).returncode == 1


def test_a_stopped_gateways_ledger_answers_the_same_questions(running):
    _, row = delivered(running)
    event, = running.rows("events", "list")
    assert running.stop() == 0
    for words, id in ((["events", "list"], event["id"]), (["events", "show", event["id"]], event["id"]),
                      (["deliveries", "list"], row["id"]), (["deliveries", "show", row["id"]], row["id"])):
        result = run(*words, "--ledger", running.ledger, "--json")
        assert result.returncode == 0, result.stderr
        assert json.loads(result.stdout)["id"] == id


def test_an_event_is_shown_with_its_bytes_and_headers(running):
    webhook, _ = delivered(running)
    event, = running.rows("events", "list")
    shown, = running.rows("events", "show", event["id"])
    assert shown["bodySha256"] == hashlib.sha256(webhook.body).hexdigest()
    assert ["Criptoladrillo-Signature", webhook.headers["Criptoladrillo-Signature"]] in shown["headers"]
    assert [one["outcome"] for one in shown["deliveries"][0]["history"]] == ["http", "ok"]


def test_rows_are_filtered_and_paged(running):
    webhooks = [PROVIDER.webhook() for _ in range(7)]
    for webhook in webhooks:
        running.post("/pay", webhook.body, webhook.headers)
    until(lambda: [row["state"] for row in running.rows("deliveries", "list")] == ["delivered"] * 7)
    ids = [row["providerEventId"] for row in running.rows("events", "list")]
    assert ids == [webhook.id for webhook in reversed(webhooks)], "newest first"
    assert len(running.rows("events", "list", "--limit", "3")) == 3
    assert running.rows("deliveries", "list", "--state", "dead") == []
    assert running.rows("events", "list", "--route", "other") == []
    assert len(running.rows("events", "list", "--since", "1h")) == 7
    assert len(running.rows("events", "list", "--since", "2026-01-01")) == 7


def test_json_lines_are_json(running):
    delivered(running)
    for words in (["events", "list"], ["deliveries", "list"], ["subscribers", "list"]):
        result = running.command(*words, "--json")
        assert result.returncode == 0, result.stderr
        for line in result.stdout.splitlines():
            assert isinstance(json.loads(line), dict)


def test_the_demonstration_shows_the_whole_way_of_every_shipped_route(tmp_path):
    """With the shipped routes, moved to free ports."""
    held = [socket.socket() for _ in range(2)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    (tmp_path / "routes").mkdir()
    names = set()
    for file in (REPOSITORY / "routes").glob("*.json5"):
        text = file.read_text()
        for port, one in zip((9001, 9002), held):
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{one.getsockname()[1]}")
        (tmp_path / "routes" / file.name).write_text(text)
        names.add(file.stem)
    for one in held:
        one.close()
    result = run("demo", "--once", "--routes", tmp_path / "routes", "--ledger", tmp_path / "demo.db",
                 "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", seconds=60, cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert len(names) >= 5
    for name in names:
        assert name in result.stdout
    assert result.stdout.count("identical") >= 2 * len(names) and "pending" not in result.stdout
