extension Preset {
    /// Money on block chains.
    static let chains: [Preset] = [
        Preset(
            "circle",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "ecdsa-sha256",
                  key: { value: "{secret:PUBKEY}", format: "der-base64" },
                  signature: { in: "header:X-Circle-Signature", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            id: "json:notificationId", type: "json:notificationType",
            docs: "https://developers.circle.com/wallets/webhook-notifications",
            note: "PUBKEY is the key of X-Circle-Key-Id, kept by you.",
            manners: Manners(
                secret: "no secret: the key that /v2/notifications/publicKey/ID gives for X-Circle-Key-Id",
                retries: "again and again, how often is not documented")),
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
