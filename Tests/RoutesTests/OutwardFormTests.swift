import Config
import Routes
import Signatures
import Testing

@Suite("A subscriber's sign") struct SubscriberFormTests {
    @Test("says as whom, with which secrets")
    func form() throws {
        let members = #"sign: { as: "github", secrets: { SECRET: "env:S" }, set: { "X-GitHub-Event": "{type}" } }"#
        let world = MadeUp.subscriber(members)
        #expect(world.lines() == [])
        let subscriber = try #require(world.only()?.subscribers.first)
        #expect(subscriber.form?.fieldNames == ["x-hub-signature-256", "x-github-event"])
        #expect(subscriber.held == nil)
    }

    @Test("that lacks its secret holds the subscriber back")
    func held() throws {
        for sign in [
            #"{ as: "github", secrets: { SECRET: "env:NOT" } }"#, #"{ as: "hurupay", key: "env:NOT" }"#,
            #"{ as: "hurupay", key: "env:S" }"#,
        ] {
            let world = MadeUp.subscriber("sign: \(sign)")
            let subscriber = try #require(world.only(.serve)?.subscribers.first)
            #expect(subscriber.form == nil && subscriber.held != nil)
            #expect(world.load(.check).table == nil)
        }
    }

    static let wrong = [
        (#"{}"#, #"sign: does not say as whom; write as: "github", or a verifier"#),
        (#"{ as: "githib" }"#, #"sign.as: "githib" is no preset; did you mean "github"?"#),
        (
            #"{ as: "github" }"#,
            #"sign.as: needs the secret SECRET, which is missing or empty; give the route secrets: { SECRET: "env:…" } or "file:…""#
        ),
        (
            #"{ as: "alfred", secrets: { SECRET: "env:S" } }"#,
            "sign.as: puts its signature into the body, which is never changed; use a provider with a signature in a header"
        ),
        (
            #"{ as: "openai", secrets: { SECRET: "env:W" }, set: { "webhook-id": "{id}" } }"#,
            #"sign: webhook-id: headers of this name are the gateway's own; use another name, such as "x-…""#
        ),
        (
            #"{ as: "github", secrets: { SECRET: "env:S" }, set: { "X-A": "{body}" } }"#,
            #"sign.set.X-A: "{body}" is no text for a header; use text, {id}, {type} and {timestamp}"#
        ),
        (
            #"{ as: "github", secrets: { SECRET: "env:S" }, set: { "Host": "a" } }"#,
            "sign: host: this header belongs to the connection or the body; remove it"
        ),
        (
            #"{ as: "github", secrets: { SECRET: "env:S" }, set: { "X-Team": "a" } }, headers: { "x-team": "b" }"#,
            "sign: x-team is also given in headers; keep one of them"
        ),
    ]

    @Test("that is wrong stops the load", arguments: wrong)
    func refused(_ sign: String, _ line: String) {
        let world = MadeUp.subscriber("sign: \(sign)", environment: ["W": MadeUp.key])
        #expect(world.lines() == ["error: routes/r.json5: subscribers[0].\(line)"])
    }
}
