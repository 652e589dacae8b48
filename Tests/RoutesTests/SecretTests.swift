import Config
import Crypto
import Domain
import Routes
import Testing

@Suite("A secret") struct SecretTests {
    static func reader(_ world: MadeUp) -> SecretReader { SecretReader(world.surroundings, directory: "routes") }

    static let world = MadeUp(
        [
            "routes/keys/a": "value\n", "routes/crlf": "value\r\n", "routes/two": "value\n\n", "/abs": "value",
            "routes/blank": " \n", "routes/large": String(repeating: "x", count: Limits.secretBytes + 1),
        ], environment: ["A": "value", "EMPTY": "", "BLANK": " \t"], broken: ["routes/shut": .forbidden])

    @Test(
        "is read from a variable, a file or itself",
        arguments: [
            ("env:A", "value"), ("file:keys/a", "value"), ("file:crlf", "value"), ("file:two", "value\n"),
            ("file:/abs", "value"),
            ("value", "value"), ("environment", "environment"),
        ])
    func forms(_ source: String, _ value: String) throws {
        #expect(try Self.reader(Self.world).read(SecretSource(source)).get().text == value)
    }

    @Test(
        "that cannot be used says why",
        arguments: [
            ("env:NOT", "variable NOT is not set"), ("env:EMPTY", "variable EMPTY is empty"),
            ("env:BLANK", "variable BLANK is empty"), ("env:", "env:NAME names nothing"),
            ("file:none", "file routes/none does not exist"), ("file:blank", "file routes/blank is empty"),
            ("file:shut", "file routes/shut may not be read by this user"), ("file:", "file:PATH names nothing"),
            ("file:large", "file routes/large is larger than 65536 bytes"), ("", "the value is empty"),
        ])
    func problems(_ source: String, _ text: String) {
        guard case .failure(let problem) = Self.reader(Self.world).read(SecretSource(source)) else {
            return #expect(Bool(false))
        }
        #expect(problem.text == text)
    }

    @Test(
        "that cannot be used names the cure",
        arguments: [
            ("env: A", "write env:NAME, without \"$\" and spaces"),
            ("env:$A", "write env:NAME, without \"$\" and spaces"),
            ("env:NOT", "set it in the gateway's environment"), ("file:directory", "name a file"),
            ("file:none", "put the secret there, or correct the path"), ("file:shut", "let the gateway's user read it"),
        ])
    func cures(_ source: String, _ cure: String) {
        var world = Self.world
        world.broken["routes/directory"] = .notRegular
        guard case .failure(let problem) = Self.reader(world).read(SecretSource(source)) else {
            return #expect(Bool(false))
        }
        #expect(problem.cure == cure)
    }

    @Test("that stands in the file is a warning which does not show it")
    func literal() {
        let world = MadeUp.route(#"verify: "bitbucket", secrets: { SECRET: "hunter2hunter2" }, types: { a: "*" }"#)
        #expect(
            world.lines() == [
                #"warning: routes/r.json5: secrets.SECRET: the secret itself stands in the file; keep it elsewhere: "env:NAME" or "file:PATH""#
            ])
    }

    static let mistaken: [(String, String)] = [
        ("STRIPE_SECRET", "this is the name of a variable, not a secret"),
        ("$STRIPE_SECRET", "this is the name of a variable, not a secret"),
        ("${STRIPE_SECRET}", "this is the name of a variable, not a secret"),
        ("KEY", "this is the name of a variable, not a secret"),
        ("JBSWY3DPEHPK3PX", "this is the name of a variable, not a secret"),
        ("HEADGATE_STRIPE_SECRET_2", "this is the name of a variable, not a secret"),
        ("ENV:STRIPE_SECRET", "this names where a secret is kept, and would be the secret itself"),
        ("Env:STRIPE_SECRET", "this names where a secret is kept, and would be the secret itself"),
        (" env:STRIPE_SECRET", "this names where a secret is kept, and would be the secret itself"),
        ("FILE:keys/stripe", "this names where a secret is kept, and would be the secret itself"),
        ("hook", "this is the name of a secret, not a secret"),
    ]

