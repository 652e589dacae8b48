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
            note: "Signs ids of the request, not the body: fetch the resource before you trust it."),
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
            docs: "https://paystack.com/docs/payments/webhooks/", note: "SECRET is the API secret key."),
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
            docs: "https://developer.flutterwave.com/docs/webhooks", note: "The API of version 4."),
        Preset(
            "flutterwave-v3",
            verify: #"""
                { type: "token", in: "header:verif-hash", key: "{secret:SECRET}" }
                """#,
            id: "{json:event}:{json:data.id}", type: "json:event",
            docs: "https://developer.flutterwave.com/v3.0.0/docs/webhooks",
            note: "A static token: the body is not signed."),
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
            docs: "https://developers.monnify.com/docs/webhooks", note: "SECRET is the client secret."),
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
            docs: "https://documentation.opaycheckout.com/callback-signature", note: "Eight fields are signed."),
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
            note: "Source addresses alone: nothing is signed."),
    ]
}
