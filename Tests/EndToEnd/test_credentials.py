"""Credentials of a route: added while it runs, used at once, counted, made anew with an overlap, gone when removed."""
import json
import time

import pytest

from headgate import ADMIN_TOKEN, run
from providers import Criptoladrillo, Fluxvend, Hurupay
from registry import KEY, LEDGER_KEY, API, changes, without
from waiting import until

OTHER_KEY = "A" * 43 + "="


class Sender(Criptoladrillo):
    """One with a secret of its own."""

    def __init__(self, secret):
        self.secrets = {"SECRET": secret}


class FluxvendSender(Fluxvend):
    def __init__(self, secrets, key):
        self.secrets = secrets
        super().__init__(key)


@pytest.fixture
def api(gateway, subscriber):
    gateway.route("pay", verify="criptoladrillo", secrets={"SECRET": "file-secret"},
                  subscribers=[{"name": "billing", "url": subscriber().url}])
    gateway.route("other", verify="criptoladrillo", secrets={"SECRET": "file-secret"})
    gateway.start(env=KEY)
    return API(gateway)


def post(gateway, secret, path="/pay"):
    webhook = Sender(secret).webhook()
    return gateway.post(path, webhook.body, webhook.headers).status


def add(api, name, status=201, **more):
    found, fields, body = api.ask("POST", "/v1/routes/pay/credentials", {"name": name, **more})
    assert found == status, body
    return fields, body


def uses(gateway, label, route="pay"):
    return next(row for row in gateway.rows("secrets", "list", "--route", route) if row["secret"] == label)


def used(gateway, label, count):
    row = until(lambda: (row := uses(gateway, label))["uses"] == count and row, 10, f"{count} uses of {label}")
    assert row["lastUsedAt"] and row["state"] == "used"
    return row


def test_one_is_added_used_counted_and_removed(gateway, api):
    fields, made = add(api, "partner", reason="new sender")
    secret = made["secrets"]["SECRET"]
    assert len(secret) == 64 and fields["ETag"] == '"1"' and made["generated"] and made["state"] == "active"
    assert [post(gateway, one) for one in (secret, "file-secret", "wrong")] == [200, 200, 401], "at once, beside the file's"
    assert post(gateway, secret, "/other") == 401, "it is this route's alone"
    assert post(gateway, secret) == 200
    row = used(gateway, "SECRET:partner", 2)
    assert row["source"] == "credential" and len(row["fingerprint"]) == 12 and secret not in json.dumps(row)
    assert used(gateway, "SECRET", 1)["source"] == "file"
    event = gateway.rows("events", "list", "--route", "pay")[0]
    shown = json.loads(gateway.command("events", "show", event["id"], "--json").stdout)
    assert shown["provenBy"] == "SECRET:partner", "which one it was is on record"
    listed = gateway.rows("credentials", "list", "pay")
    assert [(one["name"], one["secretNames"], one["createdBy"]) for one in listed] == [("partner", ["SECRET"], "admin")]
    assert "secrets" not in listed[0]
    assert gateway.command("credentials", "remove", "pay/partner", "--reason", "left").returncode == 0
    assert post(gateway, secret) == 401 and post(gateway, "file-secret") == 200
    assert gateway.rows("credentials", "list", "pay") == []
    assert [(one["action"], one["target"], one["reason"]) for one in changes(gateway)] == [
        ("remove-credential", "pay/partner", "left"), ("add-credential", "pay/partner", "new sender")]
    add(api, "stays")
    assert gateway.stop() == 0
    assert run("ledger", "verify", "--ledger", gateway.ledger).returncode == 0
    stopped = run("credentials", "list", "pay", "--ledger", gateway.ledger)
    assert stopped.returncode == 0 and "stays" in stopped.stdout


