"""Providers whose keys are fetched, written from their documents: each signs, and publishes its key on a KeyServer."""
import base64
import hashlib
import itertools
import json
import uuid
import zlib
from datetime import datetime, timezone

from key_server import openssl
from providers import Webhook

_numbers = itertools.count(1)
JSON = {"Content-Type": "application/json"}


class SNS:
    """A certificate at a URL in the body; text of seven fields, name and value a line each."""
    preset, host = "aws-sns", "sns.us-east-1.amazonaws.com"
    topic = "arn:aws:sns:us-east-1:123456789012:orders"
    secrets = {"TOPIC": topic}

    def __init__(self, server, authority, path="/SimpleNotificationService-1.pem", names=("sns.amazonaws.com",), **how):
        self.path = path
        certificate, self.key = authority.issue(f"sns-{next(_numbers)}", *names, **how)
        server.put(path, certificate.read_bytes())

    def webhook(self, url=None, **fields):
        number = str(uuid.uuid4())
        body = {"Type": "Notification", "MessageId": number, "TopicArn": self.topic, "Message": "für\nalle",
                "Timestamp": "2026-11-21T12:00:00.000Z", "SignatureVersion": "2",
                "SigningCertURL": url or f"https://{self.host}{self.path}", **fields}
        names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
        text = "".join(f"{name}\n{body[name]}\n" for name in names if name in body)
        signature = openssl("dgst", "-sha256", "-sign", self.key, input=text.encode())
        body["Signature"] = base64.b64encode(signature).decode()
        return Webhook(json.dumps(body).encode(), {"Content-Type": "text/plain; charset=UTF-8"}, number)


class PayPal:
    preset, path, secrets = "paypal", "/v1/notifications/certs/CERT-1", {"WEBHOOK_ID": "WH-1"}

    def __init__(self, server, authority):
        certificate, self.key = authority.issue("paypal", "messageverificationcerts.paypal.com")
        server.put(self.path, certificate.read_bytes())

    def webhook(self):
        number = f"WH-{next(_numbers)}"
        body = json.dumps({"id": number, "event_type": "PAYMENT.CAPTURE.COMPLETED"}).encode()
        sent, when = str(uuid.uuid4()), datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        text = f"{sent}|{when}|{self.secrets['WEBHOOK_ID']}|{zlib.crc32(body)}"
        signature = openssl("dgst", "-sha256", "-sign", self.key, input=text.encode())
        return Webhook(body, {
            **JSON, "PAYPAL-TRANSMISSION-ID": sent, "PAYPAL-TRANSMISSION-TIME": when, "PAYPAL-AUTH-ALGO": "SHA256withRSA",
            "PAYPAL-CERT-URL": f"https://api.paypal.com{self.path}",
            "PAYPAL-TRANSMISSION-SIG": base64.b64encode(signature).decode()}, number)


class Circle:
    preset, secrets = "circle", {"API_KEY": "circle-api-key"}

    def __init__(self, server, key):
        self.key = key

        def answer(request, body):
            if request.headers["Authorization"] != "Bearer circle-api-key":
                return 401, b"", {}
            content = {"data": {"id": key.id, "algorithm": "ECDSA_SHA_256",
                                "publicKey": base64.b64encode(key.der).decode()}}
            return 200, json.dumps(content).encode(), {}
        server.answers[f"/v2/notifications/publicKey/{key.id}"] = answer

    def webhook(self, key_id=None):
        number = str(uuid.uuid4())
        body = json.dumps({"notificationId": number, "notificationType": "transactions.inbound"}).encode()
        signature = base64.b64encode(self.key.sign(body)).decode()
        return Webhook(body, {**JSON, "X-Circle-Key-Id": key_id or self.key.id, "X-Circle-Signature": signature}, number)


class Plaid:
    preset, secrets = "plaid", {"CLIENT_ID": "client", "SECRET": "a \"quoted\" secret"}

    def __init__(self, server, key):
        self.key = key

        def answer(request, body):
            asked = json.loads(body)
            if (asked["client_id"], asked["secret"]) != tuple(self.secrets.values()):
                return 401, b"{}", {}
            if asked["key_id"] != key.id:
                return 400, b'{"error_code":"INVALID_WEBHOOK_VERIFICATION_KEY_ID"}', {}
            content = {"key": {**key.jwk, "created_at": 1, "expired_at": None}, "request_id": "r"}
            return 200, json.dumps(content).encode(), {}
        server.answers["/webhook_verification_key/get"] = answer

    def webhook(self):
        body = json.dumps({"webhook_type": "ITEM", "webhook_code": "ERROR", "n": next(_numbers)}).encode()
        token = self.key.token(request_body_sha256=hashlib.sha256(body).hexdigest())
        return Webhook(body, {**JSON, "Plaid-Verification": token})


class PubSub:
    preset, secrets = "google-pubsub", {"AUDIENCE": "our-gateway", "SERVICE_ACCOUNT": "push@p.iam.gserviceaccount.com"}
    path = "/oauth2/v3/certs"

    def __init__(self, server, key):
        self.key = key
        server.put(self.path, {"keys": [key.jwk]}, Cache_Control="public, max-age=3600")

    def webhook(self, key=None):
        number = str(next(_numbers))
        body = json.dumps({"message": {"messageId": number, "data": "aGk="}}).encode()
        token = (key or self.key).token(
            aud="our-gateway", iss="https://accounts.google.com", email=self.secrets["SERVICE_ACCOUNT"],
            email_verified=True)
        return Webhook(body, {**JSON, "Authorization": f"Bearer {token}"}, number)


class OpenID:
    preset, secrets = "openid", {"AUDIENCE": "our-gateway", "ISSUER": "https://issuer.example.com"}
    url = "https://issuer.example.com/jwks"

    def __init__(self, server, *keys):
        self.key = keys[0]
        self.publish(server, *keys)

    @staticmethod
    def publish(server, *keys):
        server.put("/jwks", {"keys": [key.jwk for key in keys]})

    def webhook(self, key=None, **claims):
        body = json.dumps({"n": next(_numbers)}).encode()
        token = (key or self.key).token(**{"aud": "our-gateway", "iss": "https://issuer.example.com", **claims})
        return Webhook(body, {**JSON, "Authorization": f"Bearer {token}"})
