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
                  message: "{json:date_invoices}{json:invoices}",
                }
                """#,
            id: "json:invoices", docs: "https://alfredpay.readme.io/docs/webhooks",
            note: "Signs two fields of the body: date_invoices and invoices."),
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
            note: "Alfred's newer scheme, in the form of Stripe's; what exactly is signed is not documented."),
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
            note: "Tries the key as the Java, C# and PHP samples have it, and as the Node sample has it."),
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
            id: "json:transactionRef", note: "As fluxvend, and only from the addresses in the route's allow."),
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
            id: "json:transactionRef", note: "Key is API_KEY:API_SECRET (Node sample)."),
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
            id: "json:transactionRef", note: "Key is API_SECRET (Java, C# and PHP samples)."),
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
            id: "json:transactionRef", note: "Key is API_KEY and API_SECRET joined, as the prose may be read."),
        Preset(
            "fluxvend-monnify",
            verify: #"""
                { type: "ip" }
                """#,
            id: "json:eventData.transactionReference", type: "json:eventType",
            note: "Source addresses alone, from the route's allow: nothing is signed."),
        Preset(
            "fluxvend-opay",
            verify: #"""
                { type: "ip" }
                """#,
            id: "{json:payload.transactionId}:{json:payload.status}", type: "json:type",
            note: "Source addresses alone, from the route's allow: nothing is signed."),
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
            note: "Fixed bearer tokens, and tokens of this route's own token endpoint."),
        Preset(
            "incode-static",
            verify: #"""
                { type: "token", in: "header:Authorization", prefix: "Bearer ", key: ["{secret:TOKEN}"] }
                """#,
            id: "json:requestId", docs: "https://developer.incode.com/docs/webhooks",
            note: "A fixed bearer token; a list of them rotates."),
        Preset(
            "incode-jwt",
            verify: #"""
                {
                  type: "jwt",
                  in: "header:Authorization",
                  prefix: "Bearer ",
                  algorithms: ["RS256", "ES256", "HS256"],
                  key: { value: "{secret:JWKS}", format: "jwks" },
                  claims: { aud: "{secret:AUDIENCE}" },
                }
                """#,
            id: "json:requestId", docs: "https://developer.incode.com/docs/webhooks",
            note: "Tokens of your identity provider: JWKS is its key set, AUDIENCE what it issues them for."),
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
            note: "The raw body; there is no timestamp, so an old request is only known by its operation_id."),
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
            note: "Signs the hexadecimal SHA-256 of the body (JavaScript and Ruby samples)."),
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
            note: "Signs the body itself (Go sample)."),
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
            note: "Signs the 32 bytes of the body's SHA-256."),
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
            note: "Tries the three forms of the samples and says which one matched."),
    ]
}
