"""What somebody does to the ledger's files behind the gateway's back: it must not go on acknowledging into nowhere."""
import os
import shutil

import pytest

from headgate import run
from providers import Criptoladrillo
from storm import bodies
from waiting import until

PROVIDER = Criptoladrillo()


def remove(ledger):
    ledger.unlink()


def remove_log(ledger):
    ledger.with_name("ledger.db-wal").unlink()


def move_away(ledger):
    ledger.rename(ledger.with_name("old.db"))


def replace(ledger):
    """As a restore beside a running gateway does."""
    shutil.copyfile(ledger, ledger.with_name("backup"))
    os.replace(ledger.with_name("backup"), ledger)


def move_directory(ledger):
    ledger.parent.rename(ledger.parent.with_name("moved"))


@pytest.mark.parametrize("deed", [remove, remove_log, move_away, replace, move_directory])
def test_no_acknowledgement_for_what_the_next_start_would_not_find(deed, gateway, subscriber):
    sink = subscriber()
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[{"name": "s", "url": sink.url}])
    gateway.start()
    for _ in range(20):
        webhook = PROVIDER.webhook()
        assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    deed(gateway.ledger)
    after = []
    for _ in range(5):
        webhook = PROVIDER.webhook()
        if gateway.post("/in", webhook.body, webhook.headers).status == 200:
            after.append(webhook.body)
    gateway.kill()
    found = bodies(gateway.ledger) if gateway.ledger.exists() else set()
    lost = [body for body in after if body not in found]
    assert not lost, f"{len(lost)} of {len(after)} events acknowledged after the deed are nowhere"


def test_a_log_that_cannot_be_read_stops_the_start(gateway):
    """Of another user, say: without it the newest events would be missing."""
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[])
    gateway.start()
    webhook = PROVIDER.webhook()
    assert gateway.post("/in", webhook.body, webhook.headers).status == 200
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
    assert len(gateway.rows("events", "list")) == 1
