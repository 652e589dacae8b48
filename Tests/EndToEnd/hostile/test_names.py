"""Name servers that do not answer: the name's own sends wait for them, and nobody else does."""
import os

from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()


def post(gateway, path):
    webhook = PROVIDER.webhook()
    assert gateway.post(path, webhook.body, webhook.headers).status == 200
    return webhook.body


def test_a_name_server_that_is_silent_holds_up_no_other_subscriber(gateway, watched, subscriber, tmp_path):
    """libcurl would wait for the resolver's thread when it ends a send: on the thread of all sends."""
    fifo, sink = tmp_path / "silence", subscriber()
    os.mkfifo(fifo)
    lanes = {"silent": "http://silent.test/", **{f"good{number}": sink.url for number in range(8)}}
    for name, url in lanes.items():
        gateway.route(name, verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                      retry={"schedule": ["24h"], "timeout": "1s" if name == "silent" else "60s"},
                      subscribers=[{"name": name, "url": url}])
    watched({"silent.test": [str(fifo)]})
    post(gateway, "/silent")
    until(lambda: gateway.metric("headgate_attempts_total", subscriber="silent", outcome="timeout-before-send") == 1,
          what="the end of the send whose name has no address yet")
    # Whichever loop the silent one is on, some of these are on it too.
    sink.wait_for_bodies([post(gateway, f"/{name}") for name in lanes if name != "silent"])
    os.close(os.open(fifo, os.O_RDWR))
    assert gateway.stop() == 0
