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
            docs: "https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries"),
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
            note: "For senders that have not moved to SHA-256."),
        Preset(
            "gitlab",
            verify: #"""
                { type: "token", in: "header:X-Gitlab-Token", key: "{secret:SECRET}" }
                """#,
            id: "header:X-Gitlab-Event-UUID", type: "header:X-Gitlab-Event",
            docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
            note: "A static token: the body is not signed."),
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
            docs: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/"),
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
            docs: "https://developer.atlassian.com/cloud/jira/platform/webhooks/"),
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
            note: "60 s, by the timestamp in the signed body."),
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
            docs: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/"),
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
            docs: "https://developer.pagerduty.com/docs/verifying-webhook-signatures"),
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
            note: "Timestamp in milliseconds, 180 s."),
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
                [{ when: { "json:type": "1" }, respond: { type: "application/json", body: "{{\"type\":1}}" } }]
                """#,
            docs: "https://discord.com/developers/docs/interactions/overview",
            note: "PUBKEY is the application's public key in hexadecimal."),
        Preset(
            "okta",
            verify: #"""
                { type: "token", in: "header:Authorization", key: "{secret:SECRET}" }
                """#,
            id: "json:eventId", type: "json:data.events.0.eventType",
            handshake: #"""
                [
                  {
                    when: { method: "GET" },
                    verify: false,
                    respond: {
                      type: "application/json",
                      body: "{{\"verification\":\"{header:X-Okta-Verification-Challenge}\"}}",
                    },
                  },
                ]
                """#,
            docs: "https://developer.okta.com/docs/concepts/event-hooks/",
            note: "SECRET is the whole value of Authorization that the hook is given: the body is not signed."),
        Preset(
            "aws-sns",
            verify: #"""
                {
                  type: "any",
                  of: [
                    {
                      type: "signature",
                      algorithm: "rsa-pkcs1-sha1",
                      require: { "json:SignatureVersion": "1" },
                      key: { value: "{secret:CERT}", format: "pem" },
                      signature: { in: "json:Signature", encoding: "base64" },
                      message: [
                        "Message\n{json:Message}\n",
                        "MessageId\n{json:MessageId}\n",
                        "?Subject\n{json:Subject}\n",
                        "?SubscribeURL\n{json:SubscribeURL}\n",
                        "Timestamp\n{json:Timestamp}\n",
                        "?Token\n{json:Token}\n",
                        "TopicArn\n{json:TopicArn}\n",
                        "Type\n{json:Type}\n",
                      ],
                    },
                    {
                      type: "signature",
                      algorithm: "rsa-pkcs1-sha256",
                      require: { "json:SignatureVersion": "2" },
                      key: { value: "{secret:CERT}", format: "pem" },
                      signature: { in: "json:Signature", encoding: "base64" },
                      message: [
                        "Message\n{json:Message}\n",
                        "MessageId\n{json:MessageId}\n",
                        "?Subject\n{json:Subject}\n",
                        "?SubscribeURL\n{json:SubscribeURL}\n",
                        "Timestamp\n{json:Timestamp}\n",
                        "?Token\n{json:Token}\n",
                        "TopicArn\n{json:TopicArn}\n",
                        "Type\n{json:Type}\n",
                      ],
                    },
                  ],
                }
                """#,
            id: "json:MessageId", type: "json:Type",
            handshake: #"""
                [
                  {
                    when: { "json:Type": "SubscriptionConfirmation" },
                    respond: { body: "" },
                    show: {
                      value: "{json:SubscribeURL}",
                      host: ["sns.*.amazonaws.com", "sns.*.amazonaws.com.cn"],
                    },
                  },
                ]
                """#,
            docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
            note: "CERT is the certificate of SigningCertURL, kept by you."),
        Preset(
            "google-pubsub",
            verify: #"""
                {
                  type: "jwt",
                  in: "header:Authorization",
                  prefix: "Bearer ",
                  algorithms: ["RS256"],
                  key: { value: "{secret:JWKS_KEY}", format: "pem" },
                  claims: {
                    aud: "{secret:AUDIENCE}",
                    iss: ["https://accounts.google.com", "accounts.google.com"],
                    email: "{secret:SERVICE_ACCOUNT}",
                    email_verified: "true",
                  },
                }
                """#,
            id: "json:message.messageId", docs: "https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
            note: "JWKS_KEY is Google's public key in PEM, kept by you."),
    ]
}
