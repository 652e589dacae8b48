"""Clients of the registration API, and what they verify with: openssl, and nothing of the gateway's."""
import base64
import hashlib
import http.client
import json
import os
import subprocess
import tempfile

from headgate import ADMIN_TOKEN

LEDGER_KEY = "EjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJCrze8="
KEY = {"HEADGATE_LEDGER_KEY": LEDGER_KEY}
NO_RETRY = {"schedule": [], "jitter": 0, "timeout": "5s"}
TYPES = {"collections": ["collection.*", "collections.*"], "payouts": ["payout.*", "payouts.*"]}


class API:
    """JSON over HTTP with a bearer token."""

    def __init__(self, gateway, token=ADMIN_TOKEN):
        self.gateway, self.token = gateway, token

    def ask(self, method, path, body=None, **headers):
        """Status, the fields of the head, the body as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.admin_port, timeout=20)
        try:
            text = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            if self.token:
                fields["Authorization"] = f"Bearer {self.token}"
            if text is not None:
                fields["Content-Type"] = "application/json"
            connection.request(method, path, text, fields)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), json.loads(response.read())
        finally:
            connection.close()


class HurupayClient(API):
    """As its documentation has it: base address, key, five calls, one envelope."""

    def create(self, url, type="collections", **more):
        return self.call("POST", "/v1/webhook", {"url": url, "type": type, **more})

    def list(self):
        return self.call("GET", "/v1/webhook")

    def get(self, id):
        return self.call("GET", f"/v1/webhook/{id}")

    def update(self, id, status):
        return self.call("PUT", f"/v1/webhook/{id}", {"status": status})

    def delete(self, id):
        return self.call("DELETE", f"/v1/webhook/{id}")

    def call(self, method, path, body=None):
        """What an envelope holds; an error is raised with its message."""
        status, _, envelope = self.ask(method, path, body)
        assert envelope["success"] == (status < 400) and envelope["message"], (status, envelope)
        if not envelope["success"]:
            raise Refused(status, envelope["message"])
        return envelope.get("data")


def changes(gateway):
    """What was changed; who was refused is on record too."""
    return [one for one in gateway.rows("actions", "list") if one["action"] != "refuse"]


class Refused(Exception):
    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status, self.message = status, message


def verified_by(public_key, request):
    """As Hurupay's JavaScript sample does: RSA-SHA256 over the hex text of the body's SHA-256."""
    message = hashlib.sha256(request.body).hexdigest().encode()
    with tempfile.TemporaryDirectory() as directory:
        paths = [os.path.join(directory, name) for name in ("key", "signature")]
        for path, content in zip(paths, (public_key.encode(), base64.b64decode(request["x-webhook-signature"]))):
            with open(path, "wb") as file:
                file.write(content)
        return subprocess.run(
            ["openssl", "dgst", "-sha256", "-verify", paths[0], "-signature", paths[1]], input=message,
            capture_output=True).returncode == 0


def without(directory, *secrets):
    """No file below the directory holds one of the secrets."""
    for folder, _, names in os.walk(directory):
        for name in names:
            if name == "ledger.db.key":
                continue  # the ledger's own, which signs checkpoints
            with open(os.path.join(folder, name), "rb") as file:
                content = file.read()
            for secret in secrets:
                assert secret.encode() not in content, f"a secret stands in {name}"
