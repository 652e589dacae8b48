extension Preset {
    /// Chat, mail, telephone.
    static let messaging: [Preset] = [
        Preset(
            "slack",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Slack-Signature", encoding: "hex", prefix: "v0=" },
                  message: "v0:{header:X-Slack-Request-Timestamp}:{body}",
                  timestamp: { value: "{header:X-Slack-Request-Timestamp}", format: "unix", tolerance: 300 },
                }
                """#,
            id: "json:event_id", type: "json:event.type", ack: Acknowledgement(status: 200, type: nil, body: ""),
            handshake: #"""
                [{ when: { "json:type": "url_verification" }, respond: { body: "{json:challenge}" } }]
                """#,
            docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack/"),
        Preset(
            "twilio",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha1",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Twilio-Signature", encoding: "base64" },
                  message: { anyOf: ["{url|noPort}{form|sorted}", "{url|withPort}{form|sorted}"] },
                }
                """#,
            id: "header:I-Twilio-Idempotency-Token",
            ack: Acknowledgement(status: 200, type: "text/xml", body: "<Response/>"),
            docs: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
            note: "Form bodies. Signs the URL: needs publicUrl. SECRET is the auth token."),
        Preset(
            "twilio-json",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha1",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Twilio-Signature", encoding: "base64" },
                  require: { "query:bodySHA256": "{body|sha256|hex}" },
                  message: { anyOf: ["{url|noPort}", "{url|withPort}"] },
                }
                """#,
            id: "header:I-Twilio-Idempotency-Token",
            docs: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
            note: "JSON bodies, by their hash in the URL: needs publicUrl."),
        Preset(
            "twilio-shared-key",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Twilio-Signature", encoding: "base64" },
                  message: { anyOf: ["{url|noPort}{form|sorted}", "{url|withPort}{form|sorted}"] },
                  require: { "header:X-Twilio-Webhooks-Signature-Settings": ["{secret:SETTINGS}"] },
                }
                """#,
            id: "header:I-Twilio-Idempotency-Token",
            ack: Acknowledgement(status: 200, type: "text/xml", body: "<Response/>"),
            docs: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
            note: "SETTINGS is the whole value of X-Twilio-Webhooks-Signature-Settings."),
        Preset(
            "sendgrid",
            verify: #"""
                {
                  type: "signature",
                  algorithm: "ecdsa-sha256",
                  key: { value: "{secret:PUBKEY}", format: "der-base64" },
                  signature: { in: "header:X-Twilio-Email-Event-Webhook-Signature", encoding: "base64" },
                  message: "{header:X-Twilio-Email-Event-Webhook-Timestamp}{body}",
                  timestamp: { value: "{header:X-Twilio-Email-Event-Webhook-Timestamp}", tolerance: 300 },
                }
                """#,
            type: "json:0.event",
            docs:
                "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
            note: "A batch of events in one body."),
        Preset(
            "mailgun",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "json:signature.signature", encoding: "hex" },
                  message: "{json:signature.timestamp}{json:signature.token}",
                  timestamp: { value: "{json:signature.timestamp}", tolerance: 0 },
                }
                """#,
            id: "json:signature.token", type: "json:event-data.event",
            docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
            note: "Signs a token, not the event."),
        Preset(
            "mailgun-form",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "form:signature", encoding: "hex" },
                  message: "{form:timestamp}{form:token}",
                }
                """#,
            id: "form:token", type: "form:event",
            docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
            note: "Signs a token, not the event."),
        Preset(
            "postmark",
            verify: #"""
                { type: "basic", users: ["{secret:USER}:{secret:PASSWORD}"] }
                """#,
            type: "json:RecordType", docs: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
            note: "Credentials in the URL that you give Postmark."),
        Preset(
            "telegram",
            verify: #"""
                { type: "token", in: "header:X-Telegram-Bot-Api-Secret-Token", key: "{secret:SECRET}" }
                """#,
            id: "json:update_id", docs: "https://core.telegram.org/bots/api#setwebhook",
            note: "SECRET is the secret_token of setWebhook."),
        Preset(
            "meta",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Hub-Signature-256", encoding: "hex", prefix: "sha256=" },
                  message: "{body}",
                }
                """#,
            type: "json:object",
            handshake: #"""
                [
                  {
                    when: { method: "GET", "query:hub.mode": "subscribe", "query:hub.verify_token": "{secret:VERIFY_TOKEN}" },
                    verify: false,
                    respond: { body: "{query:hub.challenge}" },
                  },
                ]
                """#,
            docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
            note: "Meta, WhatsApp and Instagram; SECRET is the app secret."),
        Preset(
            "twitter",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Twitter-Webhooks-Signature", encoding: "base64", prefix: "sha256=" },
                  message: "{body}",
                }
                """#,
            handshake: #"""
                [
                  {
                    when: { method: "GET" },
                    verify: false,
                    key: "{secret:SECRET}",
                    respond: {
                      type: "application/json",
                      body: "{{\"response_token\":\"sha256={query:crc_token|only:A-Za-z0-9_=+/-|hmac:sha256|base64}\"}}",
                    },
                  },
                ]
                """#,
            docs: "https://docs.x.com/x-api/account-activity/introduction"),
        Preset(
            "zoom",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:x-zm-signature", encoding: "hex", prefix: "v0=" },
                  message: "v0:{header:x-zm-request-timestamp}:{body}",
                  timestamp: { value: "{header:x-zm-request-timestamp}", format: "unix", tolerance: 300 },
                }
                """#,
            id: "{json:event}:{json:payload.object.uuid}:{json:event_ts}", type: "json:event",
            handshake: #"""
                [
                  {
                    when: { "json:event": "endpoint.url_validation" },
                    key: "{secret:SECRET}",
                    respond: {
                      type: "application/json",
                      body: "{{\"plainToken\":\"{json:payload.plainToken}\",\"encryptedToken\":\"{json:payload.plainToken|hmac:sha256|hex}\"}}",
                    },
                  },
                ]
                """#,
            docs: "https://developers.zoom.us/docs/api/webhooks/"),
        Preset(
            "intercom",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha1",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Hub-Signature", encoding: "hex", prefix: "sha1=" },
                  message: "{body}",
                }
                """#,
            id: "json:id", type: "json:topic",
            docs: "https://developers.intercom.com/docs/webhooks/setting-up-webhooks",
            note: "HMAC-SHA1 with the client secret."),
    ]
}
