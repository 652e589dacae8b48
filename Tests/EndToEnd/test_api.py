"""The admin API answers as its own description says, whatever it is asked: Schemathesis reads /openapi.json and asks."""
import socket
import subprocess
import sys

import pytest

from headgate import ADMIN_TOKEN, run
from providers import Criptoladrillo
from registry import KEY
from waiting import until

PROVIDER = Criptoladrillo()

# The seed is fixed, so that a failure comes again. What a check expects beyond the description is turned off: guesses are
# answered with 429, texts are taken for numbers, and a well-formed wish may still make no sense. TRACE is refused by the
# parser.
CONFIGURATION = """
seed = 7
[generation]
max-examples = 12
deterministic = true
database = "none"
[phases.coverage]
unexpected-methods = ["PATCH", "PUT", "DELETE"]
[checks]
ignored_auth.enabled = false
positive_data_acceptance.enabled = false
negative_data_rejection.enabled = false
"""


@pytest.fixture
def busy(gateway, subscriber):
    """With a delivery in each state, and a job."""
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, subscribers=[
        {"name": "good", "url": subscriber().url},
        {"name": "bad", "url": subscriber(500).url, "retry": {"schedule": []}},
        {"name": "slow", "url": subscriber(503).url, "retry": {"schedule": ["1h"]}},
    ])
    gateway.start(env=KEY)
    for _ in range(3):
        webhook = PROVIDER.webhook()
        assert gateway.post("/in", webhook.body, webhook.headers).status == 200
    for name, state in (("good", "delivered"), ("bad", "dead"), ("slow", "pending")):
        until(lambda: len(gateway.rows("deliveries", "list", "--subscriber", name, "--state", state)) == 3)
    assert gateway.command("events", "replay", "--subscriber", "good", "--since", "1h").returncode == 0
    return gateway


def test_every_answer_is_as_described(busy, tmp_path):
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    result = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"http://127.0.0.1:{busy.admin_port}/openapi.json",
         "-H", f"Authorization: Bearer {ADMIN_TOKEN}", "--no-color"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, (result.stdout + result.stderr)[-12000:]
    assert busy.admin("/healthz").status == 200
    assert busy.stop() == 0
    assert run("ledger", "verify", "--ledger", busy.ledger).returncode == 0


def test_the_description_needs_no_token_and_holds_nothing_of_this_gateway(busy):
    reply = busy.admin("/openapi.json")
    assert reply.status == 200 and reply["Content-Type"] == "application/json"
    assert reply.json()["openapi"].startswith("3.1")
    for word in (b"127.0.0.1", str(busy.admin_port).encode(), ADMIN_TOKEN.encode()):
        assert word not in reply.body


@pytest.mark.parametrize("request_bytes, status", [
    (b"BAD\r\n\r\n", 400), (b"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505), (b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", 501),
    (b"GET /v1/none HTTP/1.1\r\nHost: x\r\n\r\n", 401), (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
    (b"POST /v1/replays HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413),
])
def test_every_error_is_problem_details(request_bytes, status, busy):

    with socket.create_connection(("127.0.0.1", busy.admin_port), timeout=15) as connection:
        connection.sendall(request_bytes)
        answer = b""
        while part := connection.recv(65536):
            answer += part
            head, _, body = answer.partition(b"\r\n\r\n")
            if body.endswith(b"}"):
                break
    assert int(answer.split()[1]) == status
    assert b"Content-Type: application/problem+json" in head
    assert b'"status":%d' % status in body and b'"detail":' in body
