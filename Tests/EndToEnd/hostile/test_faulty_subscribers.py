"""What each fault of a subscriber is to the gateway. The table is the documentation: outcome class, and what follows."""
import re
import time
from collections import defaultdict
from dataclasses import dataclass

import pytest

from faults import Faults, make_certificates
from headgate import Gateway
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()
TIMEOUT = 3
MEMORY = 64 << 20


@dataclass(frozen=True)
class Expected:
    outcomes: set
    state: str = "pending"  # of the delivery after one attempt: pending (retried), delivered, dead
    wait: tuple = (23 * 3600, 25 * 3600)  # seconds until the retry: the schedule of these tests says 24 hours
    reuse: bool | None = None  # of the connection for a second event: never, always, or either


def retried(*outcomes, **more):
    return Expected(set(outcomes), **more)


def fresh(*outcomes):
    """A doubtful answer: nothing more is sent on its connection."""
    return Expected(set(outcomes), reuse=False)


def throttled(least, most):
    return Expected({"http"}, wait=(least, most))


DELIVERED = Expected({"ok"}, state="delivered")
DELIVERED_FRESH = Expected({"ok"}, state="delivered", reuse=False)
DELIVERED_KEPT = Expected({"ok"}, state="delivered", reuse=True)
DAY = 24 * 3600
DEFAULT = (DAY - 60, DAY + 60)

EXPECTED = {
    # Silence and dripping: the whole attempt has one deadline.
    **dict.fromkeys([
        "hang", "hang-in-status", "hang-in-head", "hang-after-head", "hang-in-body", "hang-in-chunk",
        "hang-before-last-chunk", "continue-then-hang", "no-length-then-hang", "drip-status", "drip-head", "drip-body",
        "drip-chunks",
    ], fresh("timeout-after-send")),
    "mute": retried("timeout-after-send", "timeout-before-send"),
    # Too much: cut at 64 KiB of head or body, whatever the framing.
    **dict.fromkeys([
        "huge-length", "huge-chunked", "huge-until-close", "huge-error", "endless-fields", "endless-field",
        "endless-interim", "endless-continue", "endless-trailers", 
    ], fresh("too-large")),
    "endless-status-line": fresh("too-large", "protocol"),
    "endless-chunk-extension": fresh("too-large", "timeout-after-send"),
    "gzip-bomb": DELIVERED_KEPT,  # never inflated: ten megabytes are the ten kilobytes that were sent
    # Broken connections: the subscriber may have acted on the request.
    **dict.fromkeys([
        "close", "close-in-head", "close-after-continue", "reset", "reset-in-head", "reset-after-head", "reset-in-body", "reset-in-chunk",
        "close-on-accept",
    ], fresh("reset")),
    "reset-on-accept": retried("reset", "connect"),
    "close-in-status": fresh("reset", "protocol"),
    **dict.fromkeys(["short-body", "short-chunk", "no-last-chunk"], fresh("protocol")),
    "early-refusal": retried("http", "reset"),
    # No HTTP, or two readings of one answer.
    **dict.fromkeys([
        "garbage", "ssh", "http-0.9", "http-9.9", "status-abc", "status-99", "status-2000", "status-000", "length-word",
        "length-negative", "length-and-word", "length-list", "length-overflow", "two-lengths", "length-then-chunks",
        "chunks-then-length", "chunked-twice", "transfer-unknown", "gzip-transfer-bomb",
        "nul-in-field", "field-without-colon", "switching", "switching-then-ok",
    ], fresh("protocol")),
    **dict.fromkeys(["bad-chunk", "chunk-overflow", "chunk-too-long"], fresh("reset")),  # libcurl has no other name for it
    # Successes.
    **dict.fromkeys([
        "ok", "ok-chunked", "ok-after-interim", "ok-length-twice", "created", "no-content", "planting",
    ], DELIVERED_KEPT),
    **dict.fromkeys([
        "ok-until-close", "ok-http-1.0", "ok-closing", "ok-then-close", "ok-then-reset", "ok-half-close",
        "excess", "excess-later", "two-answers", "two-answers-later",
    ], DELIVERED_FRESH),
    # libcurl drops what comes in one piece with an answer that has no body, and keeps the connection.
    **dict.fromkeys([
        "no-content-with-body", "no-content-body-later", "two-answers-no-body", "two-answers-chunked",
    ], DELIVERED),
    # A success that nobody asked for is not taken for the answer to the next request.
    **dict.fromkeys([
        "refusal-and-answer", "refusal-and-answer-later", "chunked-refusal-and-answer",
        "chunked-refusal-and-answer-later", "not-modified-and-answer", "not-modified-with-body",
    ], retried("http")),
    # Whole answers that are no success; a redirect is one of them.
    **dict.fromkeys([
        "redirect-300", "redirect-301", "redirect-302", "redirect-303", "redirect-307", "redirect-308", "redirect-loop",
        "redirect-metadata", "redirect-file", "refresh", "not-modified", "unauthorized", "proxy-authenticate",
        "status-400", "status-404", "status-418", "status-429", "status-499", "status-500", "status-502", "status-503",
        "status-504", "status-599", "status-999",
    ], retried("http")),
    "gone": Expected({"http"}, state="dead"),
    # Retry-After moves the retry away, at most to 24 hours, never nearer than the schedule says.
    "retry-after-2": throttled(19, 24),
    "retry-after-429": throttled(3590, 3660),
    "retry-after-500": throttled(19, 24),
    "retry-after-word": throttled(19, 24),
    "retry-after-negative": throttled(19, 24),
    "retry-after-huge": throttled(*DEFAULT),
    "retry-after-overflow": throttled(19, DAY + 60),
    "retry-after-date": throttled(3540, 3660),
    "retry-after-past": throttled(19, 24),
    "retry-after-far": throttled(*DEFAULT),
    "retry-after-once": throttled(3590, 3660),
    # TLS.
    "tls-good": DELIVERED,
    **dict.fromkeys(
        ["tls-expired", "tls-self-signed", "tls-wrong-name", "tls-1.0", "tls-1.1"], retried("tls")),
    **dict.fromkeys(["tls-mute", "tls-to-plain"], retried("timeout-before-send")),
    "tls-client-certificate": retried("reset", "tls"),  # TLS 1.3 refuses after the handshake
    "plain-to-tls": retried("reset", "protocol"),
}
# For those whose Retry-After is looked at: its first retry comes after all waits were read.
NEAR = {"schedule": ["20s", "24h"], "jitter": 0}


