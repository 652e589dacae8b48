"""The admin listener: what monitoring relies on, and who gets in."""
import re

import pytest

from headgate import ADMIN_TOKEN
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
METRICS = [
    "headgate_events_total", "headgate_attempts_total", "headgate_deliveries", "headgate_ack_seconds",
    "headgate_attempt_seconds", "headgate_commit_seconds", "headgate_commit_events", "headgate_oldest_due_seconds",
    "headgate_ledger_bytes", "headgate_wal_bytes", "headgate_build_info",
]


@pytest.fixture
def running(gateway, subscriber):
    gateway.sink = subscriber()
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "s", "url": gateway.sink.url}])
    return gateway.start()


def test_health_readiness_and_metrics_need_no_token(running):
    for path in ("/healthz", "/readyz", "/metrics"):
        assert running.admin(path).status == 200, path
    assert running.admin("/metrics")["Content-Type"].startswith("text/plain; version=0.0.4")


@pytest.mark.parametrize("token", [None, "", "wrong", ADMIN_TOKEN[:-1], ADMIN_TOKEN + "x"])
def test_everything_else_needs_the_token(token, running):
    for path in ("/v1/events", "/v1/deliveries", "/v1/subscribers", "/v1/events/evt_38fxxensm0000", "/no/such/path"):
        assert running.admin(path, token=token).status == 401, path
    for path in ("/v1/events", "/v1/deliveries", "/v1/subscribers"):
        assert running.admin(path, token=ADMIN_TOKEN).status == 200, path


def test_without_a_token_the_api_is_closed_to_everybody(gateway, subscriber):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "s", "url": subscriber().url}])
    gateway.admin_token = None
    gateway.start()
    for token in (None, "", "null", "nil", ADMIN_TOKEN):
        assert gateway.admin("/v1/events", token=token).status in (401, 403)
    assert gateway.admin("/healthz").status == 200


def test_an_empty_token_stops_the_start(gateway):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[])
    result = gateway.run_serve("--admin-token", "env:EMPTY", env={"EMPTY": ""})
    assert result.returncode != 0 and "EMPTY" in result.stderr


@pytest.mark.parametrize("name", METRICS)
def test_a_dashboard_finds_the_metric(name, running):
    webhook = PROVIDER.webhook()
    running.post("/in", webhook.body, webhook.headers)
    running.sink.wait(1)
    until(lambda: re.search(rf"(?m)^# TYPE {name} (counter|gauge|histogram)$", running.admin("/metrics").body.decode()))
    text = running.admin("/metrics").body.decode()
    assert re.search(rf"(?m)^{name}(_bucket|_count)?(\{{.*\}})? [0-9.e+-]+$", text), name


def test_metrics_count_what_happened(running):
    good, bad = PROVIDER.webhook(), PROVIDER.webhook().tampered()
    running.post("/in", good.body, good.headers)
    running.post("/in", bad.body, bad.headers)
    running.sink.wait(1)
    until(lambda: running.metric("headgate_attempts_total", route="in", subscriber="s", outcome="ok") == 1)
    until(lambda: running.metric("headgate_deliveries", subscriber="s", state="delivered") == 1)
    assert running.metric("headgate_events_total", route="in") == 2
    assert running.metric("headgate_ack_seconds_count") >= 1
    assert running.metric("headgate_ledger_bytes") > 0


def test_metrics_text_is_well_formed(running):
    webhook = PROVIDER.webhook()
    running.post("/in", webhook.body, webhook.headers)
    running.sink.wait(1)
    label = r'[a-z_]+="([^"\\\n]|\\.)*"'
    sample = re.compile(rf'[a-z_]+(\{{({label}(,{label})*)?\}})? (\+Inf|NaN|[0-9.e+-]+)')
    for line in running.admin("/metrics").body.decode().splitlines():
        assert line.startswith("# ") or sample.fullmatch(line), line
