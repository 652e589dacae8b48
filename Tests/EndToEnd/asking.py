"""One route with one subscriber, and the ways in which a provider asks it whether the URL is its customer's."""
import hmac
import json
import urllib.parse

from waiting import until


def hex_mac(key, text, hash="sha256"):
    key = key if isinstance(key, bytes) else key.encode()
    return hmac.digest(key, text if isinstance(text, bytes) else text.encode(), hash).hex()


def echoed(reply, text, type="text/plain"):
    assert (reply.status, reply.body.decode(), reply["Content-Type"]) == (200, text, type), reply
    assert reply["X-Content-Type-Options"] == "nosniff"


class Route:
    def __init__(self, gateway, subscriber, preset, secrets, **definition):
        self.gateway, self.sink = gateway, subscriber()
        gateway.route("in", verify=preset, secrets=secrets, **definition,
                      subscribers=[{"name": "s", "url": self.sink.url}])
        gateway.start()

    def get(self, **query):
        return self.gateway.post("/in?" + urllib.parse.urlencode(query), None, method="GET")

    def post(self, body, headers=(), query=""):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.gateway.post("/in" + query, body, {"Content-Type": "application/json", **dict(headers)})

    def counted(self, result):
        return self.gateway.metric("headgate_events_total", route="in", result=result)

    def was_only_answered(self, times=1):
        """Counted and logged as what it was, and nothing of it is in the ledger or with the subscriber."""
        assert self.counted("handshake") == times
        until(lambda: len(self.gateway.logged("handshake")) == times)
        assert self.gateway.rows("events", "list") == []
        assert self.sink.requests == []
