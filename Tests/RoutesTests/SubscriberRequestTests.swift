import Config
import Crypto
import Domain
import Routes
import Testing

@Suite("A subscriber that comes by the API")
struct SubscriberRequestTests {
    private let table: RouteTable

    init() throws {
        table = try #require(
            MadeUp.route(#"types: { paid: ["order.paid"] }, retry: { schedule: ["7s"] }"#).load().table)
    }

    private func read(_ members: String, private allowed: Bool = false, group: String? = nil) -> (
        config: SubscriberConfig?, lines: [String]
    ) {
        var diagnostics = Diagnostics()
        let text = "{ name: \"s\", \(members.contains("url:") ? "" : #"url: "https://s.example/in", "#)\(members) }"
        guard let node = JSON5.parse(Array(text.utf8), file: "body", into: &diagnostics) else { return (nil, ["?"]) }
        let route = table.routes[0]
        let config = SubscriberRequest.read(
            node, of: route, signing: table.signing, policy: AddressPolicy(allowsPrivate: allowed),
            group: group.flatMap { group in route.groups.first { $0.name == group } }, into: &diagnostics)
        return (config, diagnostics.all.map(\.line))
    }

    @Test func `takes the route's retry and the gateway's secret where it says nothing`() throws {
        let config = try #require(read("").config)
        #expect(config.retry.schedule == [.seconds(7)])
        #expect(config.signing === table.signing)
        #expect(try #require(read("secret: null").config).signing === table.signing)
    }

    @Test func `may have a secret of capital letters alone, for it cannot name one`() throws {
        #expect(try #require(read("auth: { bearer: \"API_TOKEN\" }").config).held == nil)
    }

    @Test func `gets the events of its group`() throws {
        let filter = try #require(read("", group: "paid").config).filter
        #expect(filter.globs == ["order.paid"])
    }

    @Test(arguments: [
        ("secret: \"env:S\"", "body: secret:"), ("headers: { x: \"file:/etc/passwd\" }", "body: headers.x:"),
        ("auth: { bearer: \"env:S\" }", "body: auth.bearer:"), ("url: \"env:S\"", "body: url:"),
        ("sign: { as: \"github\", secrets: { SECRET: \"env:S\" } }", "body: sign.secrets.SECRET:"),
        ("tls: { ca: \"/etc/passwd\" }", "body: tls:"),
    ])
    func `cannot name what the gateway alone may read`(_ members: String, _ place: String) {
        let (config, lines) = read(members)
        #expect(config == nil)
        #expect(lines.contains { $0.hasPrefix("error: \(place)") }, "\(lines)")
    }

    @Test(arguments: ["http://10.0.0.1/", "http://127.0.0.1:9/", "http://localhost/", "http://[::1]/"])
    func `is private only where that is allowed`(_ url: String) {
        #expect(read("url: \"\(url)\"").config == nil)
        #expect(read("url: \"\(url)\"", private: true).config != nil)
    }

    @Test func `warns of no secret that stands in it: that is where it stands`() {
        let (config, lines) = read("secret: \"\(MadeUp.key)\"")
        #expect(config != nil)
        #expect(lines.isEmpty)
    }
}

@Suite("The definition of a registered subscriber")
struct SubscriberDefinitionTests {
    private func definition(_ text: String) throws -> SubscriberDefinition {
        try #require(SubscriberDefinition(clear: text, secrets: nil))
    }

    @Test func `keeps what may be secret apart`() throws {
        let found = try definition(#"{"rate":"5/s","secret":"a","headers":{"x":"y"},"events":["*"]}"#)
        #expect(found.clear.map(\.key) == ["rate", "events"])
        #expect(found.secret.map(\.key) == ["secret", "headers"])
        #expect(try definition(#"{"secret":null}"#).secret.isEmpty, "the shared secret is none of its own")
    }

    @Test(arguments: [
        (#"{"a":1}"#, #"{"a":2}"#, #"{"a":2}"#), (#"{"a":1}"#, #"{"a":null}"#, "{}"),
        (#"{"a":{"b":1,"c":2}}"#, #"{"a":{"b":null,"d":3}}"#, #"{"a":{"c":2,"d":3}}"#),
        (#"{"a":[1,2]}"#, #"{"a":[3]}"#, #"{"a":[3]}"#), (#"{"a":1}"#, #"{"a":{"b":{"c":null}}}"#, #"{"a":{"b":{}}}"#),
    ])
    func `is patched as RFC 7396 has it`(_ old: String, _ patch: String, _ new: String) throws {
        var found = try definition(old)
        found.merge(try definition(patch).members)
        #expect(found == (try definition(new)))
    }

    @Test func `is the same in another order, and with the secret that was made for it`() throws {
        let asked = try definition(#"{"rate":"5/s","events":["*"]}"#)
        #expect(try definition(#"{"events":["*"],"rate":"5/s"}"#).isSame(as: asked))
        #expect(try definition(#"{"events":["*"],"rate":"5/s","secret":"x","generated":true}"#).isSame(as: asked))
        #expect(try !definition(#"{"events":["*"],"rate":"5/s","secret":"x"}"#).isSame(as: asked))
        #expect(try !definition(#"{"events":["*"]}"#).isSame(as: asked))
    }

    @Test(arguments: ["", "[]", "null", "{"])
    func `is none when its text is no object`(_ text: String) {
        #expect(SubscriberDefinition(clear: text, secrets: nil) == nil)
        #expect(SubscriberDefinition(clear: "{}", secrets: Secret(text)) == nil)
    }
}
