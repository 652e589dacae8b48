"""Alarms: what an operator should look at comes to the URL of their choice, signed, in the log, and as a figure."""
import ssl
from datetime import datetime, timedelta, timezone

import pytest
from standardwebhooks.webhooks import Webhook as StandardWebhook

from certificates import make_certificate
from headgate import SIGNING_SECRET
from providers import Criptoladrillo
from subscriber import Answer
from waiting import until

PROVIDER = Criptoladrillo()


@pytest.fixture
def relay(gateway, subscriber):
    """A route with one subscriber of that answer; `alarms` listens at the alarm URL."""
    gateway.alarms = subscriber(200)

    def start(sink, *flags, **options):
        options = {"retry": {"schedule": []}, **options}
        gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                      subscribers=[{"name": "s", "url": sink.url, **options}])
        gateway.sink = sink
        return gateway.start("--alarm-url", gateway.alarms.url, *flags)

    return start


def accept(gateway, count=1):
    for _ in range(count):
        webhook = PROVIDER.webhook()
        assert gateway.post("/in", webhook.body, webhook.headers).status == 200


def alarms(gateway, kind):
    """Those of a kind that came, verified as a receiver would."""
    found = []
    for request in list(gateway.alarms.requests):
        headers = {name.lower(): value for name, value in request.fields}
        alarm = StandardWebhook(SIGNING_SECRET).verify(request.body, headers)
        assert alarm["type"] == "headgate." + alarm["data"]["kind"] and alarm["timestamp"].endswith("Z")
        if alarm["data"]["kind"] == kind:
            found.append({**alarm["data"], "id": headers["webhook-id"]})
    return found


def wait_for(gateway, kind, seconds=20):
    return until(lambda: alarms(gateway, kind), seconds, f"an alarm {kind}")


def rung(gateway, kind):
    return gateway.metric("headgate_alarms_total", kind=kind)


def test_dead_deliveries_ring_once_for_many(relay, subscriber):
    gateway = relay(subscriber(500))
    accept(gateway, 5)
    alarm, = wait_for(gateway, "delivery-dead")
    assert alarm["subject"] == "in/s" and "dlv_" in alarm["detail"] and "http 500" in alarm["detail"]
    until(lambda: rung(gateway, "delivery-dead") == 5)
    assert len(alarms(gateway, "delivery-dead")) == 1
    lines = [line for line in until(lambda: gateway.logged("alarm")) if line["kind"] == "delivery-dead"]
    assert len(lines) == 1 and lines[0]["subject"] == "in/s"


def test_a_receiver_that_answers_at_length_is_told_once_and_costs_no_memory(gateway, relay, subscriber):
    gateway.alarms = subscriber(Answer(200, body=bytes(96 << 20)))
    relay(subscriber(500))
    before = gateway.memory()
    accept(gateway)
    until(lambda: gateway.metric("headgate_alarm_sends_total", result="ok") == 1, 20)
    assert len(wait_for(gateway, "delivery-dead")) == 1
    assert gateway.memory("VmHWM") - before < 32 << 20


def test_a_subscriber_that_410_stopped_rings_and_shows_as_held_at_once(relay, subscriber):
    gateway = relay(subscriber(410, 200))
    accept(gateway)
    assert "410" in wait_for(gateway, "subscriber-stopped")[0]["detail"]
    accept(gateway, 2)
    until(lambda: gateway.metric("headgate_deliveries", subscriber="s", state="held") == 2)
    assert gateway.metric("headgate_deliveries", subscriber="s", state="pending") == 0
    assert gateway.command("subscribers", "resume", "in/s").returncode == 0
    until(lambda: gateway.metric("headgate_deliveries", subscriber="s", state="delivered") == 2)
    assert gateway.metric("headgate_deliveries", subscriber="s", state="held") == 0


def test_an_open_breaker_rings(relay, subscriber):
    gateway = relay(subscriber(503), retry={"schedule": ["1h"]})
    accept(gateway, 25)
    alarm, = wait_for(gateway, "breaker-open")
    assert alarm["subject"] == "in/s" and "http 503" in alarm["detail"]


