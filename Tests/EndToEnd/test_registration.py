"""Subscribers that are registered while the gateway runs: the API's own endpoints, and the commands on top of them."""
import json

import pytest

from headgate import ADMIN_TOKEN, SIGNING_SECRET
from providers import Criptoladrillo
from registry import KEY, LEDGER_KEY, NO_RETRY, API, changes, without
from waiting import until

PROVIDER = Criptoladrillo()
SECRET = "whsec_" + "c3Vic2NyaWJlci1vd24tc2VjcmV0LWZvci10ZXN0cw=="
NEXT = "whsec_" + "dGhlLW5leHQtc2VjcmV0LW9mLXRoaXMtc3Vic2NyaWJlcg=="
CANARY = "Bearer-canary-4711-of-a-header"


@pytest.fixture
def api(gateway, subscriber):
    sink = subscriber()
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry=NO_RETRY,
                  subscribers=[{"name": "billing", "url": sink.url}])
    gateway.start("--allow-private", env=KEY)
    api = API(gateway)
    api.sink = sink
    return api


def post(gateway):
    webhook = PROVIDER.webhook()
    assert gateway.post("/pay", webhook.body, webhook.headers).status == 200
    return webhook


def create(api, sink, status=201, name="audit", **more):
    found, fields, body = api.ask("POST", "/v1/subscribers", {"route": "pay", "name": name, "url": sink.url, **more})
    assert found == status, body
    return fields, body


def order(gateway, *arguments, status=0):
    result = gateway.command(*arguments)
    assert result.returncode == status, f"{arguments}: {result}"
    return result.stdout if status == 0 else result.stderr


def test_one_that_is_registered_receives_from_the_answer_on(gateway, api, subscriber):
    for number in range(5):
        sink = subscriber()
        fields, made = create(api, sink, name=f"audit-{number}")
        event = post(gateway)  # at once: the answer says that it is in effect
        request = sink.wait(1)[0]
        assert request.body == event.body and made["secret"].startswith("whsec_") and fields["ETag"] == '"1"'
        request.verify(made["secret"])
    assert len(api.sink.wait(5)) == 5, "and those of the file go on"


def test_everything_that_a_route_file_may_say(gateway, api, subscriber):
    sink = subscriber(503, 200)
    create(api, sink, secret=[SECRET, NEXT], headers={"x-canary": CANARY}, forward=["content-type"], concurrency=2,
           rate="100/s", retry={"schedule": ["10ms"], "jitter": 0}, auth={"basic": {"user": "u", "password": "p"}},
           sign={"as": "github", "secrets": {"SECRET": "github-secret"}})
    post(gateway)
    for request in sink.wait(2):
        assert request["x-canary"] == CANARY and request["authorization"].startswith("Basic ")
        assert request["x-hub-signature-256"].startswith("sha256=")
        request.verify(SECRET)
        request.verify(NEXT)
    status, _, shown = api.ask("GET", "/v1/subscribers/pay/audit")
    assert status == 200 and shown["source"] == "api" and shown["ownSecrets"] == 2 and shown["headers"] == ["x-canary"]
    assert shown["sign"] == "github" and shown["auth"] == "basic" and shown["retry"] == {
        "schedule": ["10ms"], "jitter": 0}


def test_events_choose(gateway, api, subscriber):
    sink, other = subscriber(), subscriber()
    create(api, sink, events=["nothing.*"], name="picky")
    create(api, other, name="every")
    post(gateway)
    other.wait(1)
    assert not sink.requests


def test_the_shared_secret_needs_no_key(gateway, subscriber):
    sink = subscriber()
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets, types={"all": ["*"]})
    gateway.start("--allow-private")
    api = API(gateway)
    for more in ({}, {"secret": SECRET}, {"secret": None, "headers": {"x-a": "b"}}):
        _, problem = create(api, sink, 503, **more)
        assert "--ledger-key" in problem["detail"]
    create(api, sink, secret=None)
    post(gateway)
    sink.wait(1)[0].verify(SIGNING_SECRET)