def test_new_secrets_overlap_with_the_old_ones(gateway, api):
    first = add(api, "partner")[1]["secrets"]["SECRET"]
    result = gateway.command("credentials", "regenerate", "pay/partner", "--overlap", "1h")
    second = result.stdout.strip()
    assert result.returncode == 0 and len(second) == 64 and "counts until" in result.stderr
    assert [post(gateway, one) for one in (first, second)] == [200, 200]
    used(gateway, "SECRET:partner[old]", 1)
    used(gateway, "SECRET:partner", 1)
    status, _, problem = api.ask("POST", "/v1/routes/pay/credentials/partner/regenerate", {})
    assert status == 409 and "end-overlap" in problem["detail"]
    lost, second = second, gateway.command("credentials", "regenerate", "pay/partner", "--drop-last").stdout.strip()
    assert [post(gateway, one) for one in (first, lost, second)] == [200, 401, 200], "its answer may have been lost"
    assert gateway.command("credentials", "end-overlap", "pay/partner").returncode == 0
    assert [post(gateway, one) for one in (first, second)] == [401, 200]
    status, _, made = api.ask("POST", "/v1/routes/pay/credentials/partner/regenerate", {"overlap": "8s"})
    assert status == 200 and made["overlapUntil"]
    third = made["secrets"]["SECRET"]
    assert [post(gateway, one) for one in (second, third)] == [200, 200]
    until(lambda: post(gateway, second) == 401, 15, "the end of the overlap, by itself")
    assert post(gateway, third) == 200
    status, _, made = api.ask("POST", "/v1/routes/pay/credentials/partner/regenerate", {"overlap": "0s"})
    assert [post(gateway, one) for one in (third, made["secrets"]["SECRET"])] == [401, 200]


def test_it_begins_and_ends_at_its_times(gateway, api):
    now = time.time()
    add(api, "brief", secret="brief-secret", notBefore=int(now) + 6, notAfter=int(now) + 14)
    assert post(gateway, "brief-secret") == 401
    assert gateway.rows("credentials", "list", "pay")[0]["state"] == "waiting"
    until(lambda: post(gateway, "brief-secret") == 200, 15, "its beginning")
    until(lambda: post(gateway, "brief-secret") == 401, 15, "its end")
    assert gateway.rows("credentials", "list", "pay")[0]["state"] == "expired"


def test_it_is_there_after_kill_9_a_restart_and_a_reload(gateway, api):
    secret = add(api, "partner")[1]["secrets"]["SECRET"]
    assert gateway.command("credentials", "regenerate", "pay/partner").returncode == 0
    gateway.kill()
    gateway.start()
    assert [post(gateway, one) for one in (secret, "file-secret")] == [200, 200], "the old one still counts"
    gateway.route("pay", verify="criptoladrillo", secrets={"SECRET": "next-file-secret"})
    gateway.signal(1)
    until(lambda: gateway.logged("reloaded"), what="the reload")
    assert [post(gateway, one) for one in (secret, "file-secret", "next-file-secret")] == [200, 401, 200]


def test_five_and_no_more(gateway, api):
    for number in range(5):
        add(api, f"partner-{number}")
    _, problem = add(api, "one-more", 409)
    assert "5 credentials" in problem["detail"]
    api.ask("DELETE", "/v1/routes/pay/credentials/partner-0")
    add(api, "one-more")


def test_a_creation_may_be_repeated_and_a_change_counts_for_its_version(gateway, api):
    path = "/v1/routes/pay/credentials"
    _, first = add(api, "partner", notAfter="2030-01-01T00:00:00Z")
    _, again = add(api, "partner", 200, notAfter="2030-01-01T00:00:00Z")
    assert again == {key: value for key, value in first.items() if key != "secrets"}
    _, problem = add(api, "partner", 409)
    assert "regenerate" in problem["detail"]
    for _ in range(2):
        assert gateway.command("credentials", "add", "pay/relative", "--not-before", "1h", "--not-after", "30d",
                               "--idempotency-key", "abc1").returncode == 0, "what is relative is so to the first time"
    assert api.ask("POST", path, {"name": "relative", "notAfter": "31d"}, Idempotency_Key="abc1")[0] == 409
    add(api, "odd", 400, notAfter="soon")
    add(api, "given", secret="a-given-secret")
    add(api, "given", 200, secret="a-given-secret")
    add(api, "given", 409, secret="another-secret")
    for status in (201, 200):
        assert api.ask("POST", path, {"name": "keyed"}, Idempotency_Key="one")[0] == status
    status, _, problem = api.ask("POST", path, {"name": "other"}, Idempotency_Key="one")
    assert status == 409 and "Idempotency-Key" in problem["detail"]
    status, fields, _ = api.ask("POST", f"{path}/partner/regenerate", {}, If_Match='"1"')
    assert status == 200 and fields["ETag"] == '"2"'
    for method, rest in (("DELETE", ""), ("POST", "/end-overlap"), ("POST", "/regenerate")):
        status, fields, _ = api.ask(method, f"{path}/partner{rest}", {}, If_Match='"1"')
        assert status == 412 and fields["ETag"] == '"2"'
    assert api.ask("DELETE", f"{path}/partner", If_Match='"2"')[0] == 200
    status, _, problem = api.ask("POST", f"{path}/given/regenerate", {})
    assert status == 409 and "were given" in problem["detail"]
    assert api.ask("POST", f"{path}/given/regenerate", {"secret": "the-next-one"})[0] == 200
    assert [post(gateway, one) for one in ("a-given-secret", "the-next-one")] == [200, 200]


