"""Secrets in every place where one can enter; none comes out anywhere, in any spelling."""
import base64
import contextlib
import json
import os
import stat
from pathlib import Path

import pytest

from certificates import make_certificate
from headgate import run
from places import Criptoladrillos, configure
from waiting import until


class Heard:
    """Everything that came out, with where."""

    def __init__(self):
        self.all = []

    def note(self, where, text):
        self.all.append((where, text if isinstance(text, bytes) else text.encode()))

    def command(self, gateway, *arguments, **options):
        result = gateway.command(*arguments, **options) if gateway else run(*arguments, **options)
        self.note(f"headgate {' '.join(map(str, arguments))[:60]}", result.stdout + result.stderr)
        return result

    def reply(self, where, reply):
        self.note(where, repr(reply.fields).encode() + reply.body)
        return reply

    def leaks(self, canaries):
        return [f"{hit} in {where}" for where, text in self.all for hit in canaries.found(text)]


@pytest.fixture
def heard():
    return Heard()


def exercise_intake(gateway, canaries, heard, relay):
    """Good requests, bad ones, and all that a provider may add of its own."""
    extra = {"Authorization": "Bearer " + canaries.text("authorization of a request"),
             "Cookie": "session=" + canaries.text("cookie of a request"),
             "Proxy-Authorization": "Basic " + canaries.text("proxy authorization of a request")}
    query = "?token=" + canaries.text("query of a request")
    for kind in ("literal", "variable", "file"):
        webhook = Criptoladrillos(relay[kind]).webhook()
        assert heard.reply("intake", gateway.post("/pay" + query, webhook.body, {**webhook.headers, **extra})).status == 200
    wrong = Criptoladrillos(canaries.text("secret of somebody else")).webhook()
    heard.reply("intake, wrong", gateway.post("/pay", wrong.body, {**wrong.headers, **extra}))
    heard.reply("intake, bare", gateway.post("/pay", b"{}", extra))
    heard.reply("intake, nowhere", gateway.post("/nowhere" + query, b"{}", extra))
    with contextlib.suppress(ConnectionError):  # it hangs up before it has read so much
        heard.reply("intake, large", gateway.post("/pay", b"x" * (2 << 20), extra))
    token = {"X-Gitlab-Token": relay["gitlab"], "X-Gitlab-Event": "Push Hook"}
    assert heard.reply("gitlab", gateway.post("/gitlab", b"{}", {**token, **extra})).status == 200
    near = relay["gitlab"][:-1] + ("0" if relay["gitlab"][-1] != "0" else "1")
    canaries.note("nearly the static token", near)
    assert heard.reply("gitlab, wrong", gateway.post("/gitlab", b"{}", {**token, "X-Gitlab-Token": near})).status == 401
    for verify in (relay["meta"], canaries.text("wrong secret of a handshake")):
        heard.reply("meta", gateway.post(
            f"/meta?hub.mode=subscribe&hub.challenge=7&hub.verify_token={verify}", None, method="GET"))
    for secret in (canaries.text("wrong client secret"), relay["incode"]):
        basic = "Basic " + base64.b64encode(f"incode:{secret}".encode()).decode()
        reply = gateway.post("/incode/token", b"grant_type=client_credentials", {
            "Authorization": basic, "Content-Type": "application/x-www-form-urlencoded"})
    issued = canaries.note("issued token", reply.json()["access_token"])  # this answer alone may have it
    for bearer in (issued, issued[:-3] + "abc"):
        heard.reply("incode", gateway.post("/incode", b"{}", {"Authorization": "Bearer " + bearer}))
    heard.reply("jwt", gateway.post("/jwt", b"{}", {"Authorization": "Bearer " + canaries.text("no token at all")}))


def kept(env):
    return [json.loads(line) for line in run("quarantine", "list", "--json", env=env).stdout.splitlines()]