    @Test("that is plainly the name of one closes the route, and is not shown", arguments: mistaken)
    func nameForSecret(_ text: String, _ problem: String) throws {
        let world = MadeUp.route(#"verify: "bitbucket", secrets: { SECRET: "\#(text)", hook: "env:S" }"#)
        guard case .unavailable(let reason) = try #require(world.only(.serve)).state else {
            return #expect(Bool(false), "the name is taken for the secret")
        }
        #expect(reason == "secrets.SECRET: \(problem)")
        let lines = world.lines(.check)
        #expect(lines.contains { $0.hasPrefix("error: routes/r.json5: secrets.SECRET: \(problem); ") })
        #expect(["KEY", "hook"].contains(text) || !lines.contains { $0.contains(text) })
    }

    @Test(
        "of capital letters and digits may be kept elsewhere, and others still stand in the file",
        arguments: [
            "env:NAME", "file:name", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "Ab", "AB", "ABC-DEF", "0123",
            "JBSWY3DPEHPK3PXP",
        ])
    func noName(_ text: String) throws {
        var world = MadeUp.route(
            #"verify: "bitbucket", secrets: { SECRET: "\#(text)" }"#, environment: ["NAME": "STRIPE_SECRET"])
        world.files["routes/name"] = "STRIPE_SECRET"
        guard case .ready = try #require(world.only(.check)).state else {
            return #expect(Bool(false), "refused")
        }
    }

