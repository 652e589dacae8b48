import Config
import Crypto
import Domain
import Net
import Routes
import Signatures
import Testing
import Wire

@Suite("A route file") struct RouteFileTests {
    @Test("takes its name and its path from the file's name")
    func names() throws {
        let route = try #require(MadeUp.route("").only())
        #expect(route.name == "r")
        #expect(route.path == "/r")
        #expect(route.file == "routes/r.json5")
    }

    @Test("has the documented defaults")
    func defaults() throws {
        let route = try #require(
            MadeUp.route(#"subscribers: [{ name: "s", url: "https://s.example.com/in" }]"#).only())
        #expect(route.maxBody == 1 << 20)
        #expect(route.dedup == .seconds(86400))
        #expect(route.ack.status == 200)
        #expect(route.ack.type == "application/json")
        #expect(route.ack.body.text == #"{"success":true}"#)
        #expect(route.methods.map(\.text) == ["POST"])
        #expect(route.allow.isEmpty)
        let subscriber = try #require(route.subscribers.first)
        #expect(subscriber.retry == RetryPolicy())
        #expect(subscriber.concurrency == 32)
        #expect(subscriber.rate == nil)
        #expect(subscriber.held == nil)
        #expect(subscriber.forward.forwardsEverything)
        #expect(subscriber.signing.keys.map(\.bytes) == [Array(repeating: 7, count: 32)])
    }

    @Test("says everything that the interface names")
    func everything() throws {
        let world = MadeUp(
            [
                "routes/github.json5": #"""
                {
                  path: "/in/github-1", verify: "github",
                  secrets: { SECRET: ["env:OLD", "file:keys/new"] },
                  publicUrl: "https://hooks.example.com/in/github-1",
                  event: { id: "header:X-GitHub-Delivery", type: "header:X-GitHub-Event" },
                  types: { code: ["push", "pull_request*"], all: "*" },
                  ack: { status: 202, type: "text/plain", body: "OK" },
                  allow: ["203.0.113.0/24", "2001:db8::7"], methods: ["POST", "PUT"],
                  maxBody: "256KiB", dedup: "2h",
                  retry: { schedule: ["1s", "1h"], jitter: 0.5, timeout: "3s", connectTimeout: "1s", permanent: [400, 404] },
                  subscribers: [
                    { name: "a", url: "http://10.0.0.7:9000/in?x=1" },
                    { name: "b", url: "https://[2606:4700::1]/", events: ["push"], secret: ["env:KEY", "env:KEY"],
                      retry: { schedule: ["5s"] }, concurrency: 8, rate: "100/s",
                      headers: { "X-Team": "finance", "x-key": "env:OLD" }, forward: ["X-Request-*"],
                      tls: { ca: "ca.pem", cert: "/c.pem", key: "file:/k.pem" },
                      auth: { basic: { user: "u", password: "env:OLD" } }, paused: true },
                    { name: "c", url: "env:C_URL", auth: { bearer: "env:OLD" }, forward: [] },
                  ],
                }
                """#,
                "routes/keys/new": "new-secret\r\n",
                "routes/ca.pem": "-----BEGIN CERTIFICATE-----", "/c.pem": "-----BEGIN CERTIFICATE-----",
                "/k.pem": "-----BEGIN PRIVATE KEY-----",
            ],
            environment: ["OLD": "old-secret", "KEY": MadeUp.key, "C_URL": "https://c.example.com"])
        #expect(
            world.lines() == [
                #"warning: routes/github.json5: maxBody: the provider sends up to 25MiB, and more than 256KiB is refused; set maxBody: "25MiB""#
            ])
        let route = try #require(world.only())
        #expect(route.path == "/in/github-1")
        #expect(route.publicURL == "https://hooks.example.com/in/github-1")
        #expect(route.groups.map(\.name) == ["code", "all"])
        #expect(route.groups[0].filter == EventFilter(["push", "pull_request*"]))
        #expect(route.ack.status == 202)
        #expect(route.ack.body.text == "OK")
        #expect(route.admits(IPAddress(v4: 0xcb00_7109)))
        #expect(!route.admits(IPAddress(v4: 0x0808_0808)))
        #expect(route.maxBody == 256 << 10)
        #expect(route.dedup == .seconds(7200))
        let (a, b, c) = (route.subscribers[0], route.subscribers[1], route.subscribers[2])
        #expect(
            a.retry
                == RetryPolicy(
                    schedule: [.seconds(1), .seconds(3600)], jitter: 0.5, timeout: .seconds(3),
                    connectTimeout: .seconds(1), permanent: [400, 404]))
        #expect(a.url.host == .address(IPAddress(v4: 0x0a00_0007)))
        #expect(a.url.port == 9000)
        #expect(b.retry.schedule == [.seconds(5)])
        #expect(b.retry.permanent == [400, 404])
        #expect(b.filter == EventFilter(["push"]))
        #expect(b.signing.keys.count == 2)
        #expect(b.rate == Rate(count: 100, per: .seconds(1)))
        #expect(b.concurrency == 8)
        #expect(b.headers.map(\.name) == ["X-Team", "x-key"])
        #expect(b.headers.map(\.value.text) == ["finance", "old-secret"])
        #expect(Array("x-request-ID".utf8).withUnsafeBytes { b.forward.forwards(name: $0) })
        #expect(!Array("X-Other".utf8).withUnsafeBytes { b.forward.forwards(name: $0) })
        #expect(b.tls == .init(authorities: "routes/ca.pem", certificate: "/c.pem", key: "/k.pem"))
        #expect(b.held == "paused in its route file")
        guard case .basic("u", let password) = b.credentials else { return #expect(Bool(false)) }
        #expect(password.text == "old-secret")
        #expect(c.url.text == "https://c.example.com")
        #expect(!Array("any".utf8).withUnsafeBytes { c.forward.forwards(name: $0) })
        guard case .bearer(let token) = c.credentials else { return #expect(Bool(false)) }
        #expect(token.text == "old-secret")
    }

    @Test(
        "remembers no bodies of a provider that repeats them for other events, unless it says so",
        arguments: [("dropbox", "", nil), ("dropbox", #", dedup: "1h""#, 3600), ("github", "", 86400)])
    func repeatedBodies(_ preset: String, _ members: String, _ seconds: Int64?) throws {
        let world = MadeUp.route(#"verify: "\#(preset)", secrets: { SECRET: "env:S" }\#(members)"#)
        #expect(try #require(world.only()).dedup == seconds.map { .seconds($0) })
    }

    @Test("that is switched off is checked and not loaded")
    func disabled() {
        let world = MadeUp.route("enabled: false")
        #expect(world.load().table?.routes.isEmpty == true)
        #expect(MadeUp.route("enabled: false, ack: { status: 500 }").load().table == nil)
    }

    @Test("offers a token endpoint beneath its path")
    func tokens() throws {
        let world = MadeUp.route(
            #"verify: "incode", tokens: { clientId: "env:ID", clientSecret: "env:CS", expires: "30m" }"#,
            environment: ["ID": "client", "CS": "a-long-enough-client-secret"])
        let table = try #require(world.load().table)
        #expect(table.routes[0].tokens?.path == "/r/token")
        #expect(table.match("/r/token") == .tokens(0))
        #expect(table.match("/r") == .route(0))
    }

    @Test("takes the tokens that its endpoint issues")
    func issuedTokens() throws {
        let world = MadeUp.route(
            #"verify: "incode", tokens: { clientId: "env:ID", clientSecret: "env:CS" }"#,
            environment: ["ID": "client", "CS": "a-long-enough-client-secret"])
        let route = try #require(world.only())
        guard case .ready(let proof) = route.state else { return #expect(Bool(false)) }
        let now = WallTime(seconds: 1_800_000_000)
        let tokens = try #require(route.tokens)
        let issuer = TokenIssuer(
            clientIDs: tokens.clientIDs, clientSecrets: tokens.clientSecrets, issuer: tokens.issuer,
            audience: tokens.audience, lifetime: tokens.lifetime)
        let basic = Base64.encode(Array("client:a-long-enough-client-secret".utf8))
        let answer = SampleRequest(
            path: "/r/token",
            fields: [("Authorization", "Basic \(basic)"), ("Content-Type", "application/x-www-form-urlencoded")],
            body: "grant_type=client_credentials"
        ).with { issuer.answer($0, at: now) }
        #expect(answer.status == 200)
        let text = String(decoding: answer.body, as: UTF8.self)
        let token = try #require(text.split(separator: "\"").first { $0.split(separator: ".").count == 3 })
        let verifier = try Verifier(proof.verifier)
        func verify(_ token: String, at time: WallTime) -> Verification {
            SampleRequest(path: "/r", fields: [("Authorization", "Bearer \(token)")], body: "{}").with {
                verifier.verify($0, from: .unspecified, publicURL: nil, at: time)
            }
        }
        #expect(
            verify(String(token), at: now) == .accepted(Proof(coverage: .partial, provenBy: "TOKENS_CLIENT_SECRET")))
        #expect(verify(String(token), at: now + .seconds(4000)) == .refused(.tokenExpired))
    }

    @Test("takes id, type and answer from the provider's preset, unless it says otherwise")
    func presetDefaults() throws {
        let hurupay = #"verify: "hurupay", secrets: { PUBKEY: "env:P" }"#
        let sample = SampleRequest(
            path: "/r", fields: [("X-Id", "h-1")], body: #"{"event_id":"e-1","event_type":"collection.successful"}"#)
        let standard = try #require(MadeUp.route(hurupay, environment: ["P": publicKey]).only())
        #expect(standard.ack.body.text == "OK")
        #expect(standard.ack.type == "text/plain")
        #expect(sample.with { standard.proof?.id?.bytes(in: $0)?.text } == "e-1")
        #expect(sample.with { standard.proof?.type?.bytes(in: $0)?.text } == "collection.successful")
        let own = try #require(
            MadeUp.route(
                hurupay + #", event: { id: "header:X-Id" }, ack: { status: 202, body: "" }"#,
                environment: ["P": publicKey]
            ).only())
        #expect(sample.with { own.proof?.id?.bytes(in: $0)?.text } == "h-1")
        #expect(sample.with { own.proof?.type?.bytes(in: $0)?.text } == "collection.successful")
        #expect(own.ack.status == 202)
        #expect(own.ack.body.isEmpty)
        #expect(own.ack.type.isEmpty)
    }

    @Test("shares one object among subscribers that sign with the same secrets")
    func sharedKeys() throws {
        let route = try #require(
            MadeUp.route(
                #"""
                subscribers: [
                  { name: "a", url: "http://127.0.0.1:1" }, { name: "b", url: "http://127.0.0.1:2" },
                  { name: "c", url: "http://127.0.0.1:3", secret: "env:KEY" },
                  { name: "d", url: "http://127.0.0.1:4", secret: "env:KEY" },
                ]
                """#, environment: ["KEY": MadeUp.key]
            ).only())
        #expect(route.subscribers[0].signing === route.subscribers[1].signing)
        #expect(route.subscribers[2].signing === route.subscribers[3].signing)
        #expect(route.subscribers[0].signing !== route.subscribers[2].signing)
    }
}
