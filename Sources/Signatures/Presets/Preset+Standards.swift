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
            note: "Standard Webhooks with a shared secret (whsec_…).",
            manners: Manners(
                secret: "in the sender's webhook settings: a signing secret, whsec_…", waits: "15 to 30 s",
                retries: "recommended: at once, then 5 s, 5 min, 30 min, 2, 5, 10, 14, 20, 24 h; 410 ends it")),
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
            note: "Standard Webhooks with the sender's public key (whpk_…).",
            manners: Manners(
                secret: "in the sender's webhook settings: a public key, whpk_…", waits: "15 to 30 s",
                retries: "recommended: at once, then 5 s, 5 min, 30 min, 2, 5, 10, 14, 20, 24 h; 410 ends it")),
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
            note: "Svix, and who sends through it (Resend, Clerk).",
            manners: Manners(
                secret: "in the sender's webhook portal, on the endpoint's page: Signing Secret", waits: "15 s",
                retries: "at once, then 5 s, 5 min, 30 min, 2, 5, 10, 10 h")),
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
            note: "Svix with the sender's public key (whpk_…).",
            manners: Manners(
                secret: "in the sender's webhook portal, on the endpoint's page: a public key, whpk_…", waits: "15 s",
                retries: "at once, then 5 s, 5 min, 30 min, 2, 5, 10, 10 h")),
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
            note: "Standard Webhooks.",
            manners: Manners(
                secret: "platform.openai.com › Settings › Webhooks, shown once when the endpoint is made",
                retries: "up to 72 h, at growing intervals")),
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
            note: "GitLab's signing token, read as Standard Webhooks.",
            manners: Manners(
                secret: "the project or group › Settings › Webhooks › the webhook: signing token", waits: "10 s",
                retries: "none; the webhook is disabled after repeated failures",
                assumes:
                    "that the token is read as Standard Webhooks has it (whsec_ and base64); GitLab's pages do not say")
        ),
    ]
}
