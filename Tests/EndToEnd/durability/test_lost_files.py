"""What somebody does to the ledger's files behind the gateway's back: it must not go on acknowledging into nowhere."""
import os
import shutil

import pytest

from headgate import Gateway
from providers import Criptoladrillo
from storm import bodies
from waiting import until

PROVIDER = Criptoladrillo()


def post(gateway):
    webhook = PROVIDER.webhook()
    return gateway.post("/in", webhook.body, webhook.headers).status, webhook.body


@pytest.fixture
def running(gateway, subscriber):
    """A gateway that has acknowledged `gateway.before`."""
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                  subscribers=[{"name": "s", "url": subscriber().url}])
    gateway.start()
    answers = [post(gateway) for _ in range(20)]
    assert {status for status, _ in answers} == {200}
    gateway.before = {body for _, body in answers}
    return gateway


def restore(ledger):
    """Over a ledger in use, as nobody should."""
    shutil.copyfile(ledger, ledger.with_name("backup"))
    os.replace(ledger.with_name("backup"), ledger)


DEEDS = {  # and what undoes them
    "the file removed": (lambda ledger: ledger.unlink(), None),
    "the lock removed": (lambda ledger: ledger.with_name("ledger.db.lock").unlink(), None),
    "the file moved away": (lambda ledger: ledger.rename(ledger.with_name("old")),
                            lambda ledger: ledger.with_name("old").rename(ledger)),
    "the file replaced": (restore, None),
    "the directory moved away": (lambda ledger: ledger.parent.rename(ledger.parent.with_name("moved")),
                                 lambda ledger: ledger.parent.with_name("moved").rename(ledger.parent)),
    "the directory removed": (lambda ledger: shutil.rmtree(ledger.parent), None),
}


@pytest.mark.parametrize("deed, undo", DEEDS.values(), ids=DEEDS)
def test_nothing_is_acknowledged_that_the_next_start_would_not_find(deed, undo, running):
    gateway = running
    deed(gateway.ledger)
    assert {post(gateway)[0] for _ in range(5)} == {503}
    assert gateway.admin("/readyz").status == 503
    failed = until(lambda: gateway.logged("ledger failed"), what="the log line of the failure")
    assert "moved, replaced or removed" in failed[0]["reason"]
    if undo:
        undo(gateway.ledger)
        until(lambda: gateway.admin("/readyz").status == 200, 10, "readiness, without a restart")
        status, body = post(gateway)
        assert status == 200
        assert gateway.stop() == 0
        assert bodies(gateway.ledger) == gateway.before | {body}
    else:
        gateway.kill()


def test_whose_lock_was_removed_makes_way_for_a_second_gateway(running, tmp_path, subscriber):
    first, second = running, Gateway(tmp_path / "second")
    second.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                 subscribers=[{"name": "s", "url": subscriber().url}])
    first.ledger.with_name("ledger.db.lock").unlink()
    second.ledger = first.ledger
    second.start()
    try:
        assert {post(first)[0] for _ in range(5)} == {503}
        answers = [post(second) for _ in range(5)]
        assert {status for status, _ in answers} == {200}
    finally:
        second.kill()
        first.kill()
    assert bodies(first.ledger) == first.before | {body for _, body in answers}


def test_a_removed_log_is_saved_from_the_connection_that_has_it(running):
    gateway = running
    gateway.ledger.with_name("ledger.db-wal").unlink()
    assert post(gateway)[0] == 503
    until(lambda: gateway.admin("/readyz").status == 200, 10, "readiness, without a restart")
    status, body = post(gateway)
    assert status == 200
    gateway.kill()
    assert bodies(gateway.ledger) == gateway.before | {body}


def test_a_log_that_cannot_be_read_stops_the_start(running):
    """Of another user, say: without it the newest events would be missing."""
    gateway = running
    gateway.kill()
    log = gateway.ledger.with_name("ledger.db-wal")
    kept = log.with_name("kept")
    log.rename(kept)
    log.mkdir()  # root may read any file, so this stands for one that it may not
    ended = gateway.run_serve()
    assert ended.returncode == 1 and str(gateway.ledger) in ended.stderr
    log.rmdir()
    kept.rename(log)
    gateway.start()
    assert len(gateway.rows("events", "list")) == 20
