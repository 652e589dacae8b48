extension Preset {
    /// What people build and sell on, and who helps their customers.
    static let sites: [Preset] = [
        Preset(
            "webflow",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:x-webflow-signature", encoding: "hex" },
                  message: "{header:x-webflow-timestamp}:{body}",
                  timestamp: { value: "{header:x-webflow-timestamp}", format: "unix-ms", tolerance: 300 },
                }
                """#,
            type: "json:triggerType", docs: "https://developers.webflow.com/data/docs/working-with-webhooks",
            note: "Webhooks made in the dashboard are not signed: make them by an app or the API.",
            manners: Manners(
                secret: "an app's client secret, or of a webhook made by the API the secretKey that it answered",
                retries: "three times, 10 min apart", takes: [200])),
        Preset(
            "squarespace",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}", encoding: "hex" },
                  signature: { in: "header:Squarespace-Signature", encoding: "hex" },
                  message: "{body}",
                }
                """#,
            id: "json:id", type: "json:topic",
            docs: "https://developers.squarespace.com/webhooks/verifying-notifications",
            note: "SECRET is hexadecimal.",
            manners: Manners(
                secret: "secret of the webhook subscription, shown when it is made and when its secret is rotated")),
        Preset(
            "klaviyo",
            verify: #"""
                {
                  type: "any",
                  of: [
                    {
                      type: "hmac",
                      hash: "sha256",
                      key: { value: "{secret:SECRET}" },
                      signature: { in: "header:Klaviyo-Signature", encoding: "hex" },
                      message: "{body}{header:Klaviyo-Timestamp}",
                      timestamp: { value: "{header:Klaviyo-Timestamp}", format: "http-date", tolerance: 300 },
                    },
                    {
                      type: "hmac",
                      hash: "sha256",
                      key: { value: "{secret:SECRET}" },
                      signature: { in: "header:Klaviyo-Signature", encoding: "hex" },
                      message: "{body}{header:Klaviyo-Timestamp}",
                      timestamp: { value: "{header:Klaviyo-Timestamp}", format: "rfc3339", tolerance: 300 },
                    },
                  ],
                }
                """#,
            id: "json:data.*.external_id", type: "json:data.*.topic",
            docs: "https://developers.klaviyo.com/en/docs/working_with_system_webhooks",
            note: "System webhooks, with a batch of events in one body. What flows send is not signed.",
            manners: Manners(
                secret: "you choose it, 16 characters or more: secret_key of the webhook",
                assumes:
                    "that Klaviyo-Timestamp is a date of HTTP or of RFC 3339, which Klaviyo does not say: either is accepted"
            )),
        Preset(
            "zendesk",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Zendesk-Webhook-Signature", encoding: "base64" },
                  message: "{header:X-Zendesk-Webhook-Signature-Timestamp}{body}",
                  timestamp: {
                    value: "{header:X-Zendesk-Webhook-Signature-Timestamp}",
                    format: "rfc3339",
                    tolerance: 300,
                  },
                }
                """#,
            id: "header:X-Zendesk-Webhook-Invocation-Id", type: "json:type",
            docs: "https://developer.zendesk.com/documentation/webhooks/verifying/",
            note:
                "SECRET is used as it is shown, though it looks like base64. Bodies of triggers are your own: without a type in them, events have none.",
            manners: Manners(
                secret: "Admin Center › Apps and integrations › Webhooks › the webhook: Signing secret",
                waits: "10 s", retries: "a few times, after some statuses; it pauses when most fail",
                assumes: "how old a request may be, which Zendesk leaves to you: 5 min")),
        Preset(
            "airtable",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}", encoding: "base64" },
                  signature: { in: "header:X-Airtable-Content-MAC", encoding: "hex", prefix: "hmac-sha256=" },
                  message: "{body}",
                }
                """#,
            id: "{json:webhook.id}:{json:timestamp}", ack: Acknowledgement(status: 200, type: nil, body: ""),
            docs: "https://airtable.com/developers/web/api/webhooks-overview",
            note: "Says that something changed: fetch the webhook's payloads to learn what.",
            manners: Manners(
                secret: "macSecretBase64, which the API answers when the webhook is made", takes: [200, 204],
                body: .empty)),
    ]
}
