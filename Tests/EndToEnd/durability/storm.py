"""Load whose every request and answer is accounted for."""
import shutil
import sqlite3
import threading
from collections import defaultdict
from contextlib import contextmanager

from load import Load


class Accounted(Load):
    """Knows what was posted, and which answers came on which connection in which order."""

    def __init__(self, gateway, path, provider, threads=4):
        super().__init__(gateway, path, self, threads)
        self.source = provider
        self.posted = set()
        self.answered = defaultdict(list)  # own port -> bodies, in the order of their 2xx
        self._gate = threading.Event()
        self._gate.set()

    @contextmanager
    def pause(self):
        """No new requests meanwhile."""
        self._gate.clear()
        yield
        self._gate.set()

    def stop(self):
        self._gate.set()
        super().stop()

    def webhook(self):
        self._gate.wait()
        webhook = self.source.webhook()
        self.posted.add(webhook.body)
        return webhook

    def note(self, connection, body):
        if connection.sock:  # None after the last answer, when the gateway asked to close
            self.answered[connection.sock.getsockname()[1]].append(body)


def copy_ledger(ledger, directory):
    """Database and log as they lie there: opening the copy recovers it as a start would, and leaves the original alone."""
    directory.mkdir(exist_ok=True)
    for suffix in ("", "-wal"):
        target = directory / ("ledger.db" + suffix)
        target.unlink(missing_ok=True)
        source = ledger.with_name(ledger.name + suffix)
        if source.exists():
            shutil.copyfile(source, target)
    (directory / "ledger.db-shm").unlink(missing_ok=True)
    return directory / "ledger.db"


def bodies(path):
    """Of all events, by SQLite alone. Fails when the file is not sound."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not connection.execute("SELECT 1 FROM sqlite_schema").fetchall():
            return set()  # the first start was cut before the schema was there
        return {bytes(body) for (body,) in connection.execute("SELECT body FROM events")}
    finally:
        connection.close()
