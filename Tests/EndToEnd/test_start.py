"""What stops a start, what only closes a route, and how both are said."""
import json
import socket

import pytest

from headgate import SIGNING_SECRET, run
from load import Load
from providers import Criptoladrillo
from subscriber import Answer

PROVIDER = Criptoladrillo()


def route(gateway, name="in", **changes):
    definition = {"verify": PROVIDER.preset, "secrets": PROVIDER.secrets,
                  "subscribers": [{"name": "s", "url": "http://127.0.0.1:9/x"}]}
    return gateway.route(name, **{**definition, **changes})


def check(gateway, env=None):
    return run("check", "--routes", gateway.routes, env={"HEADGATE_SIGNING_SECRET": SIGNING_SECRET, **(env or {})})


def test_a_second_process_on_the_ledger_refuses_to_start(gateway):
    route(gateway)
    gateway.start()
    result = gateway.run_serve()
    assert result.returncode != 0
    assert "locked by another process" in result.stderr and str(gateway.ledger) in result.stderr
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200


@pytest.mark.parametrize("flag", ["--listen", "--admin"])
def test_a_start_that_a_taken_port_ends_has_claimed_nothing(flag, gateway, subscriber):
    receiver = subscriber(Answer(delay=60))
    route(gateway, subscribers=[{"name": "s", "url": receiver.url}])
    gateway.start()
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    receiver.wait(1)
    gateway.kill()
    with socket.create_server(("127.0.0.1", 0)) as other:
        for _ in range(3):
            result = gateway.run_serve(flag, f"127.0.0.1:{other.getsockname()[1]}")
            assert result.returncode == 1 and "cannot listen" in result.stderr
    listed = run("deliveries", "list", "--ledger", gateway.ledger, "--json").stdout.splitlines()
    assert [json.loads(row)["attempts"] for row in listed] == [0], "a send for each start that never sent"


@pytest.mark.parametrize("env", [{}, {"A_SECRET": ""}], ids=["missing", "empty"])
def test_a_missing_secret_closes_its_route_and_only_that(env, gateway):
    route(gateway, "open")
    route(gateway, "closed", secrets={"SECRET": "env:A_SECRET"})
    gateway.start(env=env, wait=False)
    gateway.wait_until_listening()
    webhook = PROVIDER.webhook()
    assert gateway.post("/open", webhook.body, webhook.headers).status == 200
    reply = gateway.post("/closed", webhook.body, webhook.headers)
    assert reply.status == 503 and b"A_SECRET" not in reply.body
    unsigned = gateway.post("/closed", b"{}", {"Content-Type": "application/json"})
    assert unsigned.status == 503
    assert "A_SECRET" in gateway.log_text()
    ready = gateway.admin("/readyz")
    assert b"closed" in ready.body, "readyz tells which route is not served"
    checked = check(gateway, env)
    assert checked.returncode == 1 and "closed.json5" in checked.stdout + checked.stderr


def test_the_name_of_a_variable_is_no_secret(gateway):
    route(gateway, secrets={"SECRET": "CRIPTOLADRILLO_SECRET"})
    gateway.start(wait=False)
    gateway.wait_until_listening()
    guess = Criptoladrillo()
    guess.secrets = {"SECRET": "CRIPTOLADRILLO_SECRET"}
    webhook = guess.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 503
    checked = check(gateway)
    assert checked.returncode == 1
    assert "secrets.SECRET: this is the name of a variable, not a secret; write \"env:\" before it" in checked.stdout


def test_a_secret_from_a_file_and_a_list_of_live_ones(gateway, tmp_path):
    (tmp_path / "secret").write_text(PROVIDER.secrets["SECRET"] + "\n")
    route(gateway, secrets={"SECRET": ["env:OLD_ONE", f"file:{tmp_path / 'secret'}"]})
    gateway.start(env={"OLD_ONE": "the one before"})
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200