class Run:
    """One gateway with one subscriber for every fault, and two events for each."""

    def __init__(self, directory):
        certificates = directory / "certificates"
        certificates.mkdir()
        trusted = make_certificates(certificates)
        self.faults = Faults(certificates)
        self.gateway = Gateway(directory)
        self.gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets,
                           retry={"schedule": ["24h"], "jitter": 0, "timeout": f"{TIMEOUT}s", "connectTimeout": "1s"},
                           subscribers=[self._subscriber(name, trusted) for name in EXPECTED])
        self.gateway.start()
        self.before = self.gateway.memory("VmHWM")
        start = time.monotonic()
        self._post(1)
        self.states, self.waits = self._rows()
        self.took = time.monotonic() - start
        self._post(2)
        self.outcomes = self._outcomes()
        self.second_wait = next(
            seconds_between(row["receivedAt"], row["dueAt"])
            for row in self.gateway.rows("deliveries", "list", "--limit", "1000")
            if row["subscriber"] == "retry-after-once" and row["id"].partition("-")[0] != self.first)
        self.peak = self.gateway.memory("VmHWM")
        self.seen = self.faults.seen()

    def _subscriber(self, name, trusted):
        url = self.faults.url(name)
        return {"name": name, "url": url, "concurrency": 1, **({"retry": NEAR} if "retry-after" in name else {}),
                **({"tls": {"ca": f"file:{trusted}"}} if url.startswith("https") else {})}

    def _post(self, number):
        webhook = PROVIDER.webhook(padding="x" * 900)
        assert self.gateway.post("/in", webhook.body, webhook.headers).status == 200
        until(self._attempted(number), 60, f"attempt {number} of every fault")

    def _attempted(self, number):
        def done():
            counted = {name: sum(found.values()) for name, found in self._outcomes().items()}
            return all(counted.get(name, 0) >= (1 if EXPECTED[name].state == "dead" else number) for name in EXPECTED)
        return done

    def _outcomes(self):
        found = defaultdict(dict)
        series = re.compile(r'headgate_attempts_total\{(.*)\} (\d+)')
        for labels, count in series.findall(self.gateway.admin("/metrics").body.decode()):
            named = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            if int(count):
                found[named["subscriber"]][named["outcome"]] = int(count)
        return found

    def _rows(self):
        """State and seconds until the retry, of the first event's deliveries."""
        rows = until(lambda: self._settled(), 30, "every delivery settled")
        self.first = rows[0]["id"].partition("-")[0]
        states = {row["subscriber"]: row["state"] for row in rows}
        return states, {row["subscriber"]: seconds_between(row["receivedAt"], row["dueAt"])
                        for row in rows if row.get("dueAt")}

    def _settled(self):
        rows = self.gateway.rows("deliveries", "list", "--limit", "1000")
        return rows if all(row["attempts"] >= 1 for row in rows) and len(rows) == len(EXPECTED) else None

    def close(self):
        self.gateway.kill()
        self.faults.close()


