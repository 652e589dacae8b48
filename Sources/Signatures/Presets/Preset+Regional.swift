extension Preset {
    /// Payments of Africa and Latin America.
    static let regional: [Preset] = [
        Preset(
            "mercadopago",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:x-signature", split: ",", kv: "=", pick: "v1", encoding: "hex" },
                  message: {
                    anyOf: [
                      ["?id:{query:data.id|lower};", "?request-id:{header:x-request-id};", "ts:{sig:ts};"],
                      ["?id:{query:data.id};", "?request-id:{header:x-request-id};", "ts:{sig:ts};"],
                    ],
                  },
                  timestamp: { value: "{sig:ts}", format: "unix-any", tolerance: 300 },
                }
                """#,
            id: "json:id", type: "json:type",
            docs: "https://www.mercadopago.com/developers/en/docs/your-integrations/notifications/webhooks",
            note: "Signs ids of the request, not the body: fetch the resource before you trust it.",
            manners: Manners(
                secret: "Your integrations › the application › Webhooks: Secret signature", waits: "22 s",
                retries: "every 15 min, less often after the third time", takes: [200, 201],
                assumes:
                    "the unit of ts (seconds and milliseconds are told apart) and the case of data.id (either is accepted): pages and SDK differ"
            )),
        Preset(
            "paystack",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha512",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:x-paystack-signature", encoding: "hex" },
                  message: "{body}",
                }
                """#,
            id: "{json:event}:{json:data.id}", type: "json:event",
            docs: "https://paystack.com/docs/payments/webhooks/", note: "SECRET is the API secret key.",
            manners: Manners(
                secret: "Dashboard › Settings › API Keys & Webhooks: Secret Key",
                retries: "every 3 min four times, then hourly for 72 h; in test mode hourly for 10 h", takes: [200])),
        Preset(
            "flutterwave",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:flutterwave-signature", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            id: "{json:type}:{json:data.id}", type: "json:type",
            docs: "https://developer.flutterwave.com/docs/webhooks", note: "The API of version 4.",
            manners: Manners(
                secret: "you choose it: Dashboard › Settings › Webhooks: Secret hash", waits: "60 s",
                retries: "three times, 30 min apart, when enabled", takes: [200],
                assumes:
                    "that version 4 signs with HMAC; some of its samples compare a static token, as flutterwave-v3 does"
            )),
        Preset(
            "flutterwave-v3",
            verify: #"""
                { type: "token", in: "header:verif-hash", key: "{secret:SECRET}" }
                """#,
            id: "{json:event}:{json:data.id}", type: "json:event",
            docs: "https://developer.flutterwave.com/v3.0.0/docs/webhooks",
            note: "A static token: the body is not signed.",
            manners: Manners(
                secret: "you choose it: Dashboard › Settings › Webhooks: Secret hash", waits: "60 s",
                retries: "three times, 30 min apart, when enabled", takes: [200])),
        Preset(
            "monnify",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha512",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:monnify-signature", encoding: "hex" },
                  message: "{body}",
                }
                """#,
            id: "json:eventData.transactionReference", type: "json:eventType",
            docs: "https://developers.monnify.com/docs/webhooks", note: "SECRET is the client secret.",
            manners: Manners(
                secret: "Dashboard › Developer › API keys: Client secret",
                retries: "again and again, how often is not documented", takes: [200])),
        Preset(
            "opay",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha3-512",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "json:sha512", encoding: "hex" },
                  message: "{{Amount:\"{json:payload.amount}\",Currency:\"{json:payload.currency}\",Reference:\"{json:payload.reference}\",Refunded:{json:payload.refunded|map:true=t,false=f},Status:\"{json:payload.status}\",Timestamp:\"{json:payload.timestamp}\",Token:\"{json:payload.token?}\",TransactionID:\"{json:payload.transactionId}\"}}",
                }
                """#,
            id: "{json:payload.transactionId}:{json:payload.status}", type: "json:type",
            docs: "https://documentation.opaycheckout.com/callback-signature", note: "Eight fields are signed.",
            manners: Manners(
                secret: "merchant dashboard › API keys: private key", retries: "for up to 72 h", takes: [200])),
        Preset(
            "opay-v2",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha512",
                  key: { value: "{secret:SECRET}" },
                  signature: {
                    in: ["header:Authorization", "header:Signature"],
                    encoding: "hex",
                    prefix: "Bearer ",
                    prefixOptional: true,
                  },
                  message: "{header:RequestTimestamp}{body}",
                  timestamp: { value: "{header:RequestTimestamp}", format: "unix-any", tolerance: 300 },
                }
                """#,
            id: "{json:orderNo}:{json:status}", type: "json:type",
            docs: "https://doc.opaycheckout.com/callback-signature-v2", note: "The API of version 2.",
            manners: Manners(
                secret: "merchant dashboard › API keys: private key", takes: [200],
                assumes:
                    "that the signature is hexadecimal, stands in Authorization, with Bearer before it or without, or in Signature (its page names both), that RequestTimestamp is in seconds or milliseconds, and that 5 min is as old as a request may be: OPay shows no whole example"
            )),
        Preset(
            "mpesa",
            verify: #"""
                {
                  type: "ip",
                  allow: [
                    "196.201.214.200/32",
                    "196.201.214.206/32",
                    "196.201.213.114/32",
                    "196.201.214.207/32",
                    "196.201.214.208/32",
                    "196.201.213.44/32",
                    "196.201.212.127/32",
                    "196.201.212.138/32",
                    "196.201.212.129/32",
                    "196.201.212.136/32",
                    "196.201.212.74/32",
                    "196.201.212.69/32",
                  ],
                }
                """#,
            ack: Acknowledgement(
                status: 200, type: "application/json", body: "{\"ResultCode\":0,\"ResultDesc\":\"Accepted\"}"),
            docs: "https://developer.safaricom.co.ke/", note: "Source addresses alone: nothing is signed.",
            manners: Manners(
                secret: "no secret: a list of addresses", retries: "none", takes: [200], body: .json)),
    ]
}
