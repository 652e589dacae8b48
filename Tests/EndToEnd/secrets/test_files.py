"""Files that hold secrets are their owner's alone, whatever the umask."""
import os
import stat

from canaries import private_files
from headgate import run


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