WRONG_FLAGS = [
    ["--no-such-flag"], ["--listen", "nonsense"], ["--listen", "127.0.0.1:99999"], ["--routes", "/no/such/directory"],
    ["--signing-secret", "whsec_c2hvcnQ="], ["--signing-secret", "not-a-secret"], ["--log-format", "xml"],
    ["--admin-token", "file:/no/such/file"], ["--trusted-proxy", "10.0.0.0/99"], ["--tls-cert", "/no/such/file"],
]


@pytest.mark.parametrize("flags", WRONG_FLAGS, ids=" ".join)
def test_a_wrong_flag_stops_the_start_with_a_diagnostic(flags, gateway):
    route(gateway)
    result = gateway.run_serve(*flags)
    assert result.returncode not in (0, -6, -11, -4, -5), result
    assert flags[0] in result.stderr, result.stderr
    assert "Fatal error" not in result.stderr
    assert len(result.stderr.strip().splitlines()) <= 5, result.stderr


WRONG_ROUTES = {
    "unknown key": ({"subscriberz": []}, "subscriberz"),
    "unknown preset": ({"verify": "githup"}, "githup"),
    "unknown key of a subscriber": ({"subscribers": [{"name": "a", "url": "http://h/", "ulr": "x"}]}, "ulr"),
    "bad url": ({"subscribers": [{"name": "a", "url": "ftp://host/"}]}, "subscribers[0].url"),
    "bad duration": ({"retry": {"schedule": ["5 parsecs"]}}, "retry.schedule[0]"),
    "bad size": ({"maxBody": "1TiB"}, "maxBody"),
    "two subscribers of one name": (
        {"subscribers": [{"name": "a", "url": "http://h/1"}, {"name": "a", "url": "http://h/2"}]}, "subscribers[1]"),
    "bad network": ({"allow": ["10.0.0.0/33"]}, "allow[0]"),
}


@pytest.mark.parametrize("changes, place", WRONG_ROUTES.values(), ids=WRONG_ROUTES)
def test_a_wrong_route_file_stops_the_start_and_check_says_where(changes, place, gateway):
    route(gateway, "wrong", **changes)
    started, checked = gateway.run_serve(), check(gateway)
    for result in (started, checked):
        said = result.stdout + result.stderr
        assert result.returncode == 1, said
        assert "wrong.json5" in said and place in said, said


def test_a_syntax_error_is_told_with_its_line(gateway):
    (gateway.routes / "broken.json5").write_text('{\n  path: "/x",\n  verify "github",\n}\n')
    result = check(gateway)
    said = result.stdout + result.stderr
    assert result.returncode == 1 and "broken.json5" in said and "3" in said


def test_check_accepts_a_good_table_and_warns_of_a_literal_secret(gateway):
    route(gateway)
    result = check(gateway)
    assert result.returncode == 0, result.stderr
    said = result.stdout + result.stderr
    assert "secrets" in said and PROVIDER.secrets["SECRET"] not in said


def test_the_environment_gives_what_flags_do_not(gateway):
    route(gateway)
    env = {"HEADGATE_LISTEN": "127.0.0.1:0", "HEADGATE_LOG_FORMAT": "json"}
    gateway.start("--log-level", "info", env=env)
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    assert json.loads(gateway.log_text().splitlines()[0])["level"]


def test_what_comes_while_it_starts_is_delivered(gateway, subscriber):
    """And what comes after: more than the lane holds in memory, so that the rest has to be told of."""
    receiver = subscriber()
    route(gateway, subscribers=[{"name": "s", "url": receiver.url, "concurrency": 1}])
    gateway.start().stop()
    for _ in range(5):
        with Load(gateway, "/in", PROVIDER, threads=8) as load:
            gateway.start("--listen", f"127.0.0.1:{gateway.intake_port}")
            load.wait_for(1000)
        receiver.wait_for_bodies(load.acknowledged)
        gateway.stop()
