import Config
import Routes
import Signatures
import Testing

@Suite("A lint") struct RouteLintTests {
    static func lint(_ members: String) -> [String] {
        let standard = #"subscribers: [{ name: "s", url: "https://s.example.com" }], "#
        let subscribers = members.contains("subscribers:") ? "" : standard
        return MadeUp.route(subscribers + members, environment: ["P": publicKey, "LONG": "a-long-enough-secret"])
            .lines()
    }

    static let cases: [(String, String)] = [
        (
            #"verify: { type: "none" }"#,
            "warning: routes/r.json5: verify: nothing proves who sent a request; name the provider's preset, or a verifier"
        ),
        (
            #"verify: "fluxvend-monnify", allow: ["203.0.113.7"]"#,
            "warning: routes/r.json5: verify: only the source address proves who sent a request; have subscribers ask the provider before they act"
        ),
        (
            #"verify: "mollie-classic""#,
            "warning: routes/r.json5: verify: nothing proves who sent a request; give allow the provider's addresses, and have subscribers ask the provider before they act"
        ),
        (
            #"verify: "mollie-classic", allow: ["203.0.113.7"]"#,
            "warning: routes/r.json5: verify: only the source address proves who sent a request; have subscribers ask the provider before they act"
        ),
        (
            #"verify: "dropbox", secrets: { SECRET: "env:S" }, dedup: "24h""#,
            "warning: routes/r.json5: dedup: the provider tells of different events in the same words: some would be taken for duplicates; leave dedup out"
        ),
        (
            #"dedup: "off""#,
            "warning: routes/r.json5: verify: an old request can be sent again: no timestamp is checked, and no event id is remembered; leave dedup on"
        ),
        (
            #"verify: { type: "hmac", hash: "sha256", key: "{secret:SECRET}", signature: { in: "header:X", encoding: "hex" }, message: "{body}" }, secrets: { SECRET: "env:S" }"#,
            "warning: routes/r.json5: verify: an old request can be sent again: no timestamp is checked, and no event id is remembered; name the event's id with event: { id }"
        ),
        (
            #"maxBody: "1KiB""#,
            "warning: routes/r.json5: maxBody: smaller than many webhooks, which would be refused; allow 64KiB or more"
        ),
        (
            #"maxBody: "32MiB""#,
            "warning: routes/r.json5: maxBody: a body this large is held in memory whole; allow what the provider documents, no more"
        ),
        (
            #"verify: "stripe", secrets: { SECRET: "env:S" }, retry: { schedule: ["1s", "5s"] }"#,
            #"warning: routes/r.json5: retry.schedule: "s" of a payments route is given up after 6s; let the schedule last an hour or longer"#
        ),
        (
            #"verify: "stripe", secrets: { SECRET: "env:S" }, subscribers: [{ name: "s", url: "https://s.example.com", retry: { schedule: ["59m"] } }]"#,
            #"warning: routes/r.json5: subscribers[0].retry.schedule: "s" of a payments route is given up after 59m; let the schedule last an hour or longer"#
        ),
        (
            #"subscribers: []"#,
            "warning: routes/r.json5: no subscribers: events are kept and go nowhere; list subscribers, or types to register for"
        ),
        (
            #"subscribers: [{ name: "s", url: "http://8.8.8.8/" }]"#,
            "warning: routes/r.json5: subscribers[0].url: bodies would cross the internet in clear text; use https://"
        ),
        (
            #"verify: "incode", tokens: { clientId: "env:S", clientSecret: "env:S" }"#,
            "warning: routes/r.json5: tokens.clientSecret: shorter than 16 bytes, and tokens are signed with it; use 32 random bytes or more"
        ),
        (
            #"verify: "github", secrets: { SECRET: "env:S" }"#,
            #"warning: routes/r.json5: verify: the provider sends up to 25MiB, and more than 1MiB is refused; set maxBody: "25MiB""#
        ),
        (
            #"verify: "github", secrets: { SECRET: "env:S" }, maxBody: "2MiB""#,
            #"warning: routes/r.json5: maxBody: the provider sends up to 25MiB, and more than 2MiB is refused; set maxBody: "25MiB""#
        ),
        (
            #"verify: "linear", secrets: { SECRET: "env:S" }, ack: { status: 202 }"#,
            "warning: routes/r.json5: ack.status: the provider takes 200 for an answer, and 202 for a failure; answer 200"
        ),
        (
            #"event: { id: "json:id" }, verify: "xero", secrets: { SECRET: "env:S" }, ack: { status: 200, body: "ok" }"#,
            "warning: routes/r.json5: ack.body: the provider wants an answer without a body; leave it out"
        ),
        (
            #"verify: "hurupay", secrets: { PUBKEY: "env:P" }, ack: { body: "ok" }"#,
            #"warning: routes/r.json5: ack.body: the provider wants the answer "OK"; leave ack out, or answer that"#
        ),
        (
            #"verify: "incode-static", secrets: { TOKEN: "env:S" }, ack: { body: "ok" }"#,
            #"warning: routes/r.json5: ack.body: the provider wants its answer in JSON; set type: "application/json" and a body of JSON"#
        ),
        (
            #"verify: { type: "hmac", hash: "sha256", key: "{secret:SECRET}", signature: { in: "header:stripe-signature", split: ",", kv: "=", pick: "v1", encoding: "hex" }, message: "{body}" }, secrets: { SECRET: "env:S" }, event: { id: "json:id" }"#,
            #"warning: routes/r.json5: verify: no replay window, though the provider sends a signed timestamp; bind timestamp, or use verify: "stripe""#
        ),
        (
            #"verify: { type: "hmac", hash: "sha256", key: "{secret:SECRET}", signature: { in: "header:x", encoding: "hex" }, message: "{body}", timestamp: { value: "{header:t}", tolerance: 0 } }, secrets: { SECRET: "env:S" }, event: { id: "json:id" }"#,
            "warning: routes/r.json5: verify.timestamp: the replay window is off: a request of any age passes; set tolerance to some seconds, such as 300"
        ),
        (
            #"verify: { type: "hmac", hash: "sha256", key: "0123", signature: { in: "header:x", encoding: "hex" }, message: "{body}" }, event: { id: "json:id" }"#,
            "warning: routes/r.json5: verify.key: the secret itself stands in the file; name it in secrets and write {secret:NAME} here"
        ),
        (
            #"verify: { type: "basic", users: ["user:password"] }, event: { id: "json:id" }"#,
            "warning: routes/r.json5: verify.users[0]: the secret itself stands in the file; name it in secrets and write {secret:NAME} here"
        ),
        (
            #"secrets: { SECRET: "literal" }, verify: "bitbucket""#,
            #"warning: routes/r.json5: secrets.SECRET: the secret itself stands in the file; keep it elsewhere: "env:NAME" or "file:PATH""#
        ),
        (
            #"event: { id: "json:id" }, verify: { all: ["mpesa", "wise"] }, secrets: { PUBKEY: "env:P" }, retry: { schedule: ["1s"] }"#,
            #"warning: routes/r.json5: retry.schedule: "s" of a payments route is given up after 1s; let the schedule last an hour or longer"#
        ),
        (
            #"event: { id: "json:id" }, verify: "meta", maxBody: "3MiB", secrets: { SECRET: "env:S" }"#,
            "warning: routes/r.json5: secrets: without VERIFY_TOKEN the provider is not answered when it asks whether the URL is yours; add VERIFY_TOKEN to secrets, or write handshake: [] when it never asks"
        ),
        (
            #"verify: "square", secrets: { SECRET: "env:S" }"#,
            #"error: routes/r.json5: verify: the provider signs the URL it calls, and the route does not say which; give publicUrl as the provider has it, such as "https://hooks.example.com/r""#
        ),
        (
            #"verify: "alfred", secrets: { SECRET: "env:S" }, event: { id: "json:id" }, subscribers: [{ name: "s", url: "https://s.example.com", events: ["payout.*"] }]"#,
            #"error: routes/r.json5: subscribers[0].events: this route finds no type, so nothing would match; write event: { type: "json:…" }, or remove events"#
        ),
        (
            #"verify: "alfred", secrets: { SECRET: "env:S" }, event: { id: "json:id" }, types: { payouts: "payout.*" }"#,
            #"error: routes/r.json5: types.payouts: this route finds no type, so nothing would match; write event: { type: "json:…" }, or remove payouts"#
        ),
        (
            #"subscribers: [{ name: "s", url: "https://s.example.com", events: ["repo:*", "repo:[ab]"] }]"#,
            #"warning: routes/r.json5: subscribers[0].events[1]: only * is a pattern: "repo:[ab]" is taken as it stands; write a run of characters as *, and each choice as an entry of its own"#
        ),
        (
            #"types: { a: "/^repo/" }"#,
            #"warning: routes/r.json5: types.a: only * is a pattern: "/^repo/" is taken as it stands; write a run of characters as *, and each choice as an entry of its own"#
        ),
        (
            #"verify: "bitbucket", secrets: { SECRET: "env:S", OTHER: "env:S" }"#,
            "warning: routes/r.json5: secrets.OTHER: nothing reads it; the verifier reads SECRET"
        ),
        (
            #"tokens: { clientId: "env:LONG", clientSecret: "env:LONG" }"#,
            #"error: routes/r.json5: verify: tokens are issued, and the verifier takes none of them; use verify: "incode", or a jwt verifier with the key {secret:TOKENS_CLIENT_SECRET}"#
        ),
    ]

