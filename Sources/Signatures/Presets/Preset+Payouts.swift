extension Preset {
    /// Payouts, collections and identity checks.
    static let payouts: [Preset] = [
        Preset(
            "alfred",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}", encoding: "base64-lenient" },
                  signature: { in: "json:signature_invoices", encoding: "base64" },
                  message: "{json:date_invoices|date}{json:invoices|without::}",
                }
                """#,
            id: "json:invoices", docs: "https://alfredpay.readme.io/docs/webhooks",
            note: "Signs two fields of the body, date_invoices and invoices, with nothing between.",
            manners: Manners(
                secret: "given by Alfred")),
        Preset(
            "alfred-readme",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:Signature", split: ",", kv: "=", pick: "s", encoding: "hex" },
                  message: "{sig:t}.{body}",
                  timestamp: { value: "{sig:t}", format: "unix", tolerance: 300 },
                }
                """#,
            docs: "https://alfredpay.readme.io/docs/webhooks",
            note: "Alfred's newer scheme, in the form of Stripe's; what exactly is signed is not documented.",
            manners: Manners(
                secret: "given by Alfred", retries: "ten times at least, at growing intervals",
                assumes: "that t, a dot and the body are signed, as with Stripe; Alfred's page does not say")),
        Preset(
            "fluxvend",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: [{ value: "{secret:API_SECRET}" }, { value: "{secret:API_KEY}:{secret:API_SECRET}" }],
                  signature: { in: "header:Signature", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            id: "json:transactionRef",
            docs: "https://doc.fluxvend.com/webhooks.html",
            note: "Tries the key as the Java, C# and PHP samples have it, and as the Node sample has it.",
            manners: Manners(
                secret: "Fluxvend's dashboard: API key and API secret",
                assumes: "nothing of the key: both readings of its samples are tried")),
        Preset(
            "fluxvend-core",
            verify: #"""
                {
                  type: "all",
                  of: [
                    { type: "ip" },
                    {
                      type: "hmac",
                      hash: "sha256",
                      key: [{ value: "{secret:API_SECRET}" }, { value: "{secret:API_KEY}:{secret:API_SECRET}" }],
                      signature: { in: "header:Signature", encoding: "base64" },
                      message: "{body}",
                    },
                  ],
                }
                """#,
            id: "json:transactionRef", docs: "https://doc.fluxvend.com/webhooks.html",
            note: "As fluxvend, and only from the addresses in the route's allow.",
            manners: Manners(
                secret: "Fluxvend's dashboard: API key and API secret",
                assumes: "nothing of the key: both readings of its samples are tried")),
        Preset(
            "fluxvend-node",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:API_KEY}:{secret:API_SECRET}" },
                  signature: { in: "header:Signature", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            id: "json:transactionRef", docs: "https://doc.fluxvend.com/webhooks.html",
            note: "Key is API_KEY:API_SECRET (Node sample).",
            manners: Manners(
                secret: "Fluxvend's dashboard: API key and API secret")),
        Preset(
            "fluxvend-java",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:API_SECRET}" },
                  signature: { in: "header:Signature", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            id: "json:transactionRef", docs: "https://doc.fluxvend.com/webhooks.html",
            note: "Key is API_SECRET (Java, C# and PHP samples).",
            manners: Manners(
                secret: "Fluxvend's dashboard: API key and API secret")),
        Preset(
            "fluxvend-prose",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:API_KEY}{secret:API_SECRET}" },
                  signature: { in: "header:Signature", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            id: "json:transactionRef", docs: "https://doc.fluxvend.com/webhooks.html",
            note: "Key is API_KEY and API_SECRET joined, as the prose may be read.",
            manners: Manners(
                secret: "Fluxvend's dashboard: API key and API secret",
                assumes: "that the prose means both texts joined; none of its samples does so")),
        Preset(
            "fluxvend-prose2",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:API_SECRET}{secret:API_SECRET}" },
                  signature: { in: "header:Signature", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            id: "json:transactionRef", docs: "https://doc.fluxvend.com/webhooks.html",
            note: "Key is API_SECRET twice, as the prose says word by word.",
            manners: Manners(
                secret: "Fluxvend's dashboard: API key and API secret",
                assumes: "that the prose means what it says word by word; none of its samples does so")),
        Preset(
            "fluxvend-monnify",
            verify: #"""
                { type: "ip" }
                """#,
            id: "json:eventData.transactionReference", type: "json:eventType",
            docs: "https://doc.fluxvend.com/webhooks.html",
            note: "Source addresses alone, from the route's allow: nothing is signed.",
            manners: Manners(
                secret: "no secret: a list of addresses, of which Monnify documents 35.242.133.146")),
        Preset(
            "fluxvend-opay",
            verify: #"""
                { type: "ip" }
                """#,
            id: "{json:payload.transactionId}:{json:payload.status}", type: "json:type",
            docs: "https://doc.fluxvend.com/webhooks.html",
            note: "Source addresses alone, from the route's allow: nothing is signed.",
            manners: Manners(
                secret: "no secret: a list of addresses, which OPay gives")),
        Preset(
            "incode",
            verify: #"""
                {
                  type: "any",
                  skipWithoutSecrets: true,
                  of: [
                    "incode-static",
                    {
                      type: "jwt",
                      in: "header:Authorization",
                      prefix: "Bearer ",
                      algorithms: ["HS256"],
                      key: { value: "{secret:TOKENS_CLIENT_SECRET}", derive: "issued-token" },
                      claims: { iss: "headgate", aud: "{route}" },
                    },
                  ],
                }
                """#,
            id: "json:requestId", docs: "https://developer.incode.com/docs/webhooks",
            note: "Fixed bearer tokens, and tokens of this route's own token endpoint.",
            manners: Manners(
                secret: "agreed with Incode, or issued here: client id and secret of the route's tokens",
                retries: "after 30 s, then 2.5 times longer each time: five tries in about 32 min", takes: [200, 204],
                body: .json)),
        Preset(
            "incode-static",
            verify: #"""
                { type: "token", in: "header:Authorization", prefix: "Bearer ", key: ["{secret:TOKEN}"] }
                """#,
            id: "json:requestId", docs: "https://developer.incode.com/docs/webhooks",
            note: "A fixed bearer token; a list of them rotates.",
            manners: Manners(
                secret: "agreed with Incode",
                retries: "after 30 s, then 2.5 times longer each time: five tries in about 32 min", takes: [200, 204],
                body: .json)),
        Preset(
            "incode-jwt",
            verify: #"""
                {
                  type: "jwt",
                  in: "header:Authorization",
                  prefix: "Bearer ",
                  algorithms: ["RS256", "ES256"],
                  key: { value: "{secret:JWKS}", format: "jwks", fetch: { format: "jwks" } },
                  claims: { aud: "{secret:AUDIENCE}" },
                }
                """#,
            id: "json:requestId", docs: "https://developer.incode.com/docs/webhooks",
            note: "Tokens of your identity provider: AUDIENCE is what it issues them for.",
            manners: Manners(
                secret: "your identity provider's jwks_uri, and the audience it issues tokens for",
                retries: "after 30 s, then 2.5 times longer each time: five tries in about 32 min", takes: [200, 204],
                body: .json)),
        Preset(
            "criptoladrillo",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:Criptoladrillo-Signature", encoding: "hex", prefix: "v0=" },
                  message: "{body}",
                }
                """#,
            id: "json:operation_id",
            docs: "https://dev.criptoladrillo.ar",
            note: "The raw body; there is no timestamp, so an old request is only known by its operation_id.",
            manners: Manners(
                secret: "given by Criptoladrillo",
                assumes: "that the secret is used as text, and that the body is signed as it is sent")),
        Preset(
            "hurupay",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "rsa-pkcs1-sha256",
                  key: { value: "{secret:PUBKEY}", format: "pem" },
                  signature: { in: "header:x-webhook-signature", encoding: "base64-lenient" },
                  message: "{body|sha256|hex}",
                }
                """#,
            id: "json:event_id", type: "json:event_type",
            ack: Acknowledgement(status: 200, type: "text/plain", body: "OK"),
            docs: "https://docs.hurupay.com/en/latest/webhook.html",
            note: "Signs the hexadecimal SHA-256 of the body (JavaScript and Ruby samples).",
            manners: Manners(
                secret: "publicKey of the webhook, as the API that made it answered", body: .exact,
                assumes: "the form of its JavaScript and Ruby samples; hurupay-auto tries all")),
        Preset(
            "hurupay-go",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "rsa-pkcs1-sha256",
                  key: { value: "{secret:PUBKEY}", format: "pem" },
                  signature: { in: "header:x-webhook-signature", encoding: "base64-lenient" },
                  message: "{body}",
                }
                """#,
            id: "json:event_id", type: "json:event_type",
            ack: Acknowledgement(status: 200, type: "text/plain", body: "OK"),
            docs: "https://docs.hurupay.com/en/latest/webhook.html",
            note: "Signs the body itself (Go sample).",
            manners: Manners(
                secret: "publicKey of the webhook, as the API that made it answered", body: .exact,
                assumes: "the form of its Go sample")),
        Preset(
            "hurupay-double",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "rsa-pkcs1-sha256",
                  key: { value: "{secret:PUBKEY}", format: "pem" },
                  signature: { in: "header:x-webhook-signature", encoding: "base64-lenient" },
                  message: "{body|sha256}",
                }
                """#,
            id: "json:event_id", type: "json:event_type",
            ack: Acknowledgement(status: 200, type: "text/plain", body: "OK"),
            docs: "https://docs.hurupay.com/en/latest/webhook.html",
            note: "Signs the 32 bytes of the body's SHA-256.",
            manners: Manners(
                secret: "publicKey of the webhook, as the API that made it answered", body: .exact,
                assumes: "one way to repair its Python sample, which cannot work as printed")),
        Preset(
            "hurupay-auto",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "rsa-pkcs1-sha256",
                  key: { value: "{secret:PUBKEY}", format: "pem" },
                  signature: { in: "header:x-webhook-signature", encoding: "base64-lenient" },
                  message: { anyOf: ["{body|sha256|hex}", "{body}", "{body|sha256}"] },
                }
                """#,
            id: "json:event_id", type: "json:event_type",
            ack: Acknowledgement(status: 200, type: "text/plain", body: "OK"),
            docs: "https://docs.hurupay.com/en/latest/webhook.html",
            note: "Tries the three forms of the samples and says which one matched.",
            manners: Manners(
                secret: "publicKey of the webhook, as the API that made it answered", body: .exact)),
    ]
}
