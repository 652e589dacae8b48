extension Preset {
    /// Code, incidents, clouds.
    static let development: [Preset] = [
        Preset(
            "github",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Hub-Signature-256", encoding: "hex", prefix: "sha256=" },
                  message: "{body}",
                }
                """#,
            id: "header:X-GitHub-Delivery", type: "header:X-GitHub-Event",
            docs: "https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries",
            manners: Manners(
                secret: "you choose it: the repository, organization or app › Settings › Webhooks › Secret",
                waits: "10 s", retries: "none; deliveries can be sent again by hand or by its API", bodyMost: 25 << 20)),
        Preset(
            "github-sha1",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha1",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Hub-Signature", encoding: "hex", prefix: "sha1=" },
                  message: "{body}",
                }
                """#,
            id: "header:X-GitHub-Delivery", type: "header:X-GitHub-Event",
            docs: "https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries",
            note: "For senders that have not moved to SHA-256.",
            manners: Manners(
                secret: "you choose it: the repository, organization or app › Settings › Webhooks › Secret",
                waits: "10 s", retries: "none", bodyMost: 25 << 20)),
        Preset(
            "gitlab",
            verify: #"""
                { type: "token", in: "header:X-Gitlab-Token", key: "{secret:SECRET}" }
                """#,
            id: "header:X-Gitlab-Event-UUID", type: "header:X-Gitlab-Event",
            docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
            note: "A static token: the body is not signed.",
            manners: Manners(
                secret: "you choose it: the project or group › Settings › Webhooks › Secret token", waits: "10 s",
                retries: "none; the webhook is disabled after repeated failures", bodyMost: 25 << 20)),
        Preset(
            "bitbucket",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Hub-Signature", encoding: "hex", prefix: "sha256=" },
                  message: "{body}",
                }
                """#,
            id: "header:X-Request-UUID", type: "header:X-Event-Key",
            docs: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
            manners: Manners(
                secret: "you choose it: the repository › Repository settings › Webhooks › Secret", waits: "10 s",
                retries: "twice")),
        Preset(
            "jira",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Hub-Signature", encoding: "hex", prefix: "sha256=" },
                  message: "{body}",
                }
                """#,
            id: "header:X-Atlassian-Webhook-Identifier", type: "json:webhookEvent",
            docs: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
            manners: Manners(
                secret: "you choose it: Settings › System › WebHooks › Secret",
                retries: "up to five times for connection errors, 408, 409, 425, 429 and 5xx",
                assumes: "the field of the id, which tells retries apart")),
        Preset(
            "linear",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:Linear-Signature", encoding: "hex" },
                  message: "{body}",
                  timestamp: { value: "{json:webhookTimestamp}", format: "unix-ms", tolerance: 60 },
                }
                """#,
            id: "header:Linear-Delivery", type: "header:Linear-Event", docs: "https://linear.app/developers/webhooks",
            note: "60 s, by the timestamp in the signed body.",
            manners: Manners(
                secret: "Settings › API › Webhooks › the webhook: Signing secret", waits: "5 s",
                retries: "after 1 min, 1 h and 6 h", takes: [200])),
        Preset(
            "sentry",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:Sentry-Hook-Signature", encoding: "hex" },
                  message: "{body}",
                }
                """#,
            id: "header:Request-ID", type: "header:Sentry-Hook-Resource",
            docs: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
            manners: Manners(
                secret: "Settings › Developer Settings › the integration: Client Secret", waits: "1 s",
                retries: "none; a thousand timeouts in 24 h end it")),
        Preset(
            "pagerduty",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-PagerDuty-Signature", split: ",", kv: "=", pick: "v1", encoding: "hex" },
                  message: "{body}",
                }
                """#,
            id: "json:event.id", type: "json:event.event_type",
            docs: "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
            manners: Manners(
                secret: "shown once when the webhook subscription is made: signing secret")),
        Preset(
            "workos",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:WorkOS-Signature", split: ",", kv: "=", pick: "v1", encoding: "hex" },
                  message: "{sig:t}.{body}",
                  timestamp: { value: "{sig:t}", format: "unix-ms", tolerance: 180 },
                }
                """#,
            id: "json:id", type: "json:event", docs: "https://workos.com/docs/events/data-syncing/webhooks",
            note: "Timestamp in milliseconds, 180 s.",
            manners: Manners(
                secret: "Dashboard › Webhooks › the endpoint: Signing secret",
                retries: "up to six times in 3 days, at growing intervals", takes: [200])),
        Preset(
            "discord",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "ed25519",
                  key: { value: "{secret:PUBKEY}", format: "ed25519-hex" },
                  signature: { in: "header:X-Signature-Ed25519", encoding: "hex" },
                  message: "{header:X-Signature-Timestamp}{body}",
                  timestamp: { value: "{header:X-Signature-Timestamp}", tolerance: 300 },
                }
                """#,
            id: "json:id", type: "json:type",
            handshake: #"""
                [{ when: { "json:type": "1", "json:id": "{json:id}" }, respond: { type: "application/json", body: "{{\"type\":1}}" } }]
                """#,
            docs: "https://discord.com/developers/docs/interactions/overview",
            note: "PUBKEY is the application's public key in hexadecimal.",
            manners: Manners(
                secret: "discord.com/developers › the application › General Information: Public Key", waits: "3 s",
                retries: "none")),
        Preset(
            "discord-events",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "ed25519",
                  key: { value: "{secret:PUBKEY}", format: "ed25519-hex" },
                  signature: { in: "header:X-Signature-Ed25519", encoding: "hex" },
                  message: "{header:X-Signature-Timestamp}{body}",
                  timestamp: { value: "{header:X-Signature-Timestamp}", tolerance: 300 },
                }
                """#,
            type: "json:event.type", ack: Acknowledgement(status: 204, type: nil, body: ""),
            handshake: #"""
                [{ when: { "json:type": "0" }, respond: { status: 204, body: "" } }]
                """#,
            docs: "https://discord.com/developers/docs/events/webhook-events",
            note: "Webhook events of an application, not interactions. PUBKEY is hexadecimal.",
            manners: Manners(
                secret: "discord.com/developers › the application › General Information: Public Key", waits: "3 s",
                takes: [204], body: .empty)),
    ]
}