def test_a_creation_may_be_repeated(gateway, api, subscriber):
    sink = subscriber()
    _, first = create(api, sink, rate="5/s", events=["*"])
    _, again = create(api, sink, 200, events=["*"], rate="5/s")
    assert again == {key: value for key, value in first.items() if key != "secret"}
    _, problem = create(api, sink, 409, rate="6/s", events=["*"])
    assert "PATCH" in problem["detail"]
    body = {"route": "pay", "name": "keyed", "url": sink.url}
    for status in (201, 200):
        assert api.ask("POST", "/v1/subscribers", body, Idempotency_Key="one")[0] == status
    for changed in ({"name": "other"}, {"concurrency": 3}):
        status, _, problem = api.ask("POST", "/v1/subscribers", {**body, **changed}, Idempotency_Key="one")
        assert status == 409 and "Idempotency-Key" in problem["detail"]
    assert api.ask("POST", "/v1/subscribers", body, Idempotency_Key="a b")[0] == 400
    assert [one["target"] for one in changes(gateway)] == ["pay/keyed", "pay/audit"]


def test_a_change_counts_for_the_version_that_was_read(gateway, api, subscriber):
    old, new = subscriber(), subscriber()
    fields, made = create(api, old, headers={"x-a": "1", "x-b": "2"})
    path = "/v1/subscribers/pay/audit"
    patch = {"url": new.url, "headers": {"x-b": None, "x-c": "3"}, "secret": SECRET}
    status, head, changed = api.ask("PATCH", path, patch, If_Match=fields["ETag"])
    assert status == 200 and head["ETag"] == '"2"' and changed["headers"] == ["x-a", "x-c"]
    status, head, problem = api.ask("PATCH", path, {"rate": "1/s"}, If_Match=fields["ETag"])
    assert status == 412 and head["ETag"] == '"2"', problem
    post(gateway)
    request = new.wait(1)[0]
    assert request["x-a"] == "1" and request["x-c"] == "3" and not request.all("x-b") and not old.requests
    request.verify(SECRET)
    assert api.ask("PATCH", path, {"paused": True})[2]["paused"]
    post(gateway)
    assert len(gateway.rows("deliveries", "list", "--state", "held")) == 1
    assert api.ask("PATCH", path, {"paused": False})[2]["paused"] is None
    new.wait(2)
    assert api.ask("DELETE", path, If_Match='"1"')[0] == 412
    assert api.ask("DELETE", path)[0] == 200 and api.ask("DELETE", path)[0] == 404
    post(gateway)
    api.sink.wait(3)
    assert len(new.requests) == 2


def test_a_url_that_comes_back_is_shown(gateway, api, subscriber):
    first, second = subscriber(), subscriber()
    create(api, first)
    for sink in (second, first):
        assert api.ask("PATCH", "/v1/subscribers/pay/audit", {"url": sink.url})[0] == 200
        rows = api.ask("GET", "/v1/subscribers")[2]["data"]
        assert next(one["url"] for one in rows if one["name"] == "audit") == sink.url


def test_those_of_files_are_read_only(gateway, api, subscriber):
    status, _, shown = api.ask("GET", "/v1/subscribers/pay/billing")
    assert status == 200 and shown["file"].endswith("pay.json5")
    for method, path, body in (("PATCH", "/v1/subscribers/pay/billing", {"rate": "1/s"}),
                               ("DELETE", "/v1/subscribers/pay/billing", None),
                               ("POST", "/v1/subscribers", {**GOOD, "name": "billing"})):
        status, _, problem = api.ask(method, path, body)
        assert status == 409 and "pay.json5" in problem["detail"], problem