    @Test(
        "is named by a verifier, never spelt out as a name",
        arguments: [
            (#"type: "token", in: "header:x", key: "KEY""#, "key"),
            (#"type: "token", in: "header:x", key: "hook""#, "key"),
            (#"type: "token", in: "header:x", key: ["{secret:hook}", "env:KEY"]"#, "key[1]"),
            (#"type: "token", in: "header:x", key: { value: "${KEY}" }"#, "key.value"),
            (#"any: ["bitbucket", { type: "token", in: "header:x", key: "KEY" }]"#, "any[1].key"),
        ])
    func nameForKey(_ verifier: String, _ place: String) {
        let loaded = MadeUp.route(#"verify: { \#(verifier) }, secrets: { hook: "env:S", SECRET: "env:S" }"#).load(
            .serve)
        #expect(loaded.table == nil)
        let lines = loaded.diagnostics.all.map(\.line).filter { $0.contains(" verify.\(place): ") }
        #expect(lines.count == 1)
        #expect(lines.allSatisfy { $0.hasSuffix("; name it in secrets and write {secret:NAME} here") })
    }

    @Test("that a subscriber's credentials only name holds the subscriber")
    func nameForCredential() throws {
        let world = MadeUp.subscriber(#"auth: { bearer: "API_TOKEN" }"#)
        #expect(
            try #require(world.only(.serve)?.subscribers.first).held
                == "subscribers[0].auth.bearer: this is the name of a variable, not a secret")
    }

    @Test("never shows in a diagnostic, whatever is wrong around it")
    func neverShown() {
        let canary = "whsec_canary-7f3a"
        let worlds = [
            MadeUp.subscriber(#"secret: "env:K""#, environment: ["K": canary]),
            MadeUp.subscriber(#"secret: "\#(canary)""#),
            MadeUp.subscriber(#"headers: { x: "env:K" }"#, environment: ["K": canary + "\n"]),
            MadeUp.subscriber(#"auth: { bearer: "env:K" }"#, environment: ["K": canary + "\u{7f}"]),
            MadeUp.subscriber(#"auth: { basic: { user: "u", password: "\#(canary)\n" } }"#),
            MadeUp.route(#"verify: "github", secrets: { SECRET: \#(canary) }"#),
            MadeUp.route(#"verify: "github", secrets: { SECRET: ["\#(canary)", "env:NOT"] }"#),
            MadeUp.route(#"verify: "github", secrets: { SECRET: { x: "\#(canary)" } }"#),
            MadeUp.route(#"subscribers: [{ name: "s", url: "https://x:\#(canary)@a.example/" }]"#),
            MadeUp.route(#"subscribers: [{ name: "s", url: "ftp://a.example/\#(canary)" }]"#),
            MadeUp.route(#"verify: "hurupay", secrets: { PUBKEY: "env:K" }"#, environment: ["K": canary]),
        ]
        for world in worlds {
            let lines = world.lines()
            #expect(!lines.isEmpty)
            #expect(!lines.contains { $0.contains("canary") })
        }
    }

    @Test(
        "of a route that cannot be used closes the route and nothing else",
        arguments: [
            (#"verify: "github", secrets: { SECRET: "env:NOT" }"#, "secrets.SECRET: variable NOT is not set"),
            (
                #"verify: "github", secrets: { SECRET: ["env:S", "env:NOT"] }"#,
                "secrets.SECRET[1]: variable NOT is not set"
            ),
            (#"verify: "github", secrets: { SECRET: "" }"#, "secrets.SECRET: the value is empty"),
            (#"verify: "github", secrets: { SECRET: "file:none" }"#, "secrets.SECRET: file routes/none does not exist"),
            (#"verify: "github""#, "verify: needs the secret SECRET, which is missing or empty"),
            (
                #"verify: "hurupay", secrets: { PUBKEY: "env:S" }"#,
                "verify: PUBKEY is no key that can be read; expected a PEM public key or certificate (-----BEGIN PUBLIC KEY-----)"
            ),
            (
                #"verify: "incode", tokens: { clientId: "env:NOT", clientSecret: "env:S" }"#,
                "tokens.clientId: variable NOT is not set"
            ),
        ])
    func closedRoute(_ members: String, _ reason: String) throws {
        let world = MadeUp.route(members, environment: ["S": "a-long-enough-secret"])
        let loaded = world.load(.serve)
        #expect(!loaded.diagnostics.hasErrors)
        #expect(loaded.diagnostics.all.contains { $0.line.hasPrefix("warning: routes/r.json5: \(reason); ") })
        guard case .unavailable(let found) = try #require(loaded.table?.routes.first).state else {
            return #expect(Bool(false))
        }
        #expect(found == reason)
        #expect(world.load(.check).diagnostics.hasErrors)
    }

    @Test(
        "of a subscriber that cannot be used holds the subscriber and nothing else",
        arguments: [
            (#"secret: "env:NOT""#, "subscribers[0].secret: variable NOT is not set"),
            (#"secret: "env:BAD""#, "subscribers[0].secret: the secret does not begin with whsec_"),
            (#"secret: "env:SHORT""#, "subscribers[0].secret: the secret holds 3 bytes, not 24 to 64"),
            (
                #"secret: ["env:GOOD", "env:CROOKED"]"#,
                "subscribers[0].secret[1]: the secret is not base 64 after whsec_"
            ),
            (#"headers: { x: "env:NOT" }"#, "subscribers[0].headers.x: variable NOT is not set"),
            (#"auth: { bearer: "env:NOT" }"#, "subscribers[0].auth.bearer: variable NOT is not set"),
            (#"tls: { ca: "none.pem" }"#, "subscribers[0].tls.ca: file routes/none.pem does not exist"),
            (#"tls: { ca: "text.pem" }"#, "subscribers[0].tls.ca: file routes/text.pem holds no PEM"),
        ])
    func heldSubscriber(_ members: String, _ reason: String) throws {
        var world = MadeUp.subscriber(
            members,
            environment: ["BAD": "x", "SHORT": "whsec_YWJj", "CROOKED": "whsec_!", "GOOD": MadeUp.key])
        world.files["routes/text.pem"] = "no pem"
        let loaded = world.load(.serve)
        #expect(!loaded.diagnostics.hasErrors)
        let route = try #require(loaded.table?.routes.first)
        #expect(route.subscribers.first?.held == reason)
        guard case .ready = route.state else { return #expect(Bool(false)) }
        #expect(world.load(.check).diagnostics.hasErrors)
    }

    @Test("of a subscriber holds 24 to 64 bytes", arguments: [(23, false), (24, true), (64, true), (65, false)])
    func keyLength(_ count: Int, _ isGood: Bool) throws {
        let key = "whsec_" + Base64.encode(Array(repeating: 9, count: count))
        let world = MadeUp.subscriber(#"secret: "env:K""#, environment: ["K": key])
        let subscriber = try #require(world.load(.serve).table?.routes.first?.subscribers.first)
        #expect((subscriber.held == nil) == isGood)
        #expect(subscriber.signing.keys.map(\.count) == (isGood ? [count] : []))
    }
}
