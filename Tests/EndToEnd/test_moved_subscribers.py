"""A subscriber whose URL changes while deliveries wait: these go to the URL that they were accepted for."""
import signal
import ssl

import pytest

from certificates import make_certificate
from headgate import SIGNING_SECRET
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()


def write(gateway, url, word, **more):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[
        {"name": "s", "url": url, "auth": {"bearer": f"{word}-token"}, "headers": {"X-Api-Key": f"{word}-key"}, **more}])


def moved(gateway, old, new, **tls):
    """One event is accepted for the old URL, and sent when the new one stands."""
    write(gateway, old, "old", paused=True)
    gateway.start()
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    write(gateway, new, "new", **tls)
    gateway.signal(signal.SIGHUP)
    return webhook


def test_the_old_place_does_not_see_what_is_for_the_new_one(gateway, subscriber):
    old, new = subscriber(), subscriber()
    webhook = moved(gateway, old.url, new.url)
    request, = old.wait(1)
    assert request.body == webhook.body
    request.verify(SIGNING_SECRET)
    assert request.all("authorization") == [] and request.all("x-api-key") == []
    assert new.requests == []
    later = PROVIDER.webhook()
    assert gateway.post("/in", later.body, later.headers).status == 200
    request, = new.wait(1)
    assert (request["authorization"], request["x-api-key"]) == ("Bearer new-token", "new-key")


def test_another_path_of_the_same_place_sees_them(gateway, subscriber):
    sink = subscriber()
    moved(gateway, sink.url, sink.url + "/elsewhere")
    request, = sink.wait(1)
    assert request.target == "/hook"
    assert (request["authorization"], request["x-api-key"]) == ("Bearer new-token", "new-key")


@pytest.mark.parametrize("kept", [False, True], ids=["another place", "the same place"])
def test_the_client_certificate_is_for_the_new_place_alone(kept, gateway, subscriber, tmp_path):
    certificate, key = make_certificate(tmp_path, "subscriber")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    sink, new = subscriber(tls=context), subscriber(tls=context)
    moved(gateway, sink.url, sink.url + "/elsewhere" if kept else new.url,
          tls={"ca": f"file:{certificate}", "cert": f"file:{certificate}", "key": f"file:{key}"})
    if kept:
        sink.wait(1)
    else:
        until(lambda: gateway.logged("attempt"), what="an attempt without a certificate")
        assert gateway.logged("attempt")[0]["outcome"] != "ok" and sink.requests == []