GOOD = {"route": "pay", "name": "new", "url": "https://a.example/x"}
BAD = [
    ({"route": "pey"}, "route", "did you mean pay?"), ({"name": "Ä"}, "name", "cannot be a name"),
    ({"name": ""}, "name", ""), ({"url": "x"}, "url", "http"), ({"url": "http://169.254.169.254/"}, "url", "metadata"),
    ({"evnts": []}, "evnts", "did you mean events?"), ({"rate": "fast"}, "rate", ""),
    ({"concurrency": 0}, "concurrency", ""), ({"concurrency": 99999}, "concurrency", ""),
    ({"retry": {"schedule": ["5s", "x"]}}, "retry.schedule[1]", ""), ({"retry": {"jiter": 1}}, "retry.jiter", ""),
    ({"headers": {"host": "x"}}, "headers.host", ""), ({"headers": {"x": "a\r\nb: c"}}, "headers.x", ""),
    ({"headers": {"webhook-id": "x"}}, "headers.webhook-id", ""), ({"secret": "short"}, "secret", "whsec_"),
    ({"secret": "env:HEADGATE_ADMIN_TOKEN"}, "secret", "env:"), ({"secret": "file:/etc/passwd"}, "secret", "file:"),
    ({"headers": {"x": "env:HEADGATE_ADMIN_TOKEN"}}, "headers.x", "env:"),
    ({"sign": {"as": "github", "secrets": {"SECRET": "file:/etc/passwd"}}}, "sign.secrets.SECRET", "file:"),
    ({"sign": {"as": "nobody"}}, "sign.as", ""), ({"tls": {"ca": "/etc/passwd"}}, "tls", "unknown"),
    ({"auth": {"basic": {"user": "a:b", "password": "p"}}}, "auth.basic.user", ""),
    ({"paused": "no"}, "paused", "boolean"), ({"forward": ["ä"]}, "forward", ""),
]


def test_bad_input_is_told_with_its_place_and_changes_nothing(gateway, api, subscriber):
    create(api, subscriber())
    before = api.ask("GET", "/v1/subscribers")[2], changes(gateway)
    for wrong, path, word in BAD:
        for method, target, body in (("POST", "/v1/subscribers", {**GOOD, **wrong}),
                                     ("PATCH", "/v1/subscribers/pay/audit", wrong)):
            status, fields, problem = api.ask(method, target, body)
            assert status == 400, (method, wrong, problem)
            assert fields["Content-Type"] == "application/problem+json"
            if "name" in wrong or "route" in wrong and method == "PATCH":
                continue  # another reason: those never change
            assert any(one["path"].startswith(path) and word in one["problem"] + one["cure"]
                       for one in problem["errors"]), (wrong, problem)
            assert ADMIN_TOKEN not in json.dumps(problem) and "root:" not in json.dumps(problem)
    twice = b'{"route":"pay","name":"new","url":"https://a.example","url":"https://b.example"}'
    for body in (b"", b"[]", b"{", b"null", twice):
        assert api.ask("POST", "/v1/subscribers", body)[0] == 400, body
    for missing in GOOD:
        rest = {key: value for key, value in GOOD.items() if key != missing}
        status, _, problem = api.ask("POST", "/v1/subscribers", rest)
        assert status == 400 and f"{missing} is missing" in problem["detail"]
    assert api.ask("PATCH", "/v1/subscribers/pay/nobody", {"rate": "1/s"})[0] == 404
    for method, path in (("POST", "/v1/subscribers"), ("PATCH", "/v1/subscribers/pay/audit"),
                         ("DELETE", "/v1/subscribers/pay/audit"), ("GET", "/v1/subscribers/pay/audit")):
        assert API(gateway, "wrong").ask(method, path, GOOD)[0] == 401
    assert (api.ask("GET", "/v1/subscribers")[2], changes(gateway)) == before


def test_lists_come_in_pages(api, subscriber):
    sink = subscriber()
    for number in range(7):
        create(api, sink, name=f"s{number}", secret=None)
    names, path = [], "/v1/subscribers?limit=3"
    while path:
        page = api.ask("GET", path)[2]
        assert len(page["data"]) <= 3
        names += [one["name"] for one in page["data"]]
        path = page["next"] and f"/v1/subscribers?limit=3&after={page['next']}"
    assert names == ["billing"] + [f"s{number}" for number in range(7)]


def test_a_name_that_a_route_file_takes_later_is_the_files(gateway, api, subscriber):
    first, second = subscriber(), subscriber()
    create(api, first)
    gateway.route("pay", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "audit", "url": second.url}])
    gateway.signal(1)
    until(lambda: gateway.logged("reloaded"), what="a reload")
    post(gateway)
    second.wait(1)
    assert not first.requests