def test_a_subscriber_that_fails_for_long_rings_and_is_stopped_and_its_deliveries_wait(relay, subscriber):
    gateway = relay(
        subscriber(500), "--alarm-failing", "100ms", "--stop-failing", "1s", retry={"schedule": ["200ms"] * 60})
    accept(gateway)
    assert "no success" in wait_for(gateway, "subscriber-failing")[0]["detail"]
    assert "no attempt succeeded" in wait_for(gateway, "subscriber-stopped")[0]["detail"]
    row, = until(lambda: [row for row in gateway.rows("subscribers", "list") if row["paused"]])
    assert "no attempt succeeded" in row["paused"] and row["deliveryCounts"]["held"] == 1
    action, = gateway.rows("actions", "list", "--action", "pause")
    assert action["actor"] == "headgate" and action["target"] == "in/s"
    gateway.sink.answers = [Answer(status=200)]
    assert gateway.command("subscribers", "resume", "in/s").returncode == 0
    until(lambda: gateway.metric("headgate_deliveries", subscriber="s", state="delivered") == 1, 20)


def test_a_certificate_that_ends_soon_rings_without_a_send(relay, subscriber, tmp_path):
    certificate, key = make_certificate(tmp_path, "billing")  # for two days
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    gateway = relay(subscriber(200, tls=context), tls={"ca": f"file:{certificate}"})
    alarm, = wait_for(gateway, "certificate-expiring")
    assert alarm["subject"] == "in/s" and "hours" in alarm["detail"]
    assert gateway.sink.requests == []


def test_a_disk_that_fills_up_rings(relay, subscriber):
    gateway = relay(subscriber(200), "--alarm-disk", "1000000GiB")
    assert "MiB are free" in wait_for(gateway, "disk-low")[0]["detail"]


def test_requests_that_come_late_ring_before_they_are_lost(gateway, subscriber, relay):
    secret = "whsec_" + "cHJvdmlkZXItc2VjcmV0LWZvci10aGUtdGVzdHMhIQ=="
    gateway.route("std", verify="standard-webhooks", secrets={"SECRET": secret}, subscribers=[])
    relay(subscriber(200))
    late = datetime.now(timezone.utc) - timedelta(seconds=270)
    for number in range(10):
        body, id = b'{"type":"a"}', f"msg_{number}"
        headers = {
            "webhook-id": id, "webhook-timestamp": str(int(late.timestamp())),
            "webhook-signature": StandardWebhook(secret).sign(id, late, body.decode())}
        assert gateway.post("/std", body, headers).status == 200
    alarm, = wait_for(gateway, "clock-skew")
    assert alarm["subject"] == "std"


def test_an_alarm_that_cannot_be_sent_comes_later_and_rings_nothing(gateway, subscriber, relay):
    gateway.alarms = subscriber(500, 302, 200)
    relay(subscriber(500))
    accept(gateway)
    requests = gateway.alarms.wait(3, 30)
    assert len({request["webhook-id"] for request in requests}) == 1, "the same alarm"
    until(lambda: gateway.metric("headgate_alarm_sends_total", result="ok") == 1)
    assert gateway.metric("headgate_alarm_sends_total", result="failed") == 2
    assert gateway.metric("headgate_alarms_total") == 1, "an alarm's own trouble is no alarm"


@pytest.mark.parametrize("flags, env, words", [
    (["--alarm-url", "http://127.0.0.1:9/"], {"HEADGATE_SIGNING_SECRET": ""}, "signing secret"),
    (["--alarm-url", "ftp://127.0.0.1/"], {}, "--alarm-url"), (["--alarm-failing", "soon"], {}, "--alarm-failing"),
    (["--stop-failing", "0s"], {}, "--stop-failing"), (["--alarm-disk", "much"], {}, "--alarm-disk"),
])
def test_settings_that_make_no_sense_stop_the_start(flags, env, words, gateway):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[])
    result = gateway.run_serve(*flags, env=env)
    assert result.returncode != 0 and words in result.stderr
