/// Shops, customers, documents.
extension Sample {
    static let business: [Sample] = [
        Sample(
            presets: ["shopify"],
            body: #"""
                {"id":{{number}},"admin_graphql_api_id":"gid://shopify/Order/820982911946154508","name":"#9999","email":"jon@example.com",\#
                "created_at":"2026-01-01T12:00:00-05:00","currency":"EUR","total_price":"409.94","financial_status":"paid",\#
                "line_items":[{"id":866550311766439020,"title":"Door","quantity":1,"price":"409.94","sku":"DOOR-1"}]}
                """#,
            fields: [
                "Content-Type: application/json",
                "X-Shopify-Topic: orders/paid",
                "X-Shopify-Shop-Domain: door.myshopify.com",
                "X-Shopify-API-Version: 2026-01",
                "X-Shopify-Webhook-Id: {{uuid}}",
                "X-Shopify-Event-Id: {{uuid}}",
            ]),
        Sample(
            presets: ["hubspot-v1", "hubspot-v2", "hubspot-v3"],
            body: #"""
                [{"eventId":{{number}},"subscriptionId":12345,"portalId":62515,"appId":54321,"occurredAt":1767268800000,\#
                "subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW"}]
                """#,
            fields: [
                "Content-Type: application/json",
                "X-HubSpot-Signature-Version: v1",
            ]),
        Sample(
            presets: ["box"],
            body: #"""
                {"type":"webhook_event","id":"{{uuid}}","created_at":"2026-01-01T12:00:00-00:00","trigger":"FILE.UPLOADED",\#
                "webhook":{"id":"{{id:8}}","type":"webhook"},"source":{"id":"73835521473","type":"file","name":"door.pdf","size":2048}}
                """#,
            fields: [
                "Content-Type: application/json",
                "BOX-DELIVERY-ID: {{uuid}}",
            ]),
        Sample(
            presets: ["dropbox"],
            body: #"""
                {"list_folder":{"accounts":["dbid:{{id:32}}"]},"delta":{"users":[12345678]}}
                """#),
        Sample(
            presets: ["docusign"],
            body: #"""
                {"event":"envelope-completed","apiVersion":"v2.1","uri":"/restapi/v2.1/accounts/{{uuid}}/envelopes","retryCount":0,\#
                "configurationId":10418598,"generatedDateTime":"2026-01-01T12:00:00.0000000Z","data":{"accountId":"{{uuid}}","userId":"{{uuid}}",\#
                "envelopeId":"{{uuid}}"}}
                """#),
        Sample(
            presets: ["xero"],
            body: #"""
                {"events":[{"resourceUrl":"https://api.xero.com/api.xro/2.0/Contacts/{{uuid}}","resourceId":"{{uuid}}",\#
                "eventDateUtc":"2026-01-01T12:00:00.000","eventType":"UPDATE","eventCategory":"CONTACT","tenantType":"ORGANISATION"}],\#
                "firstEventSequence":1,"lastEventSequence":1,"entropy":"S0m3r4Nd0mT3xt"}
                """#),
        Sample(
            presets: ["calendly"],
            body: #"""
                {"created_at":"2026-01-01T12:00:00.000000Z","created_by":"https://api.calendly.com/users/{{id:16}}","event":"invitee.created",\#
                "payload":{"email":"test@example.com","name":"John Doe","status":"active","timezone":"Europe/Lisbon",\#
                "uri":"https://api.calendly.com/scheduled_events/{{id:16}}/invitees/{{id:16}}"}}
                """#),
        Sample(
            presets: ["notion"],
            body: #"""
                {"id":"{{uuid}}","timestamp":"2026-01-01T12:00:00.000Z","workspace_id":"{{uuid}}","subscription_id":"{{uuid}}",\#
                "integration_id":"{{uuid}}","type":"page.created","attempt_number":1,"authors":[{"id":"{{uuid}}","type":"person"}],\#
                "entity":{"id":"{{uuid}}","type":"page"},"data":{"parent":{"id":"{{uuid}}","type":"page"}}}
                """#),
        Sample(
            presets: ["microsoft-graph"],
            body: #"""
                {"value":[{"subscriptionId":"{{uuid}}","subscriptionExpirationDateTime":"2026-01-02T12:00:00Z","changeType":"updated",\#
                "clientState":"","tenantId":"{{uuid}}","resource":"users/{{uuid}}/messages/AAMkAD1",\#
                "resourceData":{"@odata.type":"#Microsoft.Graph.Message","@odata.etag":"W/\"CQAAABYAAAC{{id:12}}\"","id":"AAMkAD{{id:12}}"}}]}
                """#),
        Sample(
            presets: ["quickbooks"],
            body: #"""
                {"eventNotifications":[{"realmId":"{{number}}","dataChangeEvent":{"entities":[{"name":"Invoice","id":"{{id:6}}",\#
                "operation":"Create","lastUpdated":"2026-01-01T12:00:00.000Z"}]}}]}
                """#),
        Sample(
            presets: ["mux"],
            body: #"""
                {"type":"video.asset.ready","id":"{{uuid}}","created_at":"2026-01-01T12:00:00.000Z","object":{"type":"asset","id":"{{id:40}}"},\#
                "environment":{"name":"Production","id":"j0863n"},"data":{"id":"{{id:40}}","status":"ready","duration":23.85,\#
                "aspect_ratio":"16:9"},"attempts":[]}
                """#),
    ]
}
