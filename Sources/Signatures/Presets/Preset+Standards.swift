extension Preset {
    /// Schemes that many senders share.
    static let standards: [Preset] = [
        Preset(
            "standard-webhooks",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}", strip: "whsec_", encoding: "base64" },
                  signature: { in: "header:webhook-signature", split: " ", kv: ",", pick: "v1", encoding: "base64" },
                  message: "{header:webhook-id|without:.}.{header:webhook-timestamp}.{body}",
                  timestamp: { value: "{header:webhook-timestamp}", tolerance: 300 },
                }
                """#,
            id: "header:webhook-id", type: "json:type",
            docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
            note: "Standard Webhooks with a shared secret (whsec_…)."),
        Preset(
            "standard-webhooks-ed25519",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "ed25519",
                  key: { value: "{secret:SECRET}", strip: "whpk_", format: "ed25519-base64" },
                  signature: { in: "header:webhook-signature", split: " ", kv: ",", pick: "v1a", encoding: "base64" },
                  message: "{header:webhook-id|without:.}.{header:webhook-timestamp}.{body}",
                  timestamp: { value: "{header:webhook-timestamp}", tolerance: 300 },
                }
                """#,
            id: "header:webhook-id", type: "json:type",
            docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
            note: "Standard Webhooks with the sender's public key (whpk_…)."),
        Preset(
            "svix",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}", strip: "whsec_", encoding: "base64" },
                  signature: { in: "header:svix-signature", split: " ", kv: ",", pick: "v1", encoding: "base64" },
                  message: "{header:svix-id|without:.}.{header:svix-timestamp}.{body}",
                  timestamp: { value: "{header:svix-timestamp}", tolerance: 300 },
                }
                """#,
            id: "header:svix-id", type: "json:type",
            docs: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
            note: "Svix, and who sends through it (Resend, Clerk)."),
        Preset(
            "svix-ed25519",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "ed25519",
                  key: { value: "{secret:SECRET}", strip: "whpk_", format: "ed25519-base64" },
                  signature: { in: "header:svix-signature", split: " ", kv: ",", pick: "v1a", encoding: "base64" },
                  message: "{header:svix-id|without:.}.{header:svix-timestamp}.{body}",
                  timestamp: { value: "{header:svix-timestamp}", tolerance: 300 },
                }
                """#,
            id: "header:svix-id", type: "json:type",
            docs: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
            note: "Svix with the sender's public key (whpk_…)."),
        Preset(
            "openai",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}", strip: "whsec_", encoding: "base64" },
                  signature: { in: "header:webhook-signature", split: " ", kv: ",", pick: "v1", encoding: "base64" },
                  message: "{header:webhook-id|without:.}.{header:webhook-timestamp}.{body}",
                  timestamp: { value: "{header:webhook-timestamp}", tolerance: 300 },
                }
                """#,
            id: "header:webhook-id", type: "json:type", docs: "https://platform.openai.com/docs/guides/webhooks",
            note: "Standard Webhooks."),
        Preset(
            "gitlab-signing-token",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}", strip: "whsec_", encoding: "base64" },
                  signature: { in: "header:webhook-signature", split: " ", kv: ",", pick: "v1", encoding: "base64" },
                  message: "{header:webhook-id|without:.}.{header:webhook-timestamp}.{body}",
                  timestamp: { value: "{header:webhook-timestamp}", tolerance: 300 },
                }
                """#,
            id: "header:webhook-id", type: "header:X-Gitlab-Event",
            docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
            note: "GitLab's signing token, read as Standard Webhooks."),
    ]
}
