"""Finding one event among many, by what the sender, the body or its deliveries say."""
import json

from providers import Criptoladrillo
from test_operations import NO_RETRY, deliveries, refused

PROVIDER = Criptoladrillo()


def test_events_and_deliveries_are_found_by_what_is_known_of_them(gateway, subscriber):
    good, bad = subscriber(200), subscriber(503, 200)
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry=NO_RETRY,
                  subscribers=[{"name": "good", "url": good.url}, {"name": "bad", "url": bad.url}])
    gateway.start()
    webhooks = []
    for number in range(6):
        webhook = PROVIDER.webhook(customer=f"cus_Q{number}")
        assert gateway.post("/pay", webhook.body, {**webhook.headers, "X-Trace": f"span-{number}"}).status == 200
        bad.wait(number + 1)
        webhooks.append(webhook)
    deliveries(gateway, "dead", 1)
    deliveries(gateway, "delivered", 11)

    def events(*flags):
        return [row["providerEventId"] for row in gateway.rows("events", "list", *flags)]

    ids = [webhook.id for webhook in webhooks]
    assert events("--text", "CUS_q3") == [ids[3]]
    assert events("--text", "span-4") == [ids[4]]
    assert events("--text", "cus_Q", "--limit", "4") == ids[:1:-1]
    assert events("--text", "no such text") == []
    assert events("--source", "127.0.0.0/8") == ids[::-1] and events("--source", "10.0.0.1") == []
    assert events("--subscriber", "bad", "--state", "dead") == [ids[0]]
    assert events("--status", "503") == [ids[0]] and events("--outcome", "ok", "--subscriber", "bad") == ids[:0:-1]
    assert events("--state", "dead", "--text", "cus_Q5") == []
    found = gateway.rows("deliveries", "list", "--text", "cus_Q2", "--provider-event-id", ids[2])
    assert sorted(row["subscriber"] for row in found) == ["bad", "good"]
    assert "address or a range" in refused(gateway, "events", "list", "--source", "nobody")
    assert "longer than 256 bytes" in refused(gateway, "events", "list", "--text", "x" * 257)
    page = gateway.admin("/v1/events?limit=2&q=cus_q&state=delivered", token=gateway.admin_token).json()
    rest = gateway.admin(f"/v1/events?limit=9&q=cus_q&state=delivered&after={page['next']}", token=gateway.admin_token).json()
    assert [row["id"] for row in page["data"] + rest["data"]] == [row["id"] for row in gateway.rows("events", "list")]
    gateway.stop()
    result = gateway.command("events", "list", "--text", "cus_q1", "--json", "--ledger", str(gateway.ledger))
    assert [json.loads(line)["providerEventId"] for line in result.stdout.splitlines()] == [ids[1]]