def exercise_operation(gateway, canaries, heard):
    """Every endpoint without a token, with a wrong one, with the right one; every command."""
    paths = ["/", "/healthz", "/readyz", "/metrics", "/v1/events", "/v1/deliveries", "/v1/subscribers", "/v1/replays",
             "/v1/actions", "/v1/nothing", "/v1/deliveries?state=" + canaries.text("query of the API")]
    wrong = canaries.text("wrong admin token")
    for path in paths:
        for token in (None, wrong, gateway.token):
            heard.reply(path, gateway.admin(path, token=token))
    heard.reply("write", gateway.admin("/v1/replays", "POST", b'{"secret": "' + wrong.encode() + b'"', wrong))
    env = {"HEADGATE_ADMIN": f"127.0.0.1:{gateway.admin_port}", "HEADGATE_ADMIN_TOKEN": gateway.token}
    rows = [json.loads(line) for line in run("events", "list", "--json", env=env).stdout.splitlines()]
    event = rows[0]["id"]
    until(lambda: {row["route"] for row in kept(env)} >= {"pay", "gitlab", "meta", "incode", "jwt"}, what="quarantine")
    refused = kept(env)
    delivery = "dlv_" + event.removeprefix("evt_") + "-1"
    for words in (["events", "list"], ["events", "show", event], ["deliveries", "list"], ["deliveries", "show", delivery],
                  ["subscribers", "list"], ["subscribers", "pause", "pay/a", "--reason", "a test"],
                  ["subscribers", "resume", "pay/a"], ["events", "replay", event, "--reason", "a test"],
                  ["deliveries", "send-now", delivery], ["replays", "list"], ["actions", "list"],
                  ["quarantine", "list"], ["quarantine", "reverify"], ["quarantine", "show", refused[0]["id"]],
                  ["quarantine", "release", *(row["id"] for row in refused), "--reason", "a test"],
                  ["reconcile", "--since", "1d"], ["ledger", "verify"], ["healthz"], ["events", "show", "evt_0"]):
        for more in ([], ["--json"]):
            heard.command(None, *words, *more, env=env)
        heard.command(None, *words, env={**env, "HEADGATE_ADMIN_TOKEN": wrong})


def exercise_credentials(gateway, canaries, heard):
    """Given, made here, made anew, refused: what is made is in the one answer that makes it."""
    path, env = "/v1/routes/pay/credentials", {
        "HEADGATE_ADMIN": f"127.0.0.1:{gateway.admin_port}", "HEADGATE_ADMIN_TOKEN": gateway.token}

    def ask(method, path, **body):
        reply = gateway.admin(path, method, json.dumps(body).encode(), gateway.token)
        made = reply.json().get("secrets", {}).get("SECRET")
        if made:
            canaries.note(f"made at {path}, {len(canaries.known)}", made)
        return made or heard.reply(path, reply) and None

    given, later = canaries.text("given credential"), canaries.text("later credential")
    ask("POST", path, name="given", secret=given)
    for again in (given, canaries.text("other content of a credential")):
        ask("POST", path, name="given", secret=again)
    ask("POST", path + "/given/regenerate", secret=later)
    for wrong in ({"secrets": {"OTHER": canaries.text("credential of no secret")}},
                  {"secret": [canaries.text("credential in a list")]}, {"secret": "env:" + canaries.text("credential by name")}):
        ask("POST", path, name="wrong", **wrong)
    made = [ask("POST", path, name="made"), ask("POST", path + "/made/regenerate")]
    for secret in (given, later, *filter(None, made)):
        webhook = Criptoladrillos(secret).webhook()
        heard.reply("intake", gateway.post("/pay", webhook.body, webhook.headers))
    heard.command(None, "credentials", "add", "pay/argument", "--secret", canaries.text("credential as an argument"), env=env)
    for words in (["credentials", "list", "pay"], ["secrets", "list"], ["routes", "list"], ["routes", "show", "pay"],
                  ["actions", "list"], ["credentials", "remove", "pay/given"]):
        for more in ([], ["--json"]):
            heard.command(None, *words, *more, env=env)
    for shown in (path, path + "/made", "/v1/secrets", "/v1/routes"):
        heard.reply(shown, gateway.admin(shown, token=gateway.token))


