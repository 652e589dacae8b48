"""Secrets are compared in constant time: counted in instructions, since a clock on a busy machine proves nothing."""
import re
import subprocess

import pytest

from providers import Criptoladrillo
from headgate import ADMIN_TOKEN

PROVIDER = Criptoladrillo()
TOKEN = "a-static-token-of-thirty-two-byt"
TIMES = 3  # wrong tokens of the API are told to wait before long


class Counted:
    """A gateway under callgrind, which counts the instructions inside the one function that compares secrets."""

    def __init__(self, gateway, directory):
        self.gateway, self.out, self.dumps = gateway, directory / "callgrind", 0
        gateway.under = ("valgrind", "--tool=callgrind", "--toggle-collect=CRYPTO_memcmp",
                         f"--callgrind-out-file={self.out}", "--quiet")

    def control(self, *order):
        subprocess.run(["callgrind_control", *order, str(self.gateway.process.pid)], check=True, capture_output=True,
                       timeout=60)

    def instructions(self, ask):
        self.control("--zero")
        for _ in range(TIMES):
            assert ask() == 401
        self.control("--dump")
        self.dumps += 1
        found = re.search(r"(?m)^(?:summary|totals): (\d+)", self.out.with_name(f"callgrind.{self.dumps}").read_text())
        return int(found[1])


def changed(text, place):
    return text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1:]


@pytest.fixture
def counted(gateway, subscriber, tmp_path):
    url = subscriber().url
    gateway.route("mac", verify=PROVIDER.preset, subscribers=[{"name": "s", "url": url}],
                  secrets={"SECRET": [PROVIDER.secrets["SECRET"], "another live one"]})
    gateway.route("token", verify="gitlab", secrets={"SECRET": TOKEN}, subscribers=[{"name": "s", "url": url}])
    counted = Counted(gateway, tmp_path)
    gateway.start(wait=False)
    gateway.wait_until_listening(120)
    return counted


def test_a_difference_costs_the_same_wherever_it_is(counted):
    gateway, webhook = counted.gateway, PROVIDER.webhook()
    signature = webhook.headers["Criptoladrillo-Signature"]

    def mac(place):
        text = "v0=" + changed(signature[3:], place)
        return gateway.post("/mac", webhook.body, {"Criptoladrillo-Signature": text}).status

    def token(place):
        return gateway.post("/token", b"{}", {"X-Gitlab-Token": changed(TOKEN, place)}).status

    def admin(place):
        return gateway.admin("/v1/nothing", token=changed(ADMIN_TOKEN, place)).status

    for ask in (mac, token, admin):
        first, middle, last = (counted.instructions(lambda: ask(place)) for place in (0, 12, 29))
        print(f"{ask.__name__}: {first / TIMES:.1f} instructions for a difference at the first byte, "
              f"{middle / TIMES:.1f} in the middle, {last / TIMES:.1f} near the end")
        assert first == middle == last > 0