def seconds_between(earlier, later):
    def read(text):
        whole, _, fraction = text.rstrip("Z").partition(".")
        return time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float(f"0.{fraction or 0}")
    return read(later) - read(earlier)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = Run(tmp_path_factory.mktemp("faults"))
    yield run
    run.close()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_subscriber_that_answers_with(name, run):
    expected = EXPECTED[name]
    outcomes = run.outcomes[name]
    assert set(outcomes) <= expected.outcomes, outcomes
    assert run.states[name] == expected.state
    if expected.state == "pending":
        least, most = expected.wait
        assert least <= run.waits[name] <= most, f"retried after {run.waits[name]} s"
    if expected.reuse is not None and name in run.seen:
        seen = run.seen[name]
        assert seen["connections"] == (1 if expected.reuse else seen["requests"]), seen


def test_a_retry_after_counts_for_the_answer_that_brought_it(run):
    assert not 3500 < run.second_wait < 3700


def test_no_redirect_was_followed(run):
    assert "landing" not in run.seen
    assert run.seen["redirect-loop"]["requests"] == 2


def test_nothing_that_an_answer_planted_comes_back(run):
    assert {name: seen["cookies"] for name, seen in run.seen.items() if seen["cookies"]} == {}


def test_what_is_without_end_is_cut_soon(run):
    most = {name: seen["most"] for name, seen in run.seen.items() if seen["most"]}
    print({name: f"{count >> 10} KiB" for name, count in most.items()})
    assert {name: count for name, count in most.items() if count > 128 << 20} == {}


def test_a_subscriber_that_does_not_read_is_given_up_before_the_end_of_the_send(gateway, tmp_path):
    faults = Faults()
    try:
        gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, maxBody="8MiB",
                      retry={"schedule": ["24h"], "timeout": "1s"},
                      subscribers=[{"name": "mute", "url": faults.url("mute")},
                                   {"name": "early", "url": faults.url("early-refusal")}])
        gateway.start()
        webhook = PROVIDER.webhook(padding="x" * (7 << 20))  # more than the kernel takes for a reader who does not read
        assert gateway.post("/in", webhook.body, webhook.headers).status == 200
        until(lambda: gateway.metric("headgate_attempts_total", subscriber="mute", outcome="timeout-before-send") == 1)
        until(lambda: sum(gateway.metric("headgate_attempts_total", subscriber="early", outcome=one)
                          for one in ("http", "reset")) == 1)
    finally:
        faults.close()


def test_all_of_them_at_once_cost_bounded_time_and_memory(run):
    print(f"{len(EXPECTED)} faults at once: {run.took:.1f} s, {(run.peak - run.before) >> 20} MiB")
    assert run.took < TIMEOUT + 30
    assert run.peak - run.before < MEMORY
