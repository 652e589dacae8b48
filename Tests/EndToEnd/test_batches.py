"""Bodies with many events: kept and delivered whole, and each subscriber gets those in which one event is for it."""
import json


def test_a_body_goes_to_whoever_one_of_its_events_is_for(gateway, subscriber):
    created, deleted, everything = subscriber(), subscriber(), subscriber()
    gateway.route("in", verify="microsoft-graph", secrets={"CLIENT_STATE": "state"}, subscribers=[
        {"name": "created", "url": created.url, "events": ["created"]},
        {"name": "deleted", "url": deleted.url, "events": ["deleted"]},
        {"name": "everything", "url": everything.url}])
    gateway.start()

    def post(*items):
        body = json.dumps({"value": [{"clientState": "state", **item} for item in items]}).encode()
        return body, gateway.post("/in", body, {"Content-Type": "application/json"}).status

    both, status = post({"changeType": "created"}, {"changeType": "updated"}, {"changeType": "deleted"})
    assert status == 200
    one, status = post({"changeType": "updated"}, {"changeType": "created"})
    assert status == 200
    assert post({"changeType": "created"}, {"changeType": "created", "clientState": "forged"})[1] == 401

    assert [request.body for request in everything.wait(2)] == [both, one]
    assert [request.body for request in created.wait(2)] == [both, one]
    assert [request.body for request in deleted.wait(1)] == [both]
    assert created.requests[0]["headgate-event-type"] == "created,updated,deleted"
    assert len(deleted.requests) == 1 and len(gateway.rows("events", "list")) == 2
