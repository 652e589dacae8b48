extension Preset {
    /// Shops, customers, documents.
    static let business: [Preset] = [
        Preset(
            "shopify",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Shopify-Hmac-Sha256", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            id: "header:X-Shopify-Webhook-Id", type: "header:X-Shopify-Topic",
            docs: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
            note: "SECRET is the app's client secret.",
            manners: Manners(
                secret: "Partner Dashboard or Dev Dashboard › the app: Client secret", waits: "5 s",
                retries: "eight times in 4 h, then the subscription is removed", takes: [200])),
        Preset(
            "hubspot-v3",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-HubSpot-Signature-v3", encoding: "base64" },
                  message: "{method}{url}{body}{header:X-HubSpot-Request-Timestamp}",
                  timestamp: { value: "{header:X-HubSpot-Request-Timestamp}", format: "unix-ms", tolerance: 300 },
                }
                """#,
            id: "json:*.eventId", type: "json:*.subscriptionType",
            docs: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
            note: "Signs the URL: needs publicUrl.",
            manners: Manners(
                secret: "the developer account › the app › Auth: Client secret", waits: "5 s",
                retries: "ten times in 24 h")),
        Preset(
            "hubspot-v2",
            verify: #"""
                {
                  type: "digest",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-HubSpot-Signature", encoding: "hex" },
                  message: "{secret:SECRET}{method}{url}{body}",
                }
                """#,
            docs: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
            note: "A plain digest, open to length extension: prefer hubspot-v3. Needs publicUrl.",
            manners: Manners(
                secret: "the developer account › the app › Auth: Client secret", waits: "5 s",
                retries: "ten times in 24 h")),
        Preset(
            "hubspot-v1",
            verify: #"""
                {
                  type: "digest",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-HubSpot-Signature", encoding: "hex" },
                  message: "{secret:SECRET}{body}",
                }
                """#,
            id: "json:*.eventId", type: "json:*.subscriptionType",
            docs: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
            note: "A plain digest, open to length extension: prefer hubspot-v3.",
            manners: Manners(
                secret: "the developer account › the app › Auth: Client secret", waits: "5 s",
                retries: "ten times in 24 h")),
        Preset(
            "box",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: [{ value: "{secret:PRIMARY}" }, { value: "{secret:SECONDARY}" }],
                  require: { "header:box-signature-version": "1", "header:box-signature-algorithm": "HmacSHA256" },
                  signature: { in: ["header:box-signature-primary", "header:box-signature-secondary"], encoding: "base64" },
                  message: { anyOf: ["{body}{header:box-delivery-timestamp}", "{body|escape}{header:box-delivery-timestamp}"] },
                  timestamp: { value: "{header:box-delivery-timestamp}", format: "rfc3339", tolerance: 600, future: 0 },
                }
                """#,
            id: "json:id", type: "json:trigger", docs: "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
            note: "Two keys, so that each can be replaced.",
            manners: Manners(
                secret: "developer.box.com › the app › Webhooks › Manage signature keys: primary and secondary",
                waits: "30 s", retries: "12 times in 2 h")),
        Preset(
            "dropbox",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Dropbox-Signature", encoding: "hex" },
                  message: "{body}",
                }
                """#,
            handshake: #"""
                [{ when: { method: "GET" }, verify: false, respond: { body: "{query:challenge}" } }]
                """#,
            docs: "https://www.dropbox.com/developers/reference/webhooks",
            note: "Says whose files changed, in the same words each time: none is a duplicate.", repeatsBodies: true,
            manners: Manners(
                secret: "dropbox.com/developers › the app › Settings: App secret", waits: "10 s",
                retries: "for about 10 min, at growing intervals", takes: [200])),
        Preset(
            "docusign",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-DocuSign-Signature-*", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            id: "{json:data.envelopeId}:{json:event}:{json:generatedDateTime}", type: "json:event",
            docs: "https://developers.docusign.com/platform/webhooks/connect/hmac/",
            note: "One field for each key (X-DocuSign-Signature-1 …).",
            manners: Manners(
                secret: "Settings › Connect › Connect Keys", waits: "100 s", retries: "for up to 24 h (SIM: 15 days)",
                takes: [200])),
        Preset(
            "xero",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:x-xero-signature", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            type: "json:events.*.eventCategory", ack: Acknowledgement(status: 200, type: nil, body: ""),
            refusal: Acknowledgement(status: 401, type: nil, body: ""),
            handshake: #"""
                [{ when: { "json:events": "[]" }, respond: { body: "" } }]
                """#,
            docs: "https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/",
            manners: Manners(
                secret: "developer.xero.com › the app › Webhooks: Webhooks key", waits: "5 s",
                retries: "less and less often for 24 h, then it is disabled", takes: [200], body: .empty)),
        Preset(
            "quickbooks",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:intuit-signature", encoding: "base64" },
                  message: "{body}",
                }
                """#,
            docs: "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks",
            manners: Manners(
                secret: "developer.intuit.com › the app › Webhooks: Verifier token", waits: "3 s",
                retries: "after 20, 30, 50 min and so on", takes: [200])),
        Preset(
            "calendly",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:Calendly-Webhook-Signature", split: ",", kv: "=", pick: "v1", encoding: "hex" },
                  message: "{sig:t}.{body}",
                  timestamp: { value: "{sig:t}", format: "unix", tolerance: 180 },
                }
                """#,
            type: "json:event", docs: "https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures",
            note: "180 s.",
            manners: Manners(
                secret: "you choose it, or it is shown once, when the subscription is made by its API: signing_key",
                waits: "15 s", retries: "for 24 h, at growing intervals, then it is disabled")),
        Preset(
            "notion",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:X-Notion-Signature", encoding: "hex", prefix: "sha256=" },
                  message: "{body}",
                }
                """#,
            id: "json:id", type: "json:type",
            handshake: #"""
                [{ when: { method: "POST" }, verify: false, respond: { body: "" }, show: "{json:verification_token}" }]
                """#,
            docs: "https://developers.notion.com/reference/webhooks",
            note: "SECRET is the verification token of the first request.",
            manners: Manners(
                secret: "in the first request, which the gateway shows in its log while the route has no secret",
                retries: "eight times", takes: [200])),
        Preset(
            "microsoft-graph",
            verify: #"""
                { type: "token", in: "json:value.*.clientState", key: "{secret:CLIENT_STATE}" }
                """#,
            type: "json:value.*.changeType",
            handshake: #"""
                [{ when: { method: "POST" }, verify: false, respond: { body: "{query:validationToken}" } }]
                """#,
            docs: "https://learn.microsoft.com/graph/change-notifications-delivery-webhooks",
            note: """
                CLIENT_STATE is compared with that of every notification in a body. Some resources are told of in the same words \
                each time: none is a duplicate.
                """,
            repeatsBodies: true,
            manners: Manners(
                secret: "you choose it: clientState of the subscription", waits: "3 s", retries: "for up to 4 h")),
        Preset(
            "mux",
            verify: #"""
                {
                  type: "hmac",
                  hash: "sha256",
                  key: { value: "{secret:SECRET}" },
                  signature: { in: "header:Mux-Signature", split: ",", kv: "=", pick: "v1", encoding: "hex" },
                  message: "{sig:t}.{body}",
                  timestamp: { value: "{sig:t}", format: "unix", tolerance: 300 },
                }
                """#,
            id: "json:id", type: "json:type", docs: "https://www.mux.com/docs/core/verify-webhook-signatures",
            manners: Manners(
                secret: "Dashboard › Settings › Webhooks › the webhook: Signing secret", waits: "5 s",
                retries: "for 24 h, at growing intervals")),
    ]
}
