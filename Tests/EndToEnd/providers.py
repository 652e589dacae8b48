"""How the providers sign, written from their documents in plain Python: nothing here comes from the gateway."""
import base64
import hashlib
import hmac
import itertools
import json
import subprocess
import time
from dataclasses import dataclass

from headgate import REPOSITORY

VECTORS = json.loads((REPOSITORY / "Tests/SignaturesTests/Fixtures/vectors.json").read_text())["vectors"]
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Webhook:
    """One request of a provider, ready to be sent."""
    body: bytes
    headers: dict
    id: str = ""

    def tampered(self):
        return Webhook(self.body.replace(b"}", b',"more":1}', 1), self.headers, self.id)


class Criptoladrillo:
    """Hex HMAC-SHA256 of the body, with a version before it."""
    preset, secrets = "criptoladrillo", {"SECRET": "clave-de-prueba-propia"}

    def webhook(self, **fields):
        number = f"op-{next(_numbers)}"
        body = json.dumps({"operation_id": number, "amount": "23.4055", "currency": "CLAD", **fields}).encode()
        return self.sign(body, number)

    def sign(self, body, id=""):
        mac = hmac.digest(self.secrets["SECRET"].encode(), body, "sha256").hex()
        return Webhook(body, {"Content-Type": "application/json", "Criptoladrillo-Signature": f"v0={mac}"}, id)


class Fluxvend:
    """Base64 HMAC-SHA256 of the body; the documentation's samples disagree on the key, both are in use."""
    preset, secrets = "fluxvend", {"API_KEY": "your_api_key", "API_SECRET": "your_secret_key"}

    def __init__(self, key="{API_SECRET}"):
        self.key = key.format(**self.secrets).encode()

    def webhook(self, **fields):
        number = f"TXN{next(_numbers)}"
        body = {"tenantId": "tenant123", "transactionRef": number, "amount": 1000.0, **fields}
        return self.sign(json.dumps(body).encode(), number)

    def sign(self, body, id=""):
        mac = base64.b64encode(hmac.digest(self.key, body, "sha256")).decode()
        return Webhook(body, {"Content-Type": "application/json", "Signature": mac}, id)


class Alfred:
    """The signature stands in the body and covers two of its fields."""
    preset, secrets = "alfred", {"SECRET": "secret"}

    def webhook(self, date="2023-09-25 17:28:03-0000", number=None):
        number = number or f"154b2b72-1280-445d-9bbb-{next(_numbers):012d}"
        mac = hmac.digest(self.node_base64(self.secrets["SECRET"]), (date + number).encode(), "sha256")
        body = {"invoices": number, "date_invoices": date, "signature_invoices": base64.b64encode(mac).decode()}
        return Webhook(json.dumps(body, indent=3).encode(), {"Content-Type": "application/json"}, number)

    @staticmethod
    def node_base64(text):
        """Buffer.from(text, "base64"): keeps the bits of a last group that is not whole."""
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        bits = "".join(f"{alphabet.index(one):06b}" for one in text.replace("-", "+").replace("_", "/"))
        return bytes(int(bits[start:start + 8], 2) for start in range(0, len(bits) - 7, 8))


class Hurupay:
    """RSA over the hex text of the body's SHA-256."""
    preset = "hurupay"

    def __init__(self, directory):
        self.key = directory / "hurupay.pem"
        subprocess.run(["openssl", "genrsa", "-out", self.key, "2048"], check=True, capture_output=True)
        public = subprocess.run(["openssl", "rsa", "-in", self.key, "-pubout"], check=True, capture_output=True)
        self.secrets = {"PUBKEY": public.stdout.decode()}

    def webhook(self, type="collection.successful", **fields):
        number = f"{next(_numbers):016x}"
        body = {"api_version": "v1", "event_id": number, "event_category": "collection", "event_type": type, **fields}
        return self.sign(json.dumps(body).encode(), number)

    def sign(self, body, id=""):
        message = hashlib.sha256(body).hexdigest().encode()
        signed = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", self.key], input=message, check=True, capture_output=True)
        signature = base64.b64encode(signed.stdout).decode()
        return Webhook(body, {"Content-Type": "application/json", "x-webhook-signature": signature}, id)


class Incode:
    """A bearer token that proves the sender and nothing of the body."""
    preset, secrets = "incode-static", {"TOKEN": "tok-1"}

    def webhook(self, token=None):
        number = f"request-{next(_numbers)}"
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token or self.secrets['TOKEN']}"}
        return Webhook(json.dumps({"requestId": number, "status": "OK"}).encode(), headers, number)


class StandardWebhooks:
    """Id, time and body under one HMAC: the scheme with a replay window."""
    preset, secrets = "standard-webhooks", {"SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}

    def webhook(self, age=0, id=None, **fields):
        number, when = id or f"msg_{next(_numbers)}", str(int(time.time()) - age)
        body = json.dumps({"type": "invoice.paid", "n": number, **fields}).encode()
        key = base64.b64decode(self.secrets["SECRET"].removeprefix("whsec_"))
        mac = hmac.digest(key, f"{number}.{when}.".encode() + body, "sha256")
        headers = {
            "Content-Type": "application/json", "webhook-id": number, "webhook-timestamp": when,
            "webhook-signature": "v1," + base64.b64encode(mac).decode()}
        return Webhook(body, headers, number)


def vector(id):
    """A documented sample: its preset, its secrets, and the request as published."""
    found = next(one for one in VECTORS if one["id"] == id)
    headers = {"Content-Type": "application/json", **found["request"]["headers"]}
    return found["verify"], found["secrets"], Webhook(base64.b64decode(found["request"]["body_b64"]), headers)