@pytest.mark.parametrize("body, word", [
    ({"name": "Bad Name"}, "small letters"), ({}, "small letters"),
    ({"name": "a", "secret": ""}, "empty"), ({"name": "a", "secret": " \n"}, "blank"), ({"name": "a", "secret": 7}, "string"),
    ({"name": "a", "secret": "env:HOME"}, "env:"), ({"name": "a", "secret": "file:/etc/passwd"}, "env:"),
    ({"name": "a", "secrets": {"SECRT": "x"}}, "did you mean SECRET?"), ({"name": "a", "secrets": {}}, "is empty"),
    ({"name": "a", "notAfter": "2020-01-01T00:00:00Z"}, "in the past"), ({"name": "a", "notBefore": "soon"}, "no time"),
    ({"name": "a", "notBefore": 1900000000, "notAfter": 1800000000}, "before it begins"), ({"name": "a", "x": 1}, "x"),
])
def test_what_cannot_be_used_is_told(body, word, gateway, api):
    status, _, problem = api.ask("POST", "/v1/routes/pay/credentials", body)
    assert status == 400 and word in problem["detail"], problem
    assert gateway.rows("credentials", "list", "pay") == []


def test_where_there_is_nothing_to_add_to(gateway, api, tmp_path):
    gateway.route("open", verify={"type": "ip", "allow": ["127.0.0.0/8"]})
    gateway.route("hurupay", verify="hurupay", secrets=Hurupay(tmp_path).secrets)
    gateway.signal(1)
    until(lambda: gateway.logged("reloaded"), what="the reload")
    for route, status, word in (("none", 404, "no route"), ("open", 409, "no secret"), ("hurupay", 400, "not ours")):
        found, _, problem = api.ask("POST", f"/v1/routes/{route}/credentials", {"name": "a"})
        assert found == status and word in problem["detail"], problem
    other = Hurupay(tmp_path / "other") if (tmp_path / "other").mkdir() is None else None
    status, _, made = api.ask("POST", "/v1/routes/hurupay/credentials", {"name": "next", "secret": other.secrets["PUBKEY"]})
    assert status == 201 and "secrets" not in made and made["generated"] is False
    webhook = other.webhook()
    assert gateway.post("/hurupay", webhook.body, webhook.headers).status == 200


def test_a_pair_of_secrets(gateway, subscriber):
    provider = Fluxvend()
    gateway.route("fluxvend", verify="fluxvend", secrets=provider.secrets)
    gateway.start(env=KEY)
    api = API(gateway)
    _, _, problem = api.ask("POST", "/v1/routes/fluxvend/credentials", {"name": "a", "secret": "x"})
    assert "API_KEY, API_SECRET" in problem["detail"]
    status, _, made = api.ask("POST", "/v1/routes/fluxvend/credentials", {"name": "partner"})
    assert status == 201 and set(made["secrets"]) == {"API_KEY", "API_SECRET"}
    status, _, _ = api.ask("POST", "/v1/routes/fluxvend/credentials", {"name": "half", "secrets": {"API_SECRET": "half"}})
    assert status == 201
    half = {"API_KEY": provider.secrets["API_KEY"], "API_SECRET": "half"}
    mixed = {"API_KEY": made["secrets"]["API_KEY"], "API_SECRET": provider.secrets["API_SECRET"]}
    for secrets, key, expected in (
            (made["secrets"], "{API_SECRET}", 200), (made["secrets"], "{API_KEY}:{API_SECRET}", 200),
            (half, "{API_KEY}:{API_SECRET}", 200), (mixed, "{API_KEY}:{API_SECRET}", 401)):
        webhook = FluxvendSender(secrets, key).webhook()
        assert gateway.post("/fluxvend", webhook.body, webhook.headers).status == expected


def test_a_route_that_lacks_its_secret_is_opened_by_one(gateway):
    gateway.route("pay", verify="criptoladrillo", secrets={"SECRET": "env:NOT_SET"})
    gateway.route("other", verify="criptoladrillo", secrets={"SECRET": "x"})
    gateway.start(env=KEY)
    assert post(gateway, "brought") == 503
    add(API(gateway), "brought", secret="brought")
    assert [post(gateway, one) for one in ("brought", "wrong", "")] == [200, 401, 401]
    assert gateway.admin("/readyz").json()["unavailable"] == []


