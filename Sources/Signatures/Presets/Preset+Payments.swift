extension Preset {
    /// Payments and banks.
    static let payments: [Preset] = [
        Preset(
            "stripe",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:Stripe-Signature", split: ",", kv: "=", pick: "v1", encoding: "hex" },
                  message: "{sig:t}.{body}",
                  timestamp: { value: "{sig:t}", format: "unix", tolerance: 300 },
                }
                """#,
            id: "json:id", type: "json:type", docs: "https://docs.stripe.com/webhooks/signature",
            note: "The whole whsec_… text is the key.",
            manners: Manners(
                secret: "dashboard.stripe.com › Developers › Webhooks › the endpoint: Signing secret",
                retries: "up to 3 days at growing intervals; in a sandbox three times in some hours")),
        Preset(
            "paypal",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "rsa-pkcs1-sha256",
                  key: {
                    value: "{secret:CERT}",
                    format: "pem",
                    fetch: {
                      id: "{header:PayPal-Cert-Url}",
                      url: "{key:id}",
                      host: ["api.paypal.com", "api.sandbox.paypal.com"],
                      path: "/v1/notifications/certs/*",
                      format: "certificate",
                      names: ["*.paypal.com", "*.sandbox.paypal.com"],
                      issuers: ["cacerts.digicert.com"],
                      cache: "24h",
                    },
                  },
                  require: { "header:PayPal-Auth-Algo": "SHA256withRSA" },
                  signature: { in: "header:PayPal-Transmission-Sig", encoding: "base64" },
                  message: "{header:PayPal-Transmission-Id}|{header:PayPal-Transmission-Time}|{secret:WEBHOOK_ID}|{body|crc32}",
                  timestamp: { value: "{header:PayPal-Transmission-Time}", format: "rfc3339", tolerance: 300 },
                }
                """#,
            id: "json:id", type: "json:event_type", docs: "https://developer.paypal.com/api/rest/webhooks/rest/",
            note: "WEBHOOK_ID is that of the subscription.",
            manners: Manners(
                secret:
                    "developer.paypal.com › the app › Webhooks: Webhook ID. The certificate behind PAYPAL-CERT-URL is fetched",
                retries: "25 times in 3 days")),
        Preset(
            "adyen",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}", encoding: "hex" },
                  each: "json:notificationItems.*",
                  signature: {
                    in: "json:notificationItems.*.NotificationRequestItem.additionalData.hmacSignature",
                    encoding: "base64",
                  },
                  message: "{json:notificationItems.*.NotificationRequestItem.pspReference}:{json:notificationItems.*.NotificationRequestItem.originalReference?}:{json:notificationItems.*.NotificationRequestItem.merchantAccountCode}:{json:notificationItems.*.NotificationRequestItem.merchantReference?}:{json:notificationItems.*.NotificationRequestItem.amount.value}:{json:notificationItems.*.NotificationRequestItem.amount.currency}:{json:notificationItems.*.NotificationRequestItem.eventCode}:{json:notificationItems.*.NotificationRequestItem.success}",
                }
                """#,
            id:
                "{json:notificationItems.*.NotificationRequestItem.pspReference}:{json:notificationItems.*.NotificationRequestItem.eventCode}:{json:notificationItems.*.NotificationRequestItem.success}",
            type: "json:notificationItems.*.NotificationRequestItem.eventCode",
            ack: Acknowledgement(status: 200, type: "text/plain", body: "[accepted]"),
            docs: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
            note: "Eight fields of each item are signed; all items have to be genuine. SECRET is hexadecimal.",
            manners: Manners(
                secret: "Customer Area › Developers › Webhooks › the webhook: HMAC key", waits: "10 s",
                retries: "after 2, 5, 10, 15, 30 min, 1, 2, 4, 8 h, then for 7 days")),
        Preset(
            "adyen-header",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}", encoding: "hex" },
                  signature: { in: "header:HmacSignature", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            type: "json:type", ack: Acknowledgement(status: 200, type: "text/plain", body: "[accepted]"),
            docs: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
            note: "Platforms and Management. SECRET is hexadecimal.",
            manners: Manners(
                secret: "Customer Area › Developers › Webhooks › the webhook: HMAC key", waits: "10 s",
                retries: "after 2, 5, 10, 15, 30 min, 1, 2, 4, 8 h, then for 7 days")),
        Preset(
            "square",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:x-square-hmacsha256-signature", encoding: "base64" },
                  message: "{url}{body}",
                }
                """#,
            id: "json:event_id", type: "json:type", docs: "https://developer.squareup.com/docs/webhooks/step3validate",
            note: "Signs the URL: needs publicUrl.",
            manners: Manners(
                secret: "developer.squareup.com › the application › Webhooks › the subscription: Signature key",
                waits: "10 s", retries: "11 times in 24 h")),
        Preset(
            "braintree",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha1",
                  key: { value: "{secret:PRIVATE_KEY}", derive: "sha1", id: "{secret:PUBLIC_KEY}" },
                  signature: { in: "form:bt_signature", split: "&", kv: "|", pick: "{key:id}", encoding: "hex" },
                  message: { anyOf: ["{form:bt_payload}", "{form:bt_payload|append:\\n}"] },
                }
                """#,
            handshake: #"""
                [
                  {
                    when: { method: "GET" },
                    verify: false,
                    key: { value: "{secret:PRIVATE_KEY}", derive: "sha1", id: "{secret:PUBLIC_KEY}" },
                    respond: { body: "{key:id}|{query:bt_challenge|only:a-f0-9|hmac:sha1|hex}" },
                  },
                ]
                """#,
            docs: "https://developer.paypal.com/braintree/docs/guides/webhooks/parse/",
            note: "The event is XML in the form's bt_payload.",
            manners: Manners(
                secret: "Control Panel › Settings › API: public and private key", waits: "30 s",
                retries: "hourly, for 3 h in the sandbox and 24 h in production", takes: [200])),
        Preset(
            "checkout",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:Cko-Signature", encoding: "hex" },
                  message: "{body}",
                }
                """#,
            id: "json:id", type: "json:type",
            docs: "https://www.checkout.com/docs/developer-resources/webhooks/receive-webhooks",
            manners: Manners(
                secret: "Dashboard › Developers › Webhooks › the workflow's action: signature key", waits: "10 s",
                retries: "after 5, 10, 15, 30 min, 1, 4, 12, 12 h")),
        Preset(
            "paddle",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:Paddle-Signature", split: ";", kv: "=", pick: "h1", encoding: "hex" },
                  message: "{sig:ts}:{body}",
                  timestamp: { value: "{sig:ts}", format: "unix", tolerance: 5 },
                }
                """#,
            id: "json:event_id", type: "json:event_type",
            docs: "https://developer.paddle.com/webhooks/signature-verification",
            note: "Paddle allows 5 s between its clock and yours.",
            manners: Manners(
                secret: "Paddle › Developer tools › Notifications › the destination: Secret key", waits: "5 s",
                retries: "60 times in 3 days; three times in 15 min in the sandbox", takes: [200])),
        Preset(
            "affirm",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha512",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Affirm-Signature", split: ",", kv: "=", pick: "v0", encoding: "hex" },
                  message: "{sig:t}.{body}",
                  timestamp: { value: "{sig:t}", format: "unix", tolerance: 300 },
                }
                """#,
            id: "{form:checkout_token}:{form:event}", type: "form:event",
            docs: "https://docs.affirm.com/developers/docs/checking-webhook-signatures",
            note: "Form bodies. Affirm signs when you ask its support to.",
            manners: Manners(
                secret: "Affirm's dashboard › Developers › API keys: private API key",
                retries: "how often is not documented",
                assumes:
                    "that the body is signed as it comes: the one example that Affirm shows with its key does not verify over the body shown with it"
            )),
    ]
}
