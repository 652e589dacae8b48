/// Code, incidents, clouds, and schemes that many share.
extension Sample {
    static let development: [Sample] = [
        Sample(
            presets: ["github", "github-sha1"],
            body: #"""
                {"ref":"refs/heads/main","before":"{{id:40}}","after":"{{id:40}}","created":false,"deleted":false,"forced":false,\#
                "repository":{"id":1296269,"name":"hello-world","full_name":"octocat/hello-world","private":false,\#
                "html_url":"https://github.com/octocat/hello-world"},"pusher":{"name":"octocat","email":"octocat@example.com"},\#
                "sender":{"login":"octocat","id":583231,"type":"User"},"commits":[{"id":"{{id:40}}","message":"Fix the door",\#
                "timestamp":"2026-01-01T12:00:00Z","added":[],"removed":[],"modified":["door.txt"]}]}
                """#,
            fields: [
                "Content-Type: application/json",
                "User-Agent: GitHub-Hookshot/044aadd",
                "X-GitHub-Event: push",
                "X-GitHub-Delivery: {{uuid}}",
                "X-GitHub-Hook-ID: 292430182",
            ]),
        Sample(
            presets: ["gitlab", "gitlab-signing-token"],
            body: #"""
                {"object_kind":"merge_request","event_type":"merge_request","user":{"id":1,"name":"Administrator","username":"root"},\#
                "project":{"id":1,"name":"Gitlab Test","path_with_namespace":"gitlab-org/gitlab-test","default_branch":"main"},\#
                "object_attributes":{"id":99,"iid":1,"title":"Fix the door","state":"opened","action":"open","source_branch":"fix-door",\#
                "target_branch":"main","last_commit":{"id":"{{id:40}}","message":"Fix the door"}}}
                """#,
            fields: [
                "Content-Type: application/json",
                "X-Gitlab-Event: Merge Request Hook",
                "X-Gitlab-Event-UUID: {{uuid}}",
                "X-Gitlab-Instance: https://gitlab.example.com",
            ]),
        Sample(
            presets: ["bitbucket"],
            body: #"""
                {"push":{"changes":[{"new":{"type":"branch","name":"main","target":{"hash":"{{id:40}}","message":"Fix the door"}},\#
                "created":false,"forced":false,"closed":false}]},"repository":{"full_name":"team/door","name":"door","uuid":"{{{uuid}}}"},\#
                "actor":{"display_name":"Emma","type":"user"}}
                """#,
            fields: [
                "Content-Type: application/json",
                "X-Event-Key: repo:push",
                "X-Request-UUID: {{uuid}}",
                "X-Hook-UUID: {{uuid}}",
            ]),
        Sample(
            presets: ["linear"],
            body: #"""
                {"action":"create","type":"Issue","createdAt":"2026-01-01T12:00:00.000Z","organizationId":"{{uuid}}","webhookTimestamp":0,\#
                "webhookId":"{{uuid}}","url":"https://linear.app/acme/issue/ENG-1","data":{"id":"{{uuid}}","number":1,"title":"The door sticks",\#
                "priority":2,"team":{"id":"{{uuid}}","key":"ENG","name":"Engineering"}}}
                """#,
            fields: [
                "Content-Type: application/json; charset=utf-8",
                "Linear-Delivery: {{uuid}}",
                "Linear-Event: Issue",
            ]),
        Sample(
            presets: ["sentry"],
            body: #"""
                {"action":"created","installation":{"uuid":"{{uuid}}"},"actor":{"type":"application","id":"sentry","name":"Sentry"},\#
                "data":{"issue":{"id":"{{id:10}}","title":"TypeError: door is undefined","level":"error","status":"unresolved",\#
                "project":{"id":"1","name":"door","slug":"door"}}}}
                """#,
            fields: [
                "Content-Type: application/json",
                "Request-ID: {{id:32}}",
                "Sentry-Hook-Resource: issue",
            ]),
        Sample(
            presets: ["pagerduty"],
            body: #"""
                {"event":{"id":"01{{id:24}}","event_type":"incident.triggered","resource_type":"incident","occurred_at":"2026-01-01T12:00:00Z",\#
                "agent":{"id":"PLH1HKV","type":"user_reference"},"data":{"id":"PGR0VU2","type":"incident","number":2,"status":"triggered",\#
                "title":"The door is open","urgency":"high"}}}
                """#,
            fields: [
                "Content-Type: application/json",
                "X-Webhook-Id: {{uuid}}",
            ]),
        Sample(
            presets: ["discord"],
            body: #"""
                {"id":"{{id:18}}","application_id":"845027738276462632","type":2,"token":"A_UNIQUE_TOKEN","version":1,"channel_id":"645027906669510667",\#
                "guild_id":"290926798626357999","data":{"id":"771825006014889984","name":"door","type":1},\#
                "member":{"user":{"id":"53908232506183680","username":"mason"}}}
                """#),
        Sample(
            presets: ["discord-events"],
            body: #"""
                {"version":1,"application_id":"1234560123453231555","type":1,"event":{"type":"ENTITLEMENT_CREATE",\#
                "timestamp":"2026-01-01T12:00:00.000000","data":{"id":"{{id:18}}","sku_id":"1234505980407808808","user_id":"111178765189277770"}}}
                """#),
        Sample(
            presets: ["okta"],
            body: #"""
                {"eventType":"com.okta.event_hook","eventTypeVersion":"1.0","cloudEventsVersion":"0.1","eventId":"{{uuid}}",\#
                "eventTime":"2026-01-01T12:00:00.000Z","source":"https://example.okta.com/api/v1/eventHooks/whoql0HfiLGPWc8Jx0g3",\#
                "data":{"events":[{"uuid":"{{uuid}}","eventType":"user.lifecycle.create","severity":"INFO","outcome":{"result":"SUCCESS"}}]}}
                """#),
        Sample(
            presets: ["aws-sns"],
            body: #"""
                {"Type":"Notification","MessageId":"{{uuid}}","TopicArn":"arn:aws:sns:eu-west-1:123456789012:door","Subject":"Door",\#
                "Message":"The door was opened","Timestamp":"2026-01-01T12:00:00.000Z","SignatureVersion":"2","Signature":"",\#
                "SigningCertURL":"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-{{id:32}}.pem",\#
                "UnsubscribeURL":"https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe"}
                """#,
            fields: [
                "Content-Type: text/plain; charset=UTF-8",
                "x-amz-sns-message-type: Notification",
            ]),
        Sample(
            presets: ["google-pubsub"],
            body: #"""
                {"message":{"attributes":{"kind":"door"},"data":"VGhlIGRvb3Igd2FzIG9wZW5lZA==","messageId":"{{id:16}}",\#
                "publishTime":"2026-01-01T12:00:00.000Z"},"subscription":"projects/acme/subscriptions/door"}
                """#),
        Sample(
            presets: ["workos"],
            body: #"""
                {"id":"event_{{id:26}}","event":"dsync.user.created","created_at":"2026-01-01T12:00:00.000Z","data":{"object":"directory_user",\#
                "id":"directory_user_{{id:26}}","state":"active","first_name":"Jane","last_name":"Doe"}}
                """#),
        Sample(
            presets: ["standard-webhooks", "standard-webhooks-ed25519", "svix", "svix-ed25519", "openai"],
            body: #"""
                {"type":"user.created","timestamp":"2026-01-01T12:00:00Z","data":{"id":"usr_{{id:24}}","email":"jane@example.com","name":"Jane Doe"}}
                """#),
        Sample(
            presets: ["jira"],
            body: #"""
                {"timestamp":1767268800000,"webhookEvent":"jira:issue_updated","issue_event_type_name":"issue_generic",\#
                "user":{"accountId":"{{id:24}}","displayName":"Emma"},"issue":{"id":"{{number}}","key":"DOOR-1",\#
                "fields":{"summary":"The door sticks","status":{"name":"In Progress"}}},"changelog":{"id":"10124","items":[]}}
                """#,
            fields: [
                "Content-Type: application/json; charset=UTF-8",
                "X-Atlassian-Webhook-Identifier: {{uuid}}",
            ]),
    ]
}
