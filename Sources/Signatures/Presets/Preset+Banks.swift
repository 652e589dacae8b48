extension Preset {
    /// Bank transfers, and payments of India and Europe.
    static let banks: [Preset] = [
        Preset(
            "klarna",
            verify: #"""
                {
                  type: "any",
                  of: [
                    {
                      type: "hmac",
                      hash: "sha256",
                      key: { value: "{secret:SECRET}" },
                      signature: { in: "header:Klarna-Signature", encoding: "hex" },
                      message: "{body}",
                    },
                    {
                      type: "hmac",
                      hash: "sha256",
                      key: { value: "{secret:SECRET}" },
                      signature: { in: "header:Klarna-Signature", encoding: "base64" },
                      message: "{body}",
                    },
                  ],
                }
                """#,
            id: "json:metadata.event_id", type: "json:metadata.event_type",
            refusal: Acknowledgement(status: 400, type: nil, body: ""),
            docs:
                "https://docs.klarna.com/klarna-network-distribution/manage-partners/integration-setup-and-notifications/webhooks",
            note: "The encoding is undocumented: hexadecimal and base64 are both tried.",
            manners: Manners(
                secret: "the signing key of the notification settings", retries: "at growing intervals up to 12 h",
                takes: [200, 201, 202, 204],
                assumes: "that the signature is hexadecimal or base64, which Klarna does not say: either is accepted")),
        Preset(
            "mollie",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: {
                    in: "header:X-Mollie-Signature",
                    encoding: "hex",
                    prefix: "sha256=",
                    prefixOptional: true,
                    repeated: true,
                  },
                  message: "{body}",
                }
                """#,
            id: "json:id", type: "json:type", docs: "https://docs.mollie.com/reference/webhooks-best-practices",
            note: "Several signatures while a secret is rotated, each in a field of its own.",
            manners: Manners(
                secret: "Dashboard › Developers › Webhooks › the webhook: signing secret", waits: "15 s",
                retries: "ten times in 26 h", takes: [200])),
        Preset(
            "mollie-classic",
            verify: #"""
                { type: "none" }
                """#,
            id: "form:id", docs: "https://docs.mollie.com/reference/webhooks",
            note: """
                Nothing is signed, and the body is only the id of what changed: have subscribers fetch that from Mollie. It is \
                the same each time, so none is a duplicate. mollie is for the newer, signed webhooks.
                """,
            repeatsBodies: true,
            manners: Manners(
                secret: "no secret: nothing is signed", waits: "15 s", retries: "ten times in 26 h", takes: [200])),
        Preset(
            "gocardless",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:Webhook-Signature", encoding: "hex" },
                  message: "{body}",
                }
                """#,
            id: "json:meta.webhook_id", type: "json:events.*.resource_type",
            refusal: Acknowledgement(status: 498, type: nil, body: ""),
            docs: "https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks",
            note: "A batch of events in one body.",
            manners: Manners(
                secret: "Dashboard › Developers › Webhook endpoints › the endpoint: Secret", waits: "10 s",
                retries: "up to eight times, at growing intervals from 1 min on")),
        Preset(
            "razorpay",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Razorpay-Signature", encoding: "hex" },
                  message: "{body}",
                }
                """#,
            id: "header:x-razorpay-event-id", type: "json:event",
            docs: "https://razorpay.com/docs/webhooks/validate-test/",
            manners: Manners(
                secret: "you choose it: Dashboard › Account & Settings › Webhooks: Secret", waits: "5 s",
                retries: "at growing intervals for 24 h")),
        Preset(
            "cashfree",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:x-webhook-signature", encoding: "base64" },
                  message: "{header:x-webhook-timestamp}{body}",
                  timestamp: { value: "{header:x-webhook-timestamp}", format: "unix-any", tolerance: 300 },
                }
                """#,
            id: "{json:type}:{json:data.payment.cf_payment_id}", type: "json:type",
            docs: "https://www.cashfree.com/docs/api-reference/vrs/webhook-signature-verification",
            note: "SECRET is the client secret.",
            manners: Manners(
                secret: "Merchant Dashboard › Developers › API Keys: client secret", retries: "after 2, 10 and 30 min",
                takes: [200])),
        Preset(
            "wise",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "rsa-pkcs1-sha256",
                  key: { value: "{secret:PUBKEY}", format: "pem" },
                  signature: { in: "header:X-Signature-SHA256", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            id: "header:X-Delivery-Id", type: "json:event_type",
            docs: "https://docs.wise.com/api-docs/features/webhooks-notifications",
            manners: Manners(
                secret:
                    "no secret: Wise's public key, from its documentation, one for the sandbox and one for production",
                waits: "5 s", retries: "25 times in two weeks")),
        Preset(
            "airwallex",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:x-signature", encoding: "hex" },
                  message: "{header:x-timestamp}{body}",
                  timestamp: { value: "{header:x-timestamp}", format: "unix-ms", tolerance: 300 },
                }
                """#,
            id: "json:id", type: "json:name",
            docs: "https://www.airwallex.com/docs/developer-tools/webhooks/listen-for-webhook-events",
            manners: Manners(
                secret: "Settings › Developer › Webhooks › the webhook: secret",
                retries: "at growing intervals for about three days", takes: [200],
                assumes: "how old a request may be, which Airwallex leaves to you: 5 min")),
        Preset(
            "plaid",
            verify: #"""
                {
                  type: "jwt",
                  in: "header:Plaid-Verification",
                  algorithms: ["ES256"],
                  key: {
                    value: "{secret:JWK}",
                    format: "jwk",
                    fetch: {
                      url: "https://production.plaid.com/webhook_verification_key/get",
                      body: "{{\"client_id\":\"{secret:CLIENT_ID}\",\"secret\":\"{secret:SECRET}\",\"key_id\":\"{key:id}\"}}",
                      format: "jwk",
                      member: "key",
                    },
                  },
                  claims: { request_body_sha256: "{body|sha256|hex}" },
                  maxAge: 300,
                }
                """#,
            type: "{json:webhook_type}.{json:webhook_code}",
            docs: "https://plaid.com/docs/api/webhooks/webhook-verification/",
            note: """
                The sandbox has its keys elsewhere: keys: { url: "https://sandbox.plaid.com/webhook_verification_key/get" }.
                """,
            repeatsBodies: true,
            manners: Manners(
                secret: "Dashboard › Developers › Keys: client_id and secret, with which the public keys are fetched",
                waits: "10 s", retries: "from 30 s on, four times longer each time, for 24 h", takes: [200])),
    ]
}