def exercise_mistakes(gateway, canaries, heard, env, tmp_path):
    """Diagnostics quote what is wrong: never a value that may be a secret."""
    heard.command(None, "check", "--routes", gateway.routes, env=env)
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    subscriber = '{ name: "s", url: "http://127.0.0.1:1/" %s }'
    mistakes = {
        "cut": 'secrets: { SECRET: "%s',
        "word": 'secrets: { SECRET: %s }',
        "object": 'secrets: { SECRET: { value: "%s" } }',
        "name": 'secrets: { "SEC RET": "%s" }',
        "spare": 'secrets: { SECRET: "x", OTHER: "%s" }',
        "list": 'secrets: { SECRET: [["%s"]] }',
        "twice": 'secrets: { SECRET: "%s", SECRET: "%s" }',
        "escape": 'secrets: { SECRET: "%s\\u00g0" }',
        "userinfo": 'subscribers: [{ name: "s", url: "https://me:%s@example.com/" }]',
        "scheme": 'subscribers: [{ name: "s", url: "ftp://example.com/?key=%s" }]',
        "fragment": 'subscribers: [{ name: "s", url: "https://example.com/?key=%s#x" }]',
        "whsec": "subscribers: [" + subscriber % ', secret: "whsec_%s"' + "]",
        "no whsec": "subscribers: [" + subscriber % ', secret: "%s"' + "]",
        "header": "subscribers: [" + subscriber % ', headers: { "x-key": "%s\\n" }' + "]",
        "header is a list": "subscribers: [" + subscriber % ', headers: { "x-key": ["%s"] }' + "]",
        "bearer": "subscribers: [" + subscriber % ', auth: { bearer: "%s\\n" }' + "]",
        "basic": "subscribers: [" + subscriber % ', auth: { basic: { user: "a:b", password: "%s" } }' + "]",
        "auth": "subscribers: [" + subscriber % ', auth: "%s"' + "]",
        "pem": "subscribers: [" + subscriber % ', sign: { as: "hurupay", key: "-----BEGIN PRIVATE KEY-----\\n%s" }' + "]",
        "file": 'secrets: { SECRET: "file:" }, tokens: { clientId: "i", clientSecret: ["%s", 7] }',
    }
    for name, text in mistakes.items():
        secret = canaries.text(f"mistake: {name}")
        filled = text.replace("%s", secret)
        (wrong / f"{name.replace(' ', '-')}.json5").write_text(
            "{ verify: 'criptoladrillo', " + filled + ("" if name == "cut" else " }"))
    for format in ("text", "json"):
        heard.command(None, "check", "--routes", wrong, env=env)
        heard.note(f"serve, {format}", str(gateway.run_serve(
            "--routes", wrong, "--log-format", format, "--log-level", "debug", env=env)))
    bad = canaries.text("bad command-line value")
    for arguments in (["serve", "--signing-secret", bad], ["serve", "--signing-secret", "whsec_" + bad],
                      ["serve", "--admin-token", bad, "--listen", "nowhere"], ["serve", "--admin-token=" + bad[:4]],
                      ["listen", "--secret", bad, "--port", "0", "--status", "9999"],
                      ["events", "list", "--admin-token", bad, "--admin", "127.0.0.1:1"]):
        heard.command(None, *arguments, env=env, cwd=tmp_path)
    for name in ("HEADGATE_SIGNING_SECRET", "HEADGATE_ADMIN_TOKEN"):
        value = canaries.text(f"bad {name}")
        heard.note(f"serve with a bad {name}", str(gateway.run_serve(
            "--admin", "nowhere", env={**env, name: value + "\n" + value})))


