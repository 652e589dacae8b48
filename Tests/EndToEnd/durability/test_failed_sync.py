"""Syncs that fail: nothing is acknowledged on a disk that may not have it, and the gateway comes back by itself."""
import errno
import random
import time

import pytest

from disk import FOREVER
from providers import Criptoladrillo
from storm import Accounted, bodies
from subscriber import Answer
from waiting import until

PROVIDER = Criptoladrillo()
POINTS = 30


def route(gateway, *sinks):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": ["50ms"] * 40, "jitter": 0},
                  subscribers=[{"name": f"s{number}", "url": one.url} for number, one in enumerate(sinks)])


def post(gateway, webhook):
    return gateway.post("/in", webhook.body, webhook.headers).status


def is_ready(gateway):
    return gateway.admin("/readyz").status == 200


def all_delivered(gateway):
    rows = gateway.rows("deliveries", "list", "--limit", "1000000")
    return rows and all(row["state"] == "delivered" for row in rows) and rows


def test_no_2xx_from_the_failure_until_the_ledger_was_opened_again(gateway, traced_disk):
    """One provider that waits for each answer, and no subscriber: every commit is one event's."""
    disk, rounds = traced_disk, 8
    route(gateway)
    gateway.start(env=disk.env)
    for _ in range(rounds):
        for _ in range(3):
            assert post(gateway, PROVIDER.webhook()) == 200
        disk.fail(what=disk.LOG)
        webhook = PROVIDER.webhook()
        refused = gateway.post("/in", webhook.body, webhook.headers)
        assert refused.status == 503 and refused["Retry-After"]
        # The provider tries again until it is told that the event is there.
        until(lambda: post(gateway, webhook) == 200, 10, "acknowledgements again")
    gateway.kill()
    assert disk.failed == rounds

    is_open = True
    for record in disk.trace():
        match record.kind:
            case "F": is_open = False
            case "O" if record.path == str(gateway.ledger): is_open = True
            case "A": assert is_open, "a 2xx between a failed sync and the next opening of the ledger"


def test_what_was_refused_is_stored_once_when_it_comes_again(gateway, disk, tmp_path):
    route(gateway)
    gateway.start(env=disk.env)
    disk.fail(what=disk.LOG)
    webhook = PROVIDER.webhook()
    assert post(gateway, webhook) == 503
    until(lambda: is_ready(gateway), 10, "readiness")
    assert gateway.rows("events", "list") == []
    assert post(gateway, webhook) == 200
    assert post(gateway, webhook) == 200
    assert len(gateway.rows("events", "list")) == 1


def test_a_sync_that_fails_anywhere_loses_and_invents_nothing(gateway, disk, subscriber, tmp_path):
    dice, sinks = random.Random(1), [subscriber(), subscriber(503, 200)]
    route(gateway, *sinks)
    gateway.start(env=disk.env)
    with Accounted(gateway, "/in", PROVIDER) as load:
        for number in range(POINTS):
            load.wait_for(5)
            failed = disk.failed
            what = disk.DATABASE if number % 6 == 5 else disk.ANY
            disk.fail(dice.choice((1, 1, 2, 5)), after=0 if what else dice.randrange(30), what=what)
            if what:  # syncs of the database come when the log is written back
                with load.pause():
                    until(lambda: disk.failed > failed, 15, "a failed checkpoint")
            until(lambda: disk.failed > failed, 15, "a failed sync")
            until(lambda: is_ready(gateway), 15, "readiness")
        disk.heal()
        load.wait_for(20)
        load.stop()
    assert {status for status, _ in load.refused} == {503}
    assert load.lost == 0
    for sink in sinks:
        requests = sink.wait_for_bodies(load.acknowledged, 30)
        assert {one.body for one in requests} <= load.posted
    until(lambda: all_delivered(gateway), 30, "every delivery settled")
    assert gateway.stop() == 0
    stored = bodies(gateway.ledger)
    assert set(load.acknowledged) <= stored <= load.posted


@pytest.mark.parametrize("fault", ["every sync", "every write", "one sync, then every write", "over quota"])
def test_while_it_lasts_nothing_is_acknowledged_and_deliveries_go_on(fault, gateway, disk, subscriber):
    sink = subscriber(Answer(delay=0.3))
    # A lane that is new holds twice its concurrency in memory.
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "s", "url": sink.url, "concurrency": 20}])
    gateway.start(env=disk.env)
    webhooks = [PROVIDER.webhook() for _ in range(40)]
    assert [post(gateway, one) for one in webhooks] == [200] * 40
    sink.wait(1)
    refused = PROVIDER.webhook()
    match fault:
        case "every sync": disk.fail(FOREVER)
        case "every write": disk.write_error = errno.EIO
        case "over quota": disk.write_error = errno.EDQUOT
        case _:  # as a file system does that turns itself read-only
            disk.fail(what=disk.LOG)
            assert post(gateway, refused) == 503
            disk.write_error = errno.EROFS
    end = time.monotonic() + 3  # in which the ledger is tried again several times
    while time.monotonic() < end:
        assert post(gateway, refused) in ({507, 503} if fault == "over quota" else {503})
    assert gateway.admin("/readyz").status == 503
    assert gateway.admin("/healthz").status == 200
    sink.wait_for_bodies((one.body for one in webhooks), 20)  # they were claimed in memory
    assert str(gateway.ledger) in gateway.logged("ledger failed")[0]["reason"]

    disk.heal()
    until(lambda: is_ready(gateway), 10, "readiness, without a restart")
    until(lambda: gateway.logged("ledger opened again"))
    assert post(gateway, refused) == 200
    sink.wait_for_bodies([refused.body])
    rows = until(lambda: all_delivered(gateway), 10, "every outcome recorded")
    assert [row["attempts"] for row in rows] == [1] * 41 and len(sink.requests) == 41, "nothing was sent twice"
    assert gateway.stop() == 0


def test_killed_while_the_disk_fails_it_comes_back_with_everything(gateway, disk, subscriber):
    sink = subscriber()
    route(gateway, sink)
    gateway.start(env=disk.env)
    with Accounted(gateway, "/in", PROVIDER) as load:
        load.wait_for(100)
        disk.fail(FOREVER)
        until(lambda: any(status == 503 for status, _ in load.refused), 10, "refusals")
        load.stop()
    gateway.kill()
    ended = gateway.run_serve(env=disk.env)
    assert ended.returncode == 1 and str(gateway.ledger) in ended.stderr, "no start on a disk that fails"
    disk.heal()
    gateway.start(env=disk.env)
    sink.wait_for_bodies(load.acknowledged)
    until(lambda: all_delivered(gateway), 30, "every delivery settled")
