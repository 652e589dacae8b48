import pytest

from asking import Route
from headgate import BINARY, SIGNING_SECRET, Gateway
from subscriber import Loop, Subscriber


def pytest_sessionstart(session):
    if not BINARY.exists() and not session.config.option.collectonly:
        pytest.exit(f"{BINARY} is not there: make build", returncode=4)


@pytest.fixture(scope="session")
def loop():
    loop = Loop()
    yield loop
    loop.stop()


@pytest.fixture
def subscriber(loop):
    """Makes subscribers: `subscriber(503, 200)` is listening, `subscriber.closed()` refuses until opened."""
    made = []

    def make(*answers, **options):
        made.append(Subscriber(loop, *answers, **options))
        return made[-1].open()

    def closed(*answers, **options):
        made.append(Subscriber(loop, *answers, **options))
        return made[-1]

    make.closed = closed
    yield make
    for one in made:
        one.close()


@pytest.fixture
def gateway(tmp_path, request):
    """A gateway that is not started yet. One that ended by itself, or left a trace of a crash, fails its test."""
    gateway = Gateway(tmp_path)
    yield gateway
    if gateway.process is None:
        return
    ended = gateway.process.poll()
    if ended is None:
        gateway.kill()
    log = gateway.log_path.read_text(errors="replace")
    if request.node.stash.get(failed, False):
        print(log[-4000:])
    assert "Fatal error" not in log and "Crash" not in log, log[-4000:]
    assert SIGNING_SECRET not in log, "the signing secret is in the log"
    assert ended in (None, 0, -9), f"headgate ended with {ended}:\n{log[-4000:]}"


@pytest.fixture
def route(gateway, subscriber):
    """Starts the gateway with one route of a preset."""
    return lambda *arguments, **definition: Route(gateway, subscriber, *arguments, **definition)


failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.stash[failed] = report.failed
    return report