    @Test("says what was probably not meant", arguments: cases)
    func found(_ members: String, _ line: String) { #expect(Self.lint(members) == [line]) }

    @Test(
        "is silent where nothing is odd",
        arguments: [
            #"verify: "github", secrets: { SECRET: "env:S" }, maxBody: "25MiB""#,
            #"verify: "linear", secrets: { SECRET: "env:S" }, ack: { status: 200, body: "thanks" }"#,
            #"verify: "incode-static", secrets: { TOKEN: "env:S" }, ack: { status: 204 }"#,
            #"verify: "hurupay", secrets: { PUBKEY: "env:P" }, ack: { status: 200, type: "text/html", body: "OK" }"#,
            #"verify: "dropbox", secrets: { SECRET: "env:S" }"#,
            #"verify: "dropbox", secrets: { SECRET: "env:S" }, dedup: "1h", event: { id: "header:X-Id" }"#,
            "", #"dedup: "1h""#, #"maxBody: "64KiB""#, #"retry: { schedule: ["1s"] }"#,
            #"verify: "stripe", secrets: { SECRET: "env:S" }, dedup: "off""#,
            #"verify: "square", secrets: { SECRET: "env:S" }, publicUrl: "https://h.example.com/r""#,
            #"event: { id: "json:id" }, verify: "meta", maxBody: "3MiB", secrets: { SECRET: "env:S" }, handshake: []"#,
            #"event: { id: "json:id" }, verify: "meta", maxBody: "3MiB", secrets: { SECRET: "env:S", VERIFY_TOKEN: "env:LONG" }"#,
            #"verify: "alfred", secrets: { SECRET: "env:S" }, event: { id: "json:id" }, subscribers: [{ name: "s", url: "https://s.example.com", events: ["*", "payout.*"] }]"#,
            #"verify: "alfred", secrets: { SECRET: "env:S" }, event: { id: "json:id", type: "json:t" }, subscribers: [{ name: "s", url: "https://s.example.com", events: ["a.*"] }]"#,
            #"subscribers: [{ name: "s", url: "https://s.example.com", events: ["Push Hook", "$identify", "**"] }]"#,
            #"subscribers: [], types: { all: "*" }"#, #"subscribers: [{ name: "s", url: "http://10.0.0.1/" }]"#,
        ])
    func silent(_ members: String) { #expect(Self.lint(members) == []) }

    @Test(
        "warns of this machine's own addresses where they are the only proof",
        arguments: [
            ("127.0.0.1", true), ("127.0.0.2", true), ("::1", true), ("127.0.0.0/8", true), ("0.0.0.0/0", true),
            ("10.0.0.7", false),
        ])
    func thisMachine(_ range: String, _ isLocal: Bool) {
        let found = Self.lint(#"verify: "fluxvend-monnify", allow: ["203.0.113.7", "\#(range)"]"#).contains {
            $0.hasPrefix("warning: routes/r.json5: allow: whoever reaches a proxy on this machine is believed; ")
        }
        #expect(found == isLocal)
        #expect(Self.lint(#"allow: ["\#(range)"]"#) == [], "a signature proves more")
    }

    @Test("tells a misspelt secret from the one that is meant", arguments: ["SECRETT", "secret", "OTHER"])
    func misspeltSecret(_ name: String) {
        #expect(
            Self.lint(#"verify: "bitbucket", secrets: { \#(name): "env:S" }"#).contains(
                "warning: routes/r.json5: secrets.\(name): nothing reads it; did you mean SECRET?"))
    }

    @Test("tells a secret that nothing reads beside a list of addresses too")
    func besideAddresses() {
        let members = #"allow: ["203.0.113.7"], secrets: { API_KEY: "env:S", API_SECRET: "env:S", OTHER: "env:S" }"#
        #expect(
            Self.lint(#"verify: "fluxvend-core", \#(members)"#).contains(
                "warning: routes/r.json5: secrets.OTHER: nothing reads it; the verifier reads API_KEY, API_SECRET"))
    }

