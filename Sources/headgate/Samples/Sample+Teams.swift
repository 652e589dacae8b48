/// People at work, their audiences, and the sites that they build.
extension Sample {
    static let teams: [Sample] = [
        Sample(
            presets: ["asana"],
            body: #"""
                {"events":[{"user":{"gid":"12345","resource_type":"user"},"created_at":"2026-01-01T12:00:00.000Z","action":"changed",\#
                "resource":{"gid":"{{number}}","resource_type":"task"},"parent":null,\#
                "change":{"field":"due_at","action":"changed","new_value":{"gid":"{{number}}","resource_type":"task"}}}]}
                """#),
        Sample(
            presets: ["microsoft-teams"],
            body: #"""
                {"type":"message","id":"{{number}}","timestamp":"2026-01-01T12:00:00.000Z","serviceUrl":"https://smba.trafficmanager.net/emea/",\#
                "channelId":"msteams","from":{"id":"29:1{{id:40}}","name":"Jane Doe"},"text":"<at>door</at> is the door open?",\#
                "conversation":{"isGroup":true,"id":"19:{{id:32}}@thread.skype;messageid={{number}}"}}
                """#,
            fields: ["Content-Type: application/json; charset=utf-8"]),
        Sample(
            presets: ["linkedin"],
            body: #"""
                {"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS","notifications":[{"notificationId":{{number}},\#
                "organizationalEntity":"urn:li:organization:2414183","action":"COMMENT","sourcePost":"urn:li:share:1234",\#
                "decoratedSourcePost":{"text":"Our new door"},"subscriber":"urn:li:person:1","lastModifiedAt":1767268800000}]}
                """#),
        Sample(
            presets: ["twitch"],
            body: #"""
                {"subscription":{"id":"{{uuid}}","status":"enabled","type":"channel.follow","version":"2","cost":1,\#
                "condition":{"broadcaster_user_id":"1337","moderator_user_id":"1337"},\#
                "transport":{"method":"webhook","callback":"https://hooks.example.com/twitch"},"created_at":"2026-01-01T12:00:00.634234626Z"},\#
                "event":{"user_id":"{{number}}","user_login":"cool_user","user_name":"Cool_User","broadcaster_user_id":"1337",\#
                "broadcaster_user_login":"cooler_user","broadcaster_user_name":"Cooler_User","followed_at":"2026-01-01T12:00:00.000000000Z"}}
                """#,
            fields: [
                "Content-Type: application/json",
                "Twitch-Eventsub-Message-Id: {{uuid}}",
                "Twitch-Eventsub-Message-Retry: 0",
                "Twitch-Eventsub-Message-Type: notification",
                "Twitch-Eventsub-Subscription-Type: channel.follow",
                "Twitch-Eventsub-Subscription-Version: 2",
            ]),
        Sample(
            presets: ["sinch"],
            body: #"""
                {"app_id":"01{{id:24}}","project_id":"{{uuid}}","accepted_time":"2026-01-01T12:00:00.000000Z","event_time":"2026-01-01T12:00:00Z",\#
                "message":{"id":"01{{id:24}}","direction":"TO_APP","contact_message":{"text_message":{"text":"Is the door open?"}},\#
                "channel_identity":{"channel":"WHATSAPP","identity":"48123456789","app_id":""},"contact_id":"01{{id:24}}"},"message_metadata":""}
                """#,
            fields: [
                "Content-Type: application/json",
                "x-sinch-webhook-signature-nonce: 01{{id:24}}",
                "x-sinch-webhook-signature-algorithm: HmacSHA256",
            ]),
        Sample(
            presets: ["onfleet"],
            body: #"""
                {"taskId":"{{id:24}}","workerId":"{{id:24}}","actionContext":{"type":"ADMIN","id":"{{id:24}}"},"time":1767268800000,\#
                "triggerId":3,"triggerName":"taskCompleted","data":{"task":{"shortId":"{{id:8}}","state":3,"notes":"Leave it at the door"}}}
                """#),
        Sample(
            presets: ["webflow"],
            body: #"""
                {"triggerType":"form_submission","payload":{"name":"Contact us","siteId":"{{id:24}}","data":{"First Name":"Zaphod",\#
                "Last Name":"Beeblebrox","email":"zaphod@example.com"},"submittedAt":"2026-01-01T12:00:00.000Z","id":"{{id:24}}",\#
                "formId":"{{id:24}}"}}
                """#),
        Sample(
            presets: ["squarespace"],
            body: #"""
                {"id":"{{id:24}}","websiteId":"5f3c3d55ac435e1a051f77b3","subscriptionId":"5f3c2155d947844beedda991","topic":"order.create",\#
                "createdOn":"2026-01-01T12:00+00:00","data":{"orderId":"{{id:24}}"}}
                """#,
            fields: ["Content-Type: application/json", "User-Agent: Squarespace/1.0"]),
        Sample(
            presets: ["klaviyo"],
            body: #"""
                {"data":[{"external_id":"{{id:11}}","topic":"event:klaviyo.sent_sms","payload":{"data":{"type":"event","id":"{{id:11}}",\#
                "attributes":{"timestamp":1767268800,"event_properties":{"Message Body":"The door is open"},"uuid":"{{uuid}}"}}}}],\#
                "meta":{"klaviyo_account_id":"WBhXHN","klaviyo_webhook_id":"01{{id:24}}","timestamp":"2026-01-01T12:00:00.000000+00:00",\#
                "version":"2024-06-28"}}
                """#,
            fields: ["Content-Type: application/json", "Klaviyo-Webhook-Id: 01{{id:24}}"]),
        Sample(
            presets: ["zendesk"],
            body: #"""
                {"account_id":12514403,"id":"{{uuid}}","type":"zen:event-type:ticket.created","time":"2026-01-01T12:00:00.000000000Z",\#
                "zendesk_event_version":"2022-11-06","subject":"zen:ticket:4","event":{},"detail":{"id":"4","subject":"The door sticks",\#
                "status":"OPEN","priority":"HIGH","created_at":"2026-01-01T12:00:00Z","requester_id":"8447388090494"}}
                """#,
            fields: [
                "Content-Type: application/json; charset=utf-8",
                "X-Zendesk-Account-Id: 12514403",
                "X-Zendesk-Webhook-Id: 01{{id:24}}",
                "X-Zendesk-Webhook-Invocation-Id: 01{{id:24}}",
            ]),
        Sample(
            presets: ["airtable"],
            body: #"""
                {"base":{"id":"app{{id:14}}"},"webhook":{"id":"ach{{id:14}}"},"timestamp":"2026-01-01T12:00:00.000Z"}
                """#),
    ]
}
