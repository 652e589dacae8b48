"""The signing in providers.py against published vectors, so that the other tests stand on firm ground."""
import base64
import hashlib
import json
import subprocess

import pytest
from standardwebhooks.webhooks import Webhook

from providers import Alfred, Criptoladrillo, Fluxvend, Hurupay, StandardWebhooks, vector


@pytest.mark.parametrize("provider, sample, header", [
    (Criptoladrillo(), "criptoladrillo-1-raw-pretty", "Criptoladrillo-Signature"),
    (Fluxvend(), "fluxvend-java-own", "Signature"),
    (Fluxvend("{API_KEY}:{API_SECRET}"), "fluxvend-node-own", "Signature"),
])
def test_a_signature_equals_the_vector(provider, sample, header):
    _, secrets, webhook = vector(sample)
    assert provider.secrets == secrets
    assert provider.sign(webhook.body).headers[header] == webhook.headers[header]


def test_alfred_reproduces_the_documented_signature():
    _, _, webhook = vector("alfred-1-documented")
    documented = json.loads(webhook.body)
    ours = Alfred().webhook(documented["date_invoices"], documented["invoices"])
    assert json.loads(ours.body) == documented


def test_hurupay_signs_what_openssl_verifies(tmp_path):
    hurupay = Hurupay(tmp_path)
    webhook = hurupay.webhook()
    (tmp_path / "public.pem").write_text(hurupay.secrets["PUBKEY"])
    (tmp_path / "signature").write_bytes(base64.b64decode(webhook.headers["x-webhook-signature"]))
    message = hashlib.sha256(webhook.body).hexdigest().encode()
    subprocess.run(
        ["openssl", "dgst", "-sha256", "-verify", tmp_path / "public.pem", "-signature", tmp_path / "signature"],
        input=message, check=True, capture_output=True)


def test_standard_webhooks_signs_what_its_library_verifies():
    webhook = StandardWebhooks().webhook()
    Webhook(StandardWebhooks.secrets["SECRET"]).verify(webhook.body, webhook.headers)