    @Test("takes every secret that a preset is shown with for one that is read", arguments: Preset.names)
    func everySecret(_ name: String) throws {
        let preset = try #require(Preset.named(name))
        let asked = preset.handshakeNode.map(Handshake.secretNames) ?? []
        let names = asked.union(preset.secrets).subtracting(["TOKENS_CLIENT_SECRET"])
        let secrets = names.map { "\($0): \"env:S\"" }.joined(separator: ", ")
        #expect(
            !Self.lint(#"verify: { all: ["\#(name)"] }, secrets: { \#(secrets) }"#).contains {
                $0.contains("nothing reads it")
            })
    }

    @Test("is silent about a schedule that could not be read")
    func unreadSchedule() {
        let lines = Self.lint(#"verify: "stripe", secrets: { SECRET: "env:S" }, retry: { schedule: ["5 parsecs"] }"#)
        #expect(lines.count == 1 && lines.allSatisfy { $0.hasPrefix("error: routes/r.json5: retry.schedule[0]: ") })
    }

    @Test("says of a route that is closed for its secret what else is wrong with its types")
    func closed() {
        let lines = MadeUp.route(
            #"verify: "alfred", secrets: { SECRET: "env:NOT" }, subscribers: [{ name: "s", url: "https://s.example.com", events: "a" }]"#
        ).lines(.serve)
        #expect(lines.contains { $0.hasPrefix("warning: routes/r.json5: subscribers[0].events: this route finds no") })
    }
}

