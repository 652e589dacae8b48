/// Chat, mail, telephone.
extension Sample {
    static let messaging: [Sample] = [
        Sample(
            presets: ["slack"],
            body: #"""
                {"token":"ZZZZZZWSxiZZZ2yIvs3peJ","team_id":"T123ABC456","api_app_id":"A123ABC456","type":"event_callback","event_id":"Ev{{id:9}}",\#
                "event_time":1767268800,"event":{"type":"app_mention","user":"U123ABC456","text":"<@U0LAN0Z89> is the door open?",\#
                "ts":"1767268800.000001","channel":"C123ABC456","event_ts":"1767268800.000001"},\#
                "authorizations":[{"team_id":"T123ABC456","user_id":"U123ABC456","is_bot":true}]}
                """#),
        Sample(
            presets: ["twilio", "twilio-shared-key"],
            body: #"""
                ToCountry=US&MessageSid=SM{{id:32}}&NumMedia=0&SmsStatus=received&Body=Is+the+door+open%3F&FromCountry=US&\#
                To=%2B18005551212&NumSegments=1&AccountSid=AC00000000000000000000000000000000&From=%2B14158675310&ApiVersion=2010-04-01
                """#,
            fields: [
                "Content-Type: application/x-www-form-urlencoded; charset=UTF-8",
                "I-Twilio-Idempotency-Token: {{uuid}}",
            ]),
        Sample(
            presets: ["twilio-json"],
            body: #"""
                {"specversion":"1.0","type":"com.twilio.messaging.message.delivered","id":"EZ{{id:32}}","time":"2026-01-01T12:00:00Z",\#
                "data":{"accountSid":"AC00000000000000000000000000000000","messageSid":"SM{{id:32}}","messageStatus":"DELIVERED"}}
                """#,
            fields: [
                "Content-Type: application/json",
                "I-Twilio-Idempotency-Token: {{uuid}}",
            ]),
        Sample(
            presets: ["sendgrid"],
            body: #"""
                [{"email":"example@example.com","timestamp":1767268800,"smtp-id":"<14c5d75ce93.dfd.64b469@ismtpd-555>",\#
                "event":"delivered","category":["door"],"sg_event_id":"{{id:22}}","sg_message_id":"14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",\#
                "response":"250 OK"},{"email":"example@example.com","timestamp":1767268801,"event":"open","category":["door"],\#
                "sg_event_id":"{{id:22}}","sg_message_id":"14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0","useragent":"Mozilla/5.0"}]\#r\#n
                """#),
        Sample(
            presets: ["mailgun"],
            body: #"""
                {"signature":{"timestamp":"0","token":"{{id:50}}","signature":""},"event-data":{"event":"delivered","id":"{{id:22}}",\#
                "timestamp":1767268800.003,"log-level":"info","recipient":"alice@example.com","recipient-domain":"example.com",\#
                "message":{"headers":{"message-id":"20260101120000.1.AAAA@mg.example.com","subject":"The door"}},\#
                "delivery-status":{"code":250,"message":"OK","attempt-no":1}}}
                """#),
        Sample(
            presets: ["mailgun-form"],
            body: #"""
                recipient=alice%40example.com&sender=bob%40example.com&subject=The+door&body-plain=It+is+open&event=delivered&\#
                timestamp=1767268800&token={{id:50}}
                """#,
            fields: [
                "Content-Type: application/x-www-form-urlencoded"
            ]),
        Sample(
            presets: ["postmark"],
            body: #"""
                {"RecordType":"Delivery","ServerID":23,"MessageStream":"outbound","MessageID":"{{uuid}}","Recipient":"john@example.com",\#
                "Tag":"welcome-email","DeliveredAt":"2026-01-01T12:00:00Z","Details":"Test delivery webhook details","Metadata":{"order":"6735"}}
                """#),
        Sample(
            presets: ["telegram"],
            body: #"""
                {"update_id":{{number}},"message":{"message_id":1365,"date":1767268800,"text":"/open","chat":{"id":1111111,"type":"private",\#
                "first_name":"Test"},"from":{"id":1111111,"is_bot":false,"first_name":"Test"}}}
                """#),
        Sample(
            presets: ["meta"],
            body: #"""
                {"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"field":"messages","value":{\#
                "messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},\#
                "contacts":[{"profile":{"name":"Sheena"},"wa_id":"16505551234"}],"messages":[{"from":"16505551234","id":"wamid.{{id:40}}",\#
                "timestamp":"1767268800","type":"text","text":{"body":"Is the door open?"}}]}}]}]}
                """#),
        Sample(
            presets: ["zoom"],
            body: #"""
                {"event":"meeting.started","event_ts":1767268800000,"payload":{"account_id":"AAAAAABBBB","object":{"id":"1234567890",\#
                "uuid":"{{id:22}}","host_id":"x1yCzABCDEfg23HiJKl4mN","topic":"The door","type":2,"start_time":"2026-01-01T12:00:00Z",\#
                "timezone":"Europe/Lisbon","duration":60}}}
                """#),
        Sample(
            presets: ["intercom"],
            body: #"""
                {"type":"notification_event","app_id":"abc123","topic":"conversation.user.created","id":"notif_{{uuid}}","delivery_attempts":1,\#
                "created_at":1767268800,"data":{"type":"notification_event_data","item":{"type":"conversation","id":"{{id:8}}","state":"open"}}}
                """#),
        Sample(
            presets: ["twitter"],
            body: #"""
                {"for_user_id":"2244994945","tweet_create_events":[{"created_at":"Thu Jan 01 12:00:00 +0000 2026","id_str":"{{number}}",\#
                "text":"@acme is the door open?","user":{"id_str":"783214","screen_name":"jane"},"in_reply_to_screen_name":"acme"}]}
                """#),
    ]
}