def test_without_a_key_nothing_is_added_and_with_a_wrong_one_nothing_starts(gateway):
    gateway.route("pay", verify="criptoladrillo", secrets={"SECRET": "file-secret"})
    gateway.start()
    _, problem = add(API(gateway), "partner", 503)
    assert "--ledger-key" in problem["detail"]
    gateway.stop()
    gateway.start(env=KEY)
    add(API(gateway), "partner")
    gateway.stop()
    for env, word in (({"HEADGATE_LEDGER_KEY": OTHER_KEY}, "sealed with the key"), ({}, "--ledger-key")):
        ended = gateway.run_serve(env=env)
        assert ended.returncode != 0 and word in ended.stderr, ended


def test_rekey_seals_them_again_with_those_of_an_overlap(gateway, api):
    first = add(api, "partner")[1]["secrets"]["SECRET"]
    second = gateway.command("credentials", "regenerate", "pay/partner").stdout.strip()
    gateway.stop()
    arguments = ("ledger", "rekey", "--ledger", gateway.ledger, "--ledger-key", "env:OLD", "--new-key", "env:NEW")
    ended = run(*arguments, env={"OLD": OTHER_KEY, "NEW": LEDGER_KEY})
    assert ended.returncode == 1 and "sealed with the key" in ended.stderr
    ended = run(*arguments, env={"OLD": LEDGER_KEY, "NEW": OTHER_KEY})
    assert ended.returncode == 0 and "1 credentials" in ended.stdout, ended
    assert gateway.run_serve(env=KEY).returncode != 0, "the old key opens nothing any more"
    gateway.start(env={"HEADGATE_LEDGER_KEY": OTHER_KEY})
    assert [post(gateway, one) for one in (first, second)] == [200, 200]
    assert changes(gateway)[0]["action"] == "rekey"
    gateway.stop()
    assert run("ledger", "verify", "--ledger", gateway.ledger).returncode == 0


def test_the_secret_is_nowhere_but_in_the_one_answer(gateway, api):
    given = "canary-4711-of-a-credential"
    made = add(api, "partner")[1]["secrets"]["SECRET"]
    add(api, "given", secret=given)
    again = gateway.command("credentials", "regenerate", "pay/partner").stdout.strip()
    for one in (made, again, given, "wrong"):
        post(gateway, one)
    used(gateway, "SECRET:given", 1)
    paths = ("/v1/routes", "/v1/routes/pay", "/v1/routes/pay/credentials", "/v1/routes/pay/credentials/partner",
             "/v1/secrets", "/v1/actions", "/v1/quarantine", "/v1/events", "/metrics", "/readyz")
    later = b"".join(gateway.admin(path, token=ADMIN_TOKEN).body for path in paths)
    later += json.dumps([api.ask("POST", "/v1/routes/pay/credentials", {"name": "given", "secret": given})[2],
                         api.ask("POST", "/v1/routes/pay/credentials", {"name": "given", "secret": given + "x"})[2],
                         api.ask("DELETE", "/v1/routes/pay/credentials/given")[2]]).encode()
    for words in (["credentials", "list", "pay"], ["secrets", "list"], ["routes", "list"], ["actions", "list"]):
        for more in ([], ["--json"]):
            later += gateway.command(*words, *more).stdout.encode()
    gateway.stop()
    for one in (made, again, given):
        assert one.encode() not in later and one not in gateway.log_path.read_text()
    without(gateway.directory / "data", made, again, given, LEDGER_KEY)


def test_who_may(gateway, api):
    add(api, "partner")
    tokens = {name: gateway.command("tokens", "new", name, *flags).stdout.strip() for name, flags in {
        "reader": ["--scope", "read", "--route", "pay"], "operator": ["--scope", "operate", "--route", "pay"],
        "elsewhere": ["--scope", "operate", "--route", "other"], "chief": ["--scope", "admin"]}.items()}
    path = "/v1/routes/pay/credentials"
    expected = {"reader": (200, 200, 403, 403), "operator": (200, 200, 403, 403), "elsewhere": (404, 404, 403, 403),
                "chief": (200, 200, 201, 200)}
    for name, statuses in expected.items():
        asker = API(gateway, tokens[name])
        found = tuple(asker.ask(method, *rest)[0] for method, *rest in (
            ("GET", path), ("GET", f"{path}/partner"), ("POST", path, {"name": name}), ("DELETE", f"{path}/{name}")))
        assert found == statuses, name
    rows = API(gateway, tokens["reader"]).ask("GET", "/v1/secrets")[2]["data"]
    assert {row["route"] for row in rows} == {"pay"}
    assert [row["name"] for row in API(gateway, tokens["elsewhere"]).ask("GET", "/v1/routes")[2]["data"]] == ["other"]
