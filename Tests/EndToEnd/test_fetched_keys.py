"""Keys that are fetched from their providers: over TLS of our own authority, to a server on loopback."""
import threading
import time

import pytest

from key_providers import SNS, Circle, OpenID, PayPal, Plaid, PubSub
from key_server import Authority, Key, KeyServer, openssl
from providers import Webhook
from waiting import until

HOSTS = [
    "sns.us-east-1.amazonaws.com", "api.paypal.com", "api.circle.com", "production.plaid.com", "www.googleapis.com",
    "issuer.example.com", "crt.test.amazontrust.com", "localhost"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def place(authority):
    """Certificate and key of the server: making RSA keys takes long."""
    return authority.issue("server", *HOSTS)


@pytest.fixture(scope="module")
def keys(authority):
    made = {}

    def key(id, kind="rsa"):
        if (id, kind) not in made:
            made[id, kind] = Key(authority.directory, id, kind)
        return made[id, kind]
    return key


@pytest.fixture
def server(place):
    server = KeyServer(*place)
    yield server
    server.free.set()
    server.close()


@pytest.fixture
def start(gateway, subscriber, server, authority):
    def start(provider, verify=None, **route):
        settings = {"ca": f"file:{authority.certificate}", "via": server.via, **route.pop("keys", {})}
        if provider.preset == "openid":
            settings.setdefault("url", provider.url)
        sink = subscriber()
        gateway.route("in", verify=verify or provider.preset, secrets=provider.secrets,
                      keys={name: value for name, value in settings.items() if value is not None},
                      subscribers=[{"name": "s", "url": sink.url}], **route)
        gateway.start()
        return sink
    return start


def post(gateway, webhook):
    return gateway.post("/in", webhook.body, webhook.headers)


def logged(gateway, event):
    return until(lambda: gateway.logged(event), what=f"the log line {event}")[0]


def forged(webhook):
    """With a letter of what is signed changed."""
    token = webhook.headers.get("Authorization")
    if token:
        head, payload, signature = token.split(".")
        return Webhook(webhook.body, {"Authorization": f"{head}.{payload}.{signature[::-1]}"})
    return Webhook(webhook.body.replace(b"alle", b"allf") if b"alle" in webhook.body else webhook.tampered().body,
                   webhook.headers)


MAKERS = {
    "aws-sns": lambda server, authority, keys: SNS(server, authority),
    "paypal": lambda server, authority, keys: PayPal(server, authority),
    "circle": lambda server, authority, keys: Circle(server, keys("879dc113-5ca4-4ff7-a6b7-54652083fcf8", "ec")),
    "plaid": lambda server, authority, keys: Plaid(server, keys("bfbd5111-8e33-4643-8ced-b2e642a72f3c", "ec")),
    "google-pubsub": lambda server, authority, keys: PubSub(server, keys("one")),
    "openid": lambda server, authority, keys: OpenID(server, keys("one")),
}


@pytest.mark.parametrize("name", MAKERS)
def test_the_first_event_waits_for_the_key_and_the_second_finds_it(name, start, gateway, server, authority, keys):
    provider = MAKERS[name](server, authority, keys)
    sink = start(provider)
    webhooks = [provider.webhook(), provider.webhook()]
    for webhook in webhooks:
        assert post(gateway, webhook).status == 200
    assert sorted(request.body for request in sink.wait(2)) == sorted(webhook.body for webhook in webhooks)
    assert len(server.asked) == 1
    assert gateway.metric("headgate_key_fetches_total", result="fetched") == 1
    assert post(gateway, forged(provider.webhook())).status == 401
    assert logged(gateway, "key fetched")["keys"] == 1


def test_many_that_wait_cause_one_fetch(start, gateway, server, authority):
    provider = SNS(server, authority)
    sink = start(provider)
    server.free.clear()
    answers = []
    senders = [threading.Thread(target=lambda: answers.append(post(gateway, provider.webhook()).status)) for _ in range(12)]
    for sender in senders:
        sender.start()
    until(lambda: server.asked, what="the fetch")
    assert answers == []
    server.free.set()
    for sender in senders:
        sender.join(20)
    assert answers == [200] * 12 and len(server.asked) == 1
    sink.wait(12)


def test_a_key_that_is_new_is_found_and_the_old_one_stays(start, gateway, server, keys):
    old, new = keys("one"), keys("two")
    provider = OpenID(server, old)
    start(provider)
    assert post(gateway, provider.webhook()).status == 200
    provider.publish(server, old, new)
    until(lambda: post(gateway, provider.webhook(new)).status == 200, 30, "the new key")
    assert post(gateway, provider.webhook(old)).status == 200
    assert len(server.asked) == 2


def test_a_key_that_nobody_knows_is_refused_and_asked_for_once(start, gateway, server, keys):
    provider = OpenID(server, keys("one"))
    start(provider)
    assert post(gateway, provider.webhook()).status == 200
    stranger = keys("stranger")
    began = time.monotonic()
    statuses = [post(gateway, provider.webhook(stranger)).status for _ in range(20)]
    # At most one more document for each ten seconds.
    assert statuses == [401] * 20 and len(server.asked) <= 2 + (time.monotonic() - began) // 10
    assert gateway.metric("headgate_events_total", result="key-unknown") == 20


def test_a_token_is_judged_as_well_as_its_key(start, gateway, server, keys):
    provider = OpenID(server, keys("one"))
    start(provider)
    for claims in [{"aud": "another"}, {"iss": "https://other.example.com"}, {"exp": 1}]:
        assert post(gateway, provider.webhook(**claims)).status == 401


def test_a_server_that_is_down_is_ours_to_answer_for(start, gateway, server, authority):
    provider = SNS(server, authority)
    server.close()
    sink = start(provider)
    answer = post(gateway, provider.webhook())
    assert answer.status == 503 and answer["Retry-After"]
    assert logged(gateway, "key not fetched")["reason"]
    server.open()
    until(lambda: post(gateway, provider.webhook()).status == 200, 20, "the key after the server came back")
    sink.wait(1)


def test_a_slow_server_is_not_waited_for_longer_than_the_provider_waits(start, gateway, server, authority):
    provider = SNS(server, authority)
    sink = start(provider)
    server.free.clear()
    began = time.monotonic()
    answer = post(gateway, provider.webhook())
    assert answer.status == 503 and answer["Retry-After"]
    assert 4 < time.monotonic() - began < 14
    server.free.set()
    until(lambda: post(gateway, provider.webhook()).status == 200, 20, "the key of the fetch that went on")
    sink.wait(1)


def test_a_redirect_is_not_followed(start, gateway, server, authority):
    provider = SNS(server, authority)
    server.answers["/elsewhere.pem"] = server.answers[provider.path]
    server.answers[provider.path] = 302, b"", {"Location": "/elsewhere.pem"}
    start(provider)
    assert post(gateway, provider.webhook()).status == 503
    assert server.paths() == [provider.path]


@pytest.mark.parametrize("url", [
    "https://sns.us-east-1.amazonaws.com.evil.example/x.pem", "http://sns.us-east-1.amazonaws.com/x.pem",
    "https://evil@sns.us-east-1.amazonaws.com/x.pem", "https://sns.us-east-1.amazonaws.com:8443/x.pem",
    "https://sns.us-east-1.amazonaws.com/x.pem?y", "https://sns.us-east-1.amazonaws.com/a/../x.pem",
    "https://sns.us-east-1.amazonaws.com/x", "https://169.254.169.254/x.pem", "",
])
def test_a_key_elsewhere_is_not_even_asked_for(url, start, gateway, server, authority):
    provider = SNS(server, authority)
    start(provider)
    assert post(gateway, provider.webhook(url or "file:///etc/passwd")).status == 401
    assert server.asked == []
    assert gateway.metric("headgate_events_total", result="key-foreign") == 1


@pytest.mark.parametrize("how", ["name", "expired", "authority", "junk"])
def test_a_certificate_that_proves_nothing_is_refused(how, start, gateway, server, authority, tmp_path):
    if how == "authority":
        provider = SNS(server, Authority(tmp_path, "Somebody else"))
    elif how == "expired":
        provider = SNS(server, authority, days=-1)
    else:
        provider = SNS(server, authority, names=["www.example.com" if how == "name" else "sns.amazonaws.com"])
    if how == "junk":
        server.put(provider.path, b"<html>no certificate</html>")
    sink = start(provider)
    assert [post(gateway, provider.webhook()).status for _ in range(2)] == [401, 401]
    assert len(server.asked) == 1, "its badness is remembered"
    assert logged(gateway, "key not trusted")["reason"]
    assert sink.requests == []


@pytest.mark.parametrize("where, status", [
    ("https://crt.test.amazontrust.com/i.cer", 200), ("https://www.example.com/i.cer", 401)])
def test_a_certificate_that_comes_alone_has_its_issuers_fetched_as_well(
        where, status, start, gateway, server, authority, tmp_path):
    lower = authority.under(tmp_path, where)
    provider = SNS(server, lower)
    server.put("/i.cer", openssl("x509", "-in", lower.certificate, "-outform", "DER"))
    start(provider)
    assert [post(gateway, provider.webhook()).status for _ in range(2)] == [status] * 2
    assert server.paths() == [provider.path] + (["/i.cer"] if status == 200 else [])


def test_a_flood_of_unknown_keys_is_bounded_and_spares_what_is_known(start, gateway, server, keys):
    provider = Circle(server, keys("879dc113-5ca4-4ff7-a6b7-54652083fcf8", "ec"))
    sink = start(provider)
    assert post(gateway, provider.webhook()).status == 200
    statuses = [post(gateway, provider.webhook(f"made-up-{number}")).status for number in range(60)]
    assert set(statuses) == {401, 503} and len(server.asked) <= 20
    assert post(gateway, provider.webhook()).status == 200
    sink.wait(2)
    assert gateway.metric("headgate_key_fetches_total", result="refused") >= 1


def test_a_server_that_cannot_prove_its_name_is_not_believed(start, gateway, server, authority):
    provider = SNS(server, authority)
    start(provider, keys={"ca": None})
    assert post(gateway, provider.webhook()).status == 503
    assert server.asked == []


def test_private_addresses_are_dialled_only_where_the_route_says_so(start, gateway, server, keys):
    provider = OpenID(server, keys("one"))
    where = {"via": None, "url": f"https://localhost:{server.port}/jwks"}
    gateway.route("in", verify="openid", secrets=provider.secrets, keys={"url": where["url"]}, types={"all": ["*"]})
    refused = gateway.run_serve()
    assert refused.returncode == 1 and "allowPrivate: true" in refused.stderr
    start(provider, keys={**where, "allowPrivate": True})
    assert post(gateway, provider.webhook()).status == 200


def test_a_key_in_the_secrets_takes_the_place_of_fetching(start, gateway, server, authority):
    provider = SNS(server, authority)
    provider.secrets = {**SNS.secrets, "CERT": openssl("pkey", "-in", provider.key, "-pubout").decode()}
    sink = start(provider)
    assert post(gateway, provider.webhook()).status == 200
    sink.wait(1)
    assert server.asked == []


def subscription(provider, **fields):
    return provider.webhook(**{
        "Type": "SubscriptionConfirmation", "Token": "t",
        "SubscribeURL": f"https://{provider.host}/?Action=ConfirmSubscription&Token=t", **fields})


def test_a_subscription_is_confirmed_when_the_route_says_so(start, gateway, server, authority):
    provider = SNS(server, authority)
    server.put("/", b"<ConfirmSubscriptionResponse/>", status=500)
    sink = start(provider, confirm=True)
    assert post(gateway, subscription(provider)).status == 503, "asked again later"
    server.put("/", b"<ConfirmSubscriptionResponse/>")
    assert post(gateway, subscription(provider)).status == 200
    assert server.paths().count("/?Action=ConfirmSubscription&Token=t") == 2
    assert logged(gateway, "confirmed")["route"] == "in"
    for other in [{"TopicArn": "arn:aws:sns:us-east-1:666666666666:orders"},
                  {"SubscribeURL": "https://evil.example/?Action=ConfirmSubscription&Token=t"}]:
        post(gateway, subscription(provider, **other))
    assert server.paths().count("/?Action=ConfirmSubscription&Token=t") == 2
    assert post(gateway, provider.webhook()).status == 200
    assert all(b"SubscriptionConfirmation" not in request.body or b"evil" in request.body for request in sink.wait(1))


def test_nothing_is_confirmed_by_default(start, gateway, server, authority):
    provider = SNS(server, authority)
    sink = start(provider)
    assert post(gateway, subscription(provider)).status == 200
    assert server.paths() == [provider.path] and sink.requests == []
    assert logged(gateway, "handshake")["shown"].startswith("https://sns.us-east-1.amazonaws.com/?Action=")
