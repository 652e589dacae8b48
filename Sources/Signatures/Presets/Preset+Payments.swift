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
            note: "The whole whsec_… text is the key."),
        Preset(
            "paypal",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "rsa-pkcs1-sha256",
                  key: { value: "{secret:CERT}", format: "pem" },
                  require: { "header:PayPal-Auth-Algo": "SHA256withRSA" },
                  signature: { in: "header:PayPal-Transmission-Sig", encoding: "base64" },
                  message: "{header:PayPal-Transmission-Id}|{header:PayPal-Transmission-Time}|{secret:WEBHOOK_ID}|{body|crc32}",
                  timestamp: { value: "{header:PayPal-Transmission-Time}", format: "rfc3339", tolerance: 300 },
                }
                """#,
            id: "json:id", type: "json:event_type", docs: "https://developer.paypal.com/api/rest/webhooks/rest/",
            note: "CERT is PayPal's certificate, kept by you; WEBHOOK_ID is that of the subscription."),
        Preset(
            "adyen",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}", encoding: "hex" },
                  signature: {
                    in: "json:notificationItems.0.NotificationRequestItem.additionalData.hmacSignature",
                    encoding: "base64",
                  },
                  message: "{json:notificationItems.0.NotificationRequestItem.pspReference}:{json:notificationItems.0.NotificationRequestItem.originalReference?}:{json:notificationItems.0.NotificationRequestItem.merchantAccountCode}:{json:notificationItems.0.NotificationRequestItem.merchantReference?}:{json:notificationItems.0.NotificationRequestItem.amount.value}:{json:notificationItems.0.NotificationRequestItem.amount.currency}:{json:notificationItems.0.NotificationRequestItem.eventCode}:{json:notificationItems.0.NotificationRequestItem.success}",
                }
                """#,
            id:
                "{json:notificationItems.0.NotificationRequestItem.pspReference}:{json:notificationItems.0.NotificationRequestItem.eventCode}:{json:notificationItems.0.NotificationRequestItem.success}",
            type: "json:notificationItems.0.NotificationRequestItem.eventCode",
            ack: Acknowledgement(status: 200, type: "text/plain", body: "[accepted]"),
            docs: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
            note: "Eight fields of the only item are signed. SECRET is hexadecimal."),
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
            note: "Platforms and Management. SECRET is hexadecimal."),
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
            note: "Signs the URL: needs publicUrl."),
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
            note: "The event is XML in the form's bt_payload."),
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
            docs: "https://www.checkout.com/docs/developer-resources/webhooks/receive-webhooks"),
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
            note: "The encoding is undocumented: hexadecimal and base64 are both tried."),
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
            note: "Several signatures while a secret is rotated, each in a field of its own."),
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
            id: "json:meta.webhook_id",
            docs: "https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks",
            note: "A batch of events in one body."),
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
            note: "Paddle allows 5 s between its clock and yours."),
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
            docs: "https://razorpay.com/docs/webhooks/validate-test/"),
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
            note: "SECRET is the client secret."),
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
            docs: "https://docs.wise.com/api-docs/features/webhooks-notifications"),
        Preset(
            "plaid",
            verify: #"""
                {
                  type: "jwt",
                  in: "header:Plaid-Verification",
                  algorithms: ["ES256"],
                  key: { value: "{secret:JWK}", format: "jwk" },
                  claims: { request_body_sha256: "{body|sha256|hex}" },
                  maxAge: 300,
                }
                """#,
            type: "{json:webhook_type}.{json:webhook_code}",
            docs: "https://plaid.com/docs/api/webhooks/webhook-verification/",
            note: "JWK is Plaid's key in JSON, kept by you."),
    ]
}
