"""Every provider from its own route file to a subscriber: `providers show` writes the route, `keys new` makes keys where
the provider has one, `send` sends its sample through a real gateway."""
import json
import re

from headgate import SIGNING_SECRET, run

PLAIN = {
    "text": "0123456789abcdef0123456789abcdef", "hex": "0123456789abcdef0123456789abcdef",
    "base64": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}


def providers():
    result = run("providers", "--json")
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def prepare(provider, routes, subscriber, environment):
    """Its route file as shown, with our subscriber; the private key when it has one."""
    name, key = provider["name"], None
    text = run("providers", "show", name).stdout
    if any(secret["form"] not in PLAIN for secret in provider["secrets"]):
        key = routes / f"{name}.key"
        made = run("keys", "new", "--for", name, "--out", key)
        assert made.returncode == 0, made.stderr
    for secret in provider["secrets"]:
        variable = f"{name.upper().replace('-', '_')}_{secret['name']}"
        environment[variable] = PLAIN.get(secret["form"]) or (routes / f"{name}.key.pub").read_text()
    for extra in ["VERIFY_TOKEN", "CLIENT_ID", "CLIENT_SECRET"]:
        environment[f"{name.upper()}_{extra}"] = "a-token-of-mine-1234"
    # Nobody's keys are fetched here: ours take their place.
    text = re.sub(r'// (\w+: "env:)', r"\1", text)
    text = text.replace('"203.0.113.0/24"', '"127.0.0.1"')
    text = text.replace(f"http://127.0.0.1:9001/{name}", f"{subscriber.url}/{name}")
    (routes / f"{name}.json5").write_text(text)
    return key


def test_every_providers_sample_gets_through(gateway, subscriber):
    sink, environment, keys = subscriber(), {}, {}
    known = providers()
    for provider in known:
        keys[provider["name"]] = prepare(provider, gateway.routes, sink, environment)
    check = run("check", "--routes", gateway.routes, env={**environment, "HEADGATE_SIGNING_SECRET": SIGNING_SECRET})
    assert check.returncode == 0, check.stdout
    gateway.start(env=environment)
    sent = []
    for provider in known:
        name = provider["name"]
        if name == "mpesa":  # its own list of addresses: nobody else can send as it
            continue
        flags = ["--key", keys[name]] if keys[name] else []
        result = run("send", name, "--routes", gateway.routes, "--to", f"http://127.0.0.1:{gateway.intake_port}", *flags,
                     env=environment)
        assert result.returncode == 0, f"{name}: {result.stdout} {result.stderr}"
        sent.append(name)
    assert len(sent) == len(known) - 1 >= 105
    requests = sink.wait(len(sent), seconds=30)
    assert sorted(request["headgate-route"] for request in requests) == sorted(sent)
    proven = {provider["name"]: provider["verified"] for provider in known}
    for request in requests:
        if request.body[:1] in b"{[":  # the library reads JSON alone
            request.verify(SIGNING_SECRET)
        assert request["headgate-verified"] == proven[request["headgate-route"]]


def test_a_payment_qr_becomes_the_event_that_paying_it_would_cause(gateway, subscriber, tmp_path):
    sink = subscriber()
    gateway.route("in", verify="criptoladrillo", secrets={"SECRET": "clave"}, subscribers=[{"name": "s", "url": sink.url}])
    gateway.start()
    code = tmp_path / "qr.json"
    code.write_text('{"a": 23.405500000000000001, "c": "CLAD", "d": "DLtI3g1m2dmFlvMUpUCu", "i": "459"}')
    for flag in ["--payment-qr", "--data"]:
        result = run("send", "in", "--routes", gateway.routes, "--to", f"http://127.0.0.1:{gateway.intake_port}", flag, code)
        assert result.returncode == 0, result.stderr
    for request in sink.wait(2):
        assert b'"amount":23.405500000000000001,' in request.body
        event = json.loads(request.body)
        assert (event["currency"], event["destination"], event["internal_id"]) == ("CLAD", "DLtI3g1m2dmFlvMUpUCu", "459")
        assert request["headgate-provider-event-id"] == event["operation_id"]


def test_send_says_that_keys_are_fetched(gateway):
    gateway.route("in", verify="aws-sns", secrets={"TOPIC": "arn:aws:sns:us-east-1:123456789012:orders"}, types={"all": ["*"]})
    result = run("send", "in", "--routes", gateway.routes, "--to", "http://127.0.0.1:1")
    assert result.returncode == 1 and 'secrets: { CERT: "file:' in result.stderr
