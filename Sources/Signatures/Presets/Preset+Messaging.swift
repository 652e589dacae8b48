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
            docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack/",
            manners: Manners(
                secret: "api.slack.com/apps › the app › Basic Information: Signing Secret", waits: "3 s",
                retries: "three times: at once, after 1 and after 5 min")),
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
            note: "Form bodies. Signs the URL: needs publicUrl. SECRET is the auth token.",
            manners: Manners(
                secret: "console.twilio.com › Account › API keys & tokens: Auth Token", waits: "15 s",
                retries: "none, but a fallback URL")),
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
            note: "JSON bodies, by their hash in the URL: needs publicUrl.",
            manners: Manners(
                secret: "console.twilio.com › Account › API keys & tokens: Auth Token", waits: "15 s",
                retries: "none by default")),
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
            note: "SETTINGS is the whole value of X-Twilio-Webhooks-Signature-Settings.",
            manners: Manners(
                secret: "where the shared key was made", waits: "15 s", retries: "none by default",
                assumes: "how the key is named in X-Twilio-Webhooks-Signature-Settings, read from Twilio's own library")
        ),
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
            id: "json:*.sg_event_id", type: "json:*.event",
            docs:
                "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
            note: "A batch of events in one body.",
            manners: Manners(
                secret: "Settings › Mail Settings › Event Webhook › Security: Verification Key",
                retries: "for up to 24 h", bodyMost: 768 << 10)),
        Preset(
            "mailgun",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "json:signature.signature", encoding: "hex" },
                  message: "{json:signature.timestamp|length:10}{json:signature.token}",
                  timestamp: { value: "{json:signature.timestamp}", tolerance: 0 },
                }
                """#,
            id: "json:signature.token", type: "json:event-data.event",
            docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
            note: "Signs a token, not the event.",
            manners: Manners(
                secret: "Sending › Webhooks: HTTP webhook signing key",
                retries: "after 5, 10, 15 min, 1, 2, 4 h; 406 ends it", takes: [200])),
        Preset(
            "mailgun-form",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "form:signature", encoding: "hex" },
                  message: "{form:timestamp|length:10}{form:token}",
                }
                """#,
            id: "form:token", type: "form:event",
            docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
            note: "Signs a token, not the event.",
            manners: Manners(
                secret: "Sending › Webhooks: HTTP webhook signing key",
                retries: "after 5, 10, 15 min, 1, 2, 4 h; 406 ends it", takes: [200])),
        Preset(
            "postmark",
            verify: #"""
                { type: "basic", users: ["{secret:USER}:{secret:PASSWORD}"] }
                """#,
            type: "json:RecordType", docs: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
            note: "Credentials in the URL that you give Postmark.",
            manners: Manners(
                secret: "you choose them: user and password in the webhook's URL",
                retries: "ten times, from 1 min to 6 h apart; 403 ends it", takes: [200])),
        Preset(
            "telegram",
            verify: #"""
                { type: "token", in: "header:X-Telegram-Bot-Api-Secret-Token", key: "{secret:SECRET}" }
                """#,
            id: "json:update_id", docs: "https://core.telegram.org/bots/api#setwebhook",
            note: "SECRET is the secret_token of setWebhook.",
            manners: Manners(
                secret: "you choose it: secret_token of setWebhook",
                retries: "a reasonable number of times, its documentation says")),
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
            note: "Meta, WhatsApp and Instagram; SECRET is the app secret.",
            manners: Manners(
                secret: "developers.facebook.com › the app › App settings › Basic: App secret; you choose VERIFY_TOKEN",
                waits: "5 to 20 s", retries: "at once, then ever less often for 36 h (WhatsApp: 7 days)", takes: [200],
                bodyMost: 3 << 20)),
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
            docs: "https://docs.x.com/x-api/account-activity/introduction",
            manners: Manners(
                secret: "developer.x.com › the app › Keys and tokens: API key secret", retries: "none", takes: [200])),
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
            docs: "https://developers.zoom.us/docs/api/webhooks/",
            manners: Manners(
                secret: "marketplace.zoom.us › the app › Feature: Secret Token", waits: "3 s",
                retries: "after 5, 20 and 60 min; asks again for the URL every 72 h", takes: [200, 204])),
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
            note: "HMAC-SHA1 with the client secret.",
            manners: Manners(
                secret: "developers.intercom.com › the app › Basic information: Client secret", waits: "5 s",
                retries: "once, after 1 min; 410 ends it")),
    ]
}