@Suite("A verifier in a route file") struct RouteVerifierTests {
    @Test(
        "that is misspelt stops the load, whatever its secrets are",
        arguments: [
            (#"verify: "githib""#, #"verify: "githib" is no preset; did you mean "github"?"#),
            (
                #"verify: "githib", secrets: { SECRET: "env:NOT" }"#,
                #"verify: "githib" is no preset; did you mean "github"?"#
            ),
            (
                #"verify: 5"#,
                #"verify: expected a preset's name or an object, found a number; write verify: "github" or verify: { type: "hmac", … }"#
            ),
        ])
    func misspelt(_ members: String, _ line: String) {
        let loaded = MadeUp.route(members).load(.serve)
        #expect(loaded.table == nil)
        #expect(loaded.diagnostics.all.map(\.line).contains("error: routes/r.json5: \(line)"))
    }

    @Test("is needed")
    func missing() {
        #expect(
            MadeUp(["routes/r.json5": "{ types: { a: '*' } }"]).lines() == [
                #"error: routes/r.json5: nothing says how requests are verified; name a preset or a verifier with verify; { type: "none" } takes everything"#
            ])
    }

    @Test("of addresses needs a list of them", arguments: ["fluxvend-monnify", "fluxvend-opay", "fluxvend-core"])
    func addresses(_ preset: String) {
        let lines = MadeUp.route(#"verify: "\#(preset)", secrets: { API_KEY: "env:S", API_SECRET: "env:S" }"#).lines()
        #expect(
            lines.contains(
                #"error: routes/r.json5: verify: verifies by source address, but there is no list of addresses; give the route allow: ["203.0.113.0/24"] with the provider's addresses"#
            ))
    }
}
