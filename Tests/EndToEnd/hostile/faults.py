"""The fault server as a test sees it: started, asked, stopped."""
import http.client
import json
import os
import subprocess
import sys
from pathlib import Path

from certificates import make_certificate
from behaviours import BEHAVIOURS
from headgate import _die_with_parent

HERE = Path(__file__).resolve().parent


def make_certificates(directory):
    """What the fault server's TLS listeners show. Returns the file of those that a route is to trust."""
    trusted = []
    for name, valid_for in {"good": "IP:127.0.0.1", "stranger": "IP:127.0.0.1", "expired": "IP:127.0.0.1",
                            "other": "DNS:other.example"}.items():
        certificate, key = make_certificate(directory, name, valid_for)
        if name == "expired":
            text = subprocess.run(["openssl", "x509", "-in", certificate, "-signkey", key, "-days", "-1"],
                                  check=True, capture_output=True).stdout
            certificate.write_bytes(text)
        if name != "stranger":
            trusted.append(certificate.read_text())
    bundle = directory / "trusted.pem"
    bundle.write_text("".join(trusted))
    return bundle


def _stand_back():
    """In the field these are other people's machines: they are not to take the processor from the gateway."""
    os.nice(10)
    _die_with_parent()


class Faults:
    def __init__(self, certificates=None):
        arguments = [str(certificates)] if certificates else []
        self.process = subprocess.Popen(
            [sys.executable, HERE / "fault_server.py", *arguments], stdout=subprocess.PIPE, text=True,
            preexec_fn=_stand_back)
        self.ports = json.loads(self.process.stdout.readline())

    def url(self, name, place=""):
        """Of a behaviour, or of a port that misbehaves before a request; `place` tells several of one apart.

        Each behaviour has an address of its own, so that none is served on a connection that another one spoiled.
        """
        if name in BEHAVIOURS:
            address = f"127.1.{place or 0}.{list(BEHAVIOURS).index(name) + 1}"
            return f"http://{address}:{self.ports['http']}/{name}"
        scheme = "https" if name.startswith("tls-") else "http"
        return f"{scheme}://127.0.0.1:{self.ports[name]}/ok/{name}"

    def seen(self):
        """What came to each path so far."""
        return json.loads(self._ask("/_seen"))

    def heal(self):
        self._ask("/_heal")

    def _ask(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["http"], timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
