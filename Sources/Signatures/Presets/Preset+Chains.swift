extension Preset {
    /// Money on block chains.
    static let chains: [Preset] = [
        Preset(
            "circle",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "ecdsa-sha256",
                  key: {
                    value: "{secret:PUBKEY}",
                    format: "der-base64",
                    fetch: {
                      id: "{header:X-Circle-Key-Id}",
                      url: "https://api.circle.com/v2/notifications/publicKey/{key:id}",
                      headers: { Authorization: "Bearer {secret:API_KEY}" },
                      format: "der-base64",
                      member: "data.publicKey",
                      cache: "24h",
                    },
                  },
                  signature: { in: "header:X-Circle-Signature", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            id: "json:notificationId", type: "json:notificationType",
            handshake: #"""
                [{ when: { method: "HEAD" }, verify: false, respond: { body: "" } }]
                """#,
            docs: "https://developers.circle.com/api-reference/verify-webhook-signatures",
            note: """
                Products other than wallets have their key elsewhere: keys: { url: "https://api.circle.com/v2/cpn/notifications/publicKey/" }.
                """,
            manners: Manners(
                secret: "Circle Console › Keys: an API key, with which the public keys are fetched",
                retries: "for the payments network 11 times in 36 h; for others not documented here", takes: [200])),
        Preset(
            "coinbase-commerce",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-CC-Webhook-Signature", encoding: "hex" },
                  message: "{body}",
                }
                """#,
            id: "json:event.id", type: "json:event.type",
            docs: "https://docs.cdp.coinbase.com/commerce-onchain/docs/webhooks-security",
            manners: Manners(
                secret: "Commerce Dashboard › Settings › Notifications: shared secret",
                retries: "at growing intervals, at most 1 h apart, for 3 days", takes: [200])),
        Preset(
            "coinbase-cdp",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Hook0-Signature", split: ",", kv: "=", pick: "v1", encoding: "hex" },
                  message: "{sig:t}.{sig:h}.{headers:sig:h}.{body}",
                  timestamp: { value: "{sig:t}", format: "unix", tolerance: 300 },
                }
                """#,
            id: "json:id", type: "json:type", docs: "https://docs.cdp.coinbase.com/webhooks/verify-signatures",
            note: "Signs the body and the fields that its h lists.",
            manners: Manners(
                secret: "metadata.secret of the subscription, as the API that made it answered")),
        Preset(
            "coinbase-cdp-v0",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Hook0-Signature", split: ",", kv: "=", pick: "v0", encoding: "hex" },
                  message: "{sig:t}.{body}",
                  timestamp: { value: "{sig:t}", format: "unix", tolerance: 300 },
                }
                """#,
            id: "json:id", type: "json:type", docs: "https://docs.cdp.coinbase.com/webhooks/verify-signatures",
            note: "Signs the body alone.",
            manners: Manners(
                secret: "metadata.secret of the subscription, as the API that made it answered")),
    ]
}