@pytest.mark.parametrize("has_key", [True, False], ids=["ledger key", "no ledger key"])
def test_no_secret_comes_out_anywhere(gateway, subscriber, canaries, heard, tmp_path, has_key):
    env, relay = configure(gateway, canaries, subscriber, tmp_path)
    if has_key:
        env["HEADGATE_LEDGER_KEY"] = canaries.note("ledger key", base64.b64encode(os.urandom(32)).decode())
    certificate, key = make_certificate(tmp_path, "gateway")
    key.chmod(0o600)
    for format in ("json", "text"):
        gateway.start("--log-level", "debug", env=env, wait=False) if format == "json" else gateway.start(
            "--log-level", "debug", "--log-format", "text", env=env, wait=False)
        if format == "json":
            gateway.wait_until_ready()
            exercise_intake(gateway, canaries, heard, relay)
            until(lambda: gateway.metric("headgate_attempts_total") >= 12)
            until(lambda: len(gateway.sinks[3].requests) >= 3, what="deliveries under the client certificate")
            exercise_operation(gateway, canaries, heard)
            exercise_credentials(gateway, canaries, heard)
            exercise_mistakes(gateway, canaries, heard, env, tmp_path)
            heard.note("cmdline", Path(f"/proc/{gateway.process.pid}/cmdline").read_bytes())
            heard.reply("metrics", gateway.admin("/metrics"))
            (gateway.routes / "bad.json5").write_text("{ secrets: { A: %s } }" % canaries.text("mistake at a reload"))
            gateway.signal(1)
            until(lambda: "bad.json5" in gateway.log_text(), what="the complaint about the reload")
            (gateway.routes / "bad.json5").unlink()
        else:
            until(lambda: "listening" in gateway.log_text())
        ledgers = private_files(gateway)
        assert len(ledgers) >= 3, ledgers
        for path in ledgers:
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode & 0o077 == 0, f"{path.name} may be read by others: {mode:o}"
        stored = [(path.name, path.read_bytes()) for path in ledgers]
        gateway.stop()
        stored.append(("ledger.db, closed", gateway.ledger.read_bytes()))
        for name, bytes in stored:
            # A delivery's URL is frozen at acceptance, whole: it is needed for the send.
            found = [hit for hit in canaries.found(bytes) if not hit.startswith("query of a subscriber's URL")]
            heard.note(f"{name}: {found}", b"")
            assert not found, f"{found} in {name}"
    heard.note("log", gateway.log_path.read_bytes())
    heard.command(None, "events", "list", "--ledger", gateway.ledger)
    heard.command(None, "subscribers", "list", "--ledger", gateway.ledger, "--json")
    print(f"{len(canaries.known)} secrets looked for in {len(heard.all)} outputs, "
          f"{sum(len(text) for _, text in heard.all) >> 10} KiB, in eleven spellings each")
    assert heard.leaks(canaries) == []
    for sink in gateway.sinks:  # credentials of the provider's request end at the gateway
        for request in sink.requests:
            seen = [hit for hit in canaries.found(repr(request.fields).encode() + request.body)
                    if " of a request" in hit or "token" in hit]
            assert seen == []


def private_files(gateway):
    """The ledger and what lies beside it, but for the public half of its key."""
    return [path for path in gateway.ledger.parent.iterdir() if path.suffix != ".pub"]


def test_the_search_finds_what_is_there(canaries):
    secret = canaries.text("a secret")
    key = canaries.whsec("a key")
    raw = base64.b64decode(key.removeprefix("whsec_"))
    for shown in (secret, f"user:{secret}".encode().hex().upper(), base64.b64encode(b"user:" + secret.encode()).decode(),
                  base64.urlsafe_b64encode(b"ab" + raw).decode(), raw.hex(), key):
        assert canaries.found(f"before {shown} after".encode()), shown
    assert canaries.found(b"before " + os.urandom(10_000)) == []


def test_files_with_secrets_are_the_owners_alone(tmp_path):
    """Those that headgate itself writes."""
    before = os.umask(0o000)
    try:
        result = run("keys", "new", "--out", tmp_path / "key.pem", cwd=tmp_path)
    finally:
        os.umask(before)
    made = [path for path in tmp_path.iterdir() if "PRIVATE" in path.read_text()]
    assert made, result
    for path in made:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_ledger_is_the_owners_alone_whatever_the_umask(gateway, subscriber):
    gateway.route("in", verify={"type": "none"}, subscribers=[{"name": "s", "url": subscriber().url}])
    before = os.umask(0o000)
    try:
        gateway.start()
    finally:
        os.umask(before)
    assert gateway.post("/in", b"{}").status == 200
    names = {path.name for path in gateway.ledger.parent.iterdir()}
    assert {"ledger.db", "ledger.db-wal", "ledger.db-shm"} <= names
    for path in private_files(gateway):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
