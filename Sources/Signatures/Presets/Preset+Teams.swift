extension Preset {
    /// People at work and their audiences.
    static let teams: [Preset] = [
        Preset(
            "asana",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Hook-Signature", encoding: "hex" },
                  message: "{body}",
                }
                """#,
            type: "{json:events.*.resource.resource_type}.{json:events.*.action}",
            handshake: #"""
                [
                  {
                    when: { method: "POST" },
                    verify: false,
                    respond: { body: "", headers: { "X-Hook-Secret": "{header:X-Hook-Secret}" } },
                    show: "{header:X-Hook-Secret}",
                  },
                  { when: { "json:events": "[]" }, respond: { body: "" } },
                ]
                """#,
            docs: "https://developers.asana.com/docs/webhooks-guide",
            note: """
                A batch of events in one body; a heartbeat, which has none, is answered and is no event. Every webhook has a \
                secret of its own: one route for each.
                """,
            manners: Manners(
                secret: """
                    in the handshake, which is answered and shown in the log while the route has no secret: take it only if \
                    it is the X-Hook-Secret that the API answered when you made the webhook
                    """,
                waits: "10 s", retries: "at growing intervals for 24 h", takes: [200, 204])),
        Preset(
            "microsoft-teams",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}", encoding: "base64" },
                  signature: { in: "header:Authorization", encoding: "base64", prefix: "HMAC " },
                  message: "{body}",
                }
                """#,
            id: "json:id", type: "json:type",
            ack: Acknowledgement(
                status: 200, type: "application/json", body: #"{"type":"message","text":"Received"}"#),
            docs:
                "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook",
            note: "Outgoing webhooks. What is answered is shown in the channel: write your own with ack.",
            manners: Manners(
                secret: "shown once, when the outgoing webhook is made in a team: security token", waits: "5 s",
                takes: [200],
                body: .json)),
        Preset(
            "linkedin",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: {
                    in: "header:X-LI-Signature",
                    encoding: "hex",
                    prefix: "hmacsha256=",
                    prefixOptional: true,
                  },
                  message: "hmacsha256={body}",
                }
                """#,
            id: "json:notifications.*.notificationId", type: "json:type",
            handshake: #"""
                [
                  {
                    when: { method: "GET" },
                    verify: false,
                    key: "{secret:SECRET}",
                    respond: {
                      type: "application/json",
                      body: "{{\"challengeCode\":\"{query:challengeCode}\",\"challengeResponse\":\"{query:challengeCode|only:0-9A-Fa-f-|hmac:sha256|hex}\"}}",
                    },
                  },
                ]
                """#,
            docs: "https://learn.microsoft.com/linkedin/shared/api-guide/webhook-validation",
            note: "Asks for the URL again every two hours.",
            manners: Manners(
                secret: "linkedin.com/developers › the app › Auth: Primary Client Secret",
                waits: "3 s, when it asks for the URL",
                assumes:
                    "that X-LI-Signature is hexadecimal, with hmacsha256= before it or without: LinkedIn says only that the body is signed with that before it"
            )),
        Preset(
            "twitch",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:Twitch-Eventsub-Message-Signature", encoding: "hex", prefix: "sha256=" },
                  message: "{header:Twitch-Eventsub-Message-Id}{header:Twitch-Eventsub-Message-Timestamp}{body}",
                  timestamp: { value: "{header:Twitch-Eventsub-Message-Timestamp}", format: "rfc3339", tolerance: 600 },
                }
                """#,
            id: "header:Twitch-Eventsub-Message-Id", type: "header:Twitch-Eventsub-Subscription-Type",
            handshake: #"""
                [
                  {
                    when: { "header:Twitch-Eventsub-Message-Type": "webhook_callback_verification" },
                    respond: { body: "{json:challenge}" },
                  },
                ]
                """#,
            docs: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
            note:
                "A revocation is an event of the type that is revoked: its Twitch-Eventsub-Message-Type is revocation.",
            manners: Manners(
                secret: "you choose it, 10 to 100 characters: transport.secret of the subscription",
                waits: "a few seconds",
                retries: "some times; who fails too often is revoked: notification_failures_exceeded")),
        Preset(
            "sinch",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:x-sinch-webhook-signature", encoding: "base64" },
                  message: "{body}.{header:x-sinch-webhook-signature-nonce}.{header:x-sinch-webhook-signature-timestamp}",
                  timestamp: { value: "{header:x-sinch-webhook-signature-timestamp}", format: "unix", tolerance: 300 },
                }
                """#,
            docs: "https://developers.sinch.com/docs/conversation/callbacks",
            note: "The Conversation API. Voice and Verification sign another way.",
            manners: Manners(
                secret: "you choose it: secret of the webhook, in the dashboard or by the API",
                assumes: "how old a request may be, which Sinch leaves to you: 5 min")),
        Preset(
            "onfleet",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha512",
                  key: { value: "{secret:SECRET}", encoding: "hex" },
                  signature: { in: "header:X-Onfleet-Signature", encoding: "hex" },
                  message: "{body}",
                }
                """#,
            type: "json:triggerName",
            handshake: #"""
                [{ when: { method: "GET" }, verify: false, respond: { body: "{query:check}" } }]
                """#,
            docs: "https://docs.onfleet.com/reference/secrets", note: "SECRET is hexadecimal.",
            manners: Manners(
                secret: "Dashboard › Settings › API & Webhooks: webhook secret",
                retries: "every 30 min for a day; after 300 failures in a row it is disabled", takes: [200])),
    ]
}