def test_one_whose_route_comes_back_goes_on(gateway, api, subscriber):
    sink = subscriber()
    create(api, sink)
    file = gateway.routes / "pay.json5"
    text = file.read_text()
    gateway.route("other", verify=PROVIDER.preset, secrets=PROVIDER.secrets)
    file.unlink()
    gateway.signal(1)
    until(lambda: gateway.logged("reloaded"), what="a reload")
    create(api, sink, 400, name="late")
    file.write_text(text)
    gateway.signal(1)
    until(lambda: len(gateway.logged("reloaded")) == 2, what="another reload")
    post(gateway)
    sink.wait(1)


def test_the_commands(gateway, api, subscriber, tmp_path):
    sink, other = subscriber(), subscriber()
    (tmp_path / "secret").write_text(SECRET + "\n")
    printed = order(gateway, "subscribers", "add", "pay/one", sink.url, "--reason", "first")
    post(gateway)
    sink.wait(1)[0].verify(printed.splitlines()[1])
    assert "is registered" in order(gateway, "subscribers", "add", "pay/two", other.url, "--secret",
                                    f"file:{tmp_path}/secret", "--header", "x-a: b", "--event", "*", "--schedule",
                                    "5s,30s", "--rate", "50/s", "--concurrency", "4")
    post(gateway)
    request = other.wait(1)[0]
    request.verify(SECRET)
    assert request["x-a"] == "b"
    order(gateway, "subscribers", "set", "pay/two", "--unset", "headers", "--url", sink.url, "--reason", "moved")
    shown = json.loads(order(gateway, "subscribers", "show", "pay/two", "--json"))
    assert "headers" not in shown and shown["url"] == sink.url and shown["version"] == 2
    assert shown["retry"] == {"schedule": ["5s", "30s"]} and shown["rate"] == "50/s" and shown["concurrency"] == 4
    assert "is no number from 1 to 1024" in order(
        gateway, "subscribers", "set", "pay/two", "--concurrency", "abc", status=64)
    assert json.loads(order(gateway, "subscribers", "show", "pay/two"))["concurrency"] == 4
    assert "it is now" in order(
        gateway, "subscribers", "set", "pay/two", "--rate", "1/s", "--if-version", "1", status=1)
    order(gateway, "subscribers", "pause", "pay/two", "--reason", "moving")
    post(gateway)
    until(lambda: gateway.rows("deliveries", "list", "--state", "held"), 5, "one that is held")
    removed = order(gateway, "subscribers", "remove", "pay/two", "--reason", "gone")
    assert "stay held: 1;" in removed
    assert "deliveries cancel --route pay --subscriber two --state held" in removed
    assert "no registered subscriber" in order(gateway, "subscribers", "remove", "pay/two", status=1)
    assert "did you mean events?" in order(gateway, "subscribers", "set", "pay/one", "--unset", "evnts", status=1)
    reasons = [(one["action"], one["reason"]) for one in changes(gateway)]
    assert reasons == [("deregister", "gone"), ("pause", "moving"), ("change-registration", "moved"), ("register", None),
                       ("register", "first")]


def test_no_secret_is_told_twice_or_stored_in_clear(gateway, api, subscriber):
    sink = subscriber()
    _, made = create(api, sink, name="made")
    create(api, sink, secret=SECRET, headers={"x-canary": CANARY}, auth={"bearer": "canary-token-0815"},
           sign={"as": "github", "secrets": {"SECRET": "canary-github-1234"}})
    api.ask("PATCH", "/v1/subscribers/pay/audit", {"secret": NEXT})
    post(gateway)
    sink.wait(2)
    secrets = [made["secret"][6:], SECRET[6:], NEXT[6:], CANARY, "canary-token-0815", "canary-github-1234", LEDGER_KEY]
    later = json.dumps([api.ask("GET", path)[2] for path in (
        "/v1/subscribers", "/v1/subscribers/pay/audit", "/v1/subscribers/pay/made", "/v1/actions", "/v1/webhook")])
    gateway.stop()
    without(gateway.directory / "data", *secrets)
    log = gateway.log_path.read_text()
    assert all(one not in log and one not in later for one in secrets)
