import Config
import Crypto
import Domain
import Testing

@testable import Signatures

@Suite("A handshake") struct HandshakeTests {
    static let recorded = VectorFile.shared.vectors.filter { $0.respond != nil }

    @Test("of a provider gets the recorded answer", arguments: recorded)
    func recordedAnswer(_ vector: Vector) throws {
        let isJSON = vector.respond?.hasPrefix("{{") == true
        var members: [ConfigValue.Member] = [
            .init(key: "when", value: .object([.init(key: "method", value: .string(vector.request.method))])),
            .init(
                key: "respond",
                value: .object([
                    .init(key: "type", value: .string(isJSON ? "application/json" : "text/plain")),
                    .init(key: "body", value: .string(vector.respond ?? "")),
                ])),
        ]
        if let key = vector.respondKey { members.append(.init(key: "key", value: key.value)) }
        let node = ConfigNode(.object(members), file: "test")
        let handshake = try #require(read(node, vector.secrets).handshakes?.first)
        let answer = vector.request.withView { handshake.answer($0) }
        #expect(answer.map { String(decoding: $0.body, as: UTF8.self) } == vector.answer)
    }

    @Test("of a provider gets that answer from its preset too", arguments: recorded)
    func shippedAnswer(_ vector: Vector) throws {
        let node = try #require(Preset.named(vector.provider)?.handshakeNode)
        let secrets = vector.secrets.merging(["VERIFY_TOKEN": [Secret("meatyhamhock")]]) { given, _ in given }
        let handshakes = try #require(read(node, secrets).handshakes)
        let answer = vector.request.withView { request in handshakes.lazy.compactMap { $0.answer(request) }.first }
        #expect(answer.map { String(decoding: $0.body, as: UTF8.self) } == vector.answer)
        #expect(Dictionary(uniqueKeysWithValues: answer?.fields.map { ($0.name, $0.value) } ?? []) == vector.fields)
    }

    @Test("of every preset can be read", arguments: Preset.all.filter { $0.handshake != nil })
    func presets(_ preset: Preset) throws {
        let names = preset.secrets + ["VERIFY_TOKEN"]
        let secrets = Dictionary(uniqueKeysWithValues: names.map { ($0, [Secret("secret")]) })
        let node = try #require(preset.handshakeNode)
        let (handshakes, diagnostics) = read(node, secrets)
        #expect(handshakes?.isEmpty == false, "\(diagnostics.map(\.line))")
    }

    @Test("of Meta is answered to who knows the token, and to nobody else")
    func meta() throws {
        let handshake = try shipped("meta", ["VERIFY_TOKEN": [Secret("t")]])
        #expect(!handshake.needsVerification)
        func answer(_ query: String, method: String = "GET") -> String? {
            ProviderRequest(method: method, url: "/in?" + query, body: []).withView {
                handshake.answer($0).map { String(decoding: $0.body, as: UTF8.self) }
            }
        }
        #expect(answer("hub.mode=subscribe&hub.verify_token=t&hub.challenge=1%3C2") == "1<2")
        #expect(answer("hub.mode=subscribe&hub.verify_token=x&hub.challenge=1") == nil)
        #expect(answer("hub.mode=subscribe&hub.challenge=1") == nil)
        #expect(answer("hub.mode=subscribe&hub.verify_token=t") == nil)
        #expect(answer("hub.mode=subscribe&hub.verify_token=t&hub.challenge=1", method: "POST") == nil)
        #expect(answer("hub.mode=subscribe&hub.verify_token=t&hub.challenge=1&hub.challenge=2") == nil)
        let long = String(repeating: "1", count: Limits.handshakeValueBytes + 1)
        #expect(answer("hub.mode=subscribe&hub.verify_token=t&hub.challenge=\(long)") == nil)
    }

    @Test("in JSON cannot be broken out of")
    func escaping() throws {
        let node = configNode(
            json5: #"{ when: { method: "POST" }, respond: { type: "application/json", body: '{{"a":"{json:a}"}}' } }"#)
        let handshake = try #require(read(node, [:]).handshakes?.first)
        let answer = request([], #"{"a":"\",\"b\":\"\\\u0001"}"#).withView { handshake.answer($0) }
        #expect(answer?.body == Array(#"{"a":"\",\"b\":\"\\\u0001"}"#.utf8))
        #expect(answer?.type == "application/json")
    }

    @Test("signs no event for strangers")
    func oracle() throws {
        let handshake = try shipped("twitter", ["SECRET": [Secret("k")]])
        func isAnswered(_ token: String) -> Bool {
            ProviderRequest(method: "GET", url: "/in?crc_token=" + token, body: []).withView {
                handshake.answer($0) != nil
            }
        }
        #expect(isAnswered("abc_DEF-123="))
        #expect(!isAnswered("%7B%22tweet_create_events%22:1%7D"))
        for signed in ["hmac:sha256", "only:0-9a-f|unhex|hmac:sha256"] {
            let free =
                "{ when: { method: 'GET' }, verify: false, key: '{secret:K}', respond: { body: '{query:a|\(signed)|hex}' } }"
            let (handshakes, diagnostics) = read(configNode(json5: free), ["K": [Secret("k")]])
            #expect(handshakes == nil)
            #expect(diagnostics.first?.problem.contains("whatever a stranger asks for") == true)
        }
    }

    @Test("with a secret in JSON is compared as it stands, not as JSON spells it")
    func jsonConditions() throws {
        let node = configNode(
            json5: #"""
                { when: { method: "POST", "json:token": "{secret:K}" }, respond: { type: "application/json", body: "{json:token}" } }
                """#)
        let handshake = try #require(read(node, ["K": [Secret(#"a"b"#)]]).handshakes?.first)
        let answer = request([], #"{"token":"a\"b"}"#).withView { handshake.answer($0) }
        #expect(answer?.body == Array(#"a\"b"#.utf8))
    }

    @Test("says by which methods it comes", arguments: [("meta", ["GET"]), ("notion", ["POST"]), ("zoom", [])])
    func methods(_ preset: String, _ expected: [String]) throws {
        let secrets: SecretTable = ["VERIFY_TOKEN": [Secret("t")], "SECRET": [Secret("k")]]
        #expect(try shipped(preset, secrets).methods == expected)
    }

    @Test(
        "shows an operator addresses of the provider alone",
        arguments: [
            ("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription", true),
            ("https://sns.cn-north-1.amazonaws.com.cn/", true), ("https://sns.eu-west-1.amazonaws.com", false),
            ("https://sns.a.b.amazonaws.com/", false), ("https://sns..amazonaws.com/", false),
            ("https://SNS.eu-west-1.amazonaws.com/", false), ("https://sns.eu-west-1.amazonaws.com:444/", false),
            ("https://sns.eu-west-1.amazonaws.com@e.example/", false), ("http://sns.eu-west-1.amazonaws.com/", false),
            ("https://sns.eu-west-1.amazonaws.com/ x", false),
        ])
    func shownAddress(_ address: String, _ isShown: Bool) throws {
        let handshake = try shipped("aws-sns", [:])
        let body = #"{"Type":"SubscriptionConfirmation","SubscribeURL":"\#(address)"}"#
        let answer = request([], body).withView { handshake.answer($0) }
        #expect(answer?.shown == (isShown ? Array(address.utf8) : nil))
        #expect((answer != nil) == isShown)
        #expect(!handshake.isSetup)
    }

    @Test("that brings a secret is one for a route without it")
    func setup() throws {
        let handshake = try shipped("notion", [:])
        #expect(handshake.isSetup)
        let answer = request([], #"{"verification_token":"secret_1"}"#).withView { handshake.answer($0) }
        #expect(answer?.shown == Array("secret_1".utf8) && answer?.body.isEmpty == true)
        #expect(request([], #"{"id":"1"}"#).withView { handshake.answer($0) } == nil)
    }

    @Test("of Asana gives its secret back in a field, while the route has none")
    func asana() throws {
        let node = try #require(Preset.named("asana")?.handshakeNode)
        let handshakes = try #require(read(node, [:]).handshakes)
        #expect(handshakes.map(\.isSetup) == [true, false])
        func answer(_ secret: String, _ body: String = "{}") -> Handshake.Answer? {
            request([("X-Hook-Secret", secret)], body).withView { handshakes[0].answer($0) }
        }
        #expect(answer("b537207f")?.shown == Array("b537207f".utf8))
        #expect(answer("b537207f")?.fields.map(\.value) == ["b537207f"])
        #expect(answer("two words") == nil, "a space")
        #expect(answer(String(repeating: "a", count: Limits.handshakeValueBytes + 1)) == nil)
        #expect(request([], "{}").withView { handshakes[0].answer($0) } == nil)
    }

    @Test(
        "of an empty list of events is none when there is one, or when it is no list",
        arguments: [
            (#"{"events":[]}"#, true), (#"{"entropy":"x","events":[],"lastEventSequence":0}"#, true),
            (#"{"events":[{}]}"#, false), (#"{"events":[null]}"#, false), (#"{"events":[[]]}"#, false), ("{}", false),
            (#"{"events":null}"#, false), (#"{"data":{"events":[]}}"#, false), (#"{"events":[],"events":[{}]}"#, false),
            (#"{"events":{}}"#, false), ("[]", false), ("", false),
        ])
    func emptyList(_ body: String, _ isAnswered: Bool) throws {
        for handshake in [try shipped("xero", [:]), try shipped("asana", [:], at: 1)] {
            #expect(handshake.needsVerification)
            #expect((request([], body).withView { handshake.answer($0) } != nil) == isAnswered)
        }
    }

    @Test("of LinkedIn signs no event for strangers")
    func linkedin() throws {
        let handshake = try shipped("linkedin", ["SECRET": [Secret("k")]])
        func isAnswered(_ code: String) -> Bool {
            ProviderRequest(method: "GET", url: "/in?challengeCode=" + code, body: []).withView {
                handshake.answer($0) != nil
            }
        }
        #expect(isAnswered("890e4665-4dfe-4ab1-b689-ed553bceeed0"))
        #expect(!isAnswered("hmacsha256%3D%7B%22type%22:%22LEAD_ACTION%22%7D"))
        #expect(!isAnswered("hmacsha256="))
    }

    @Test(
        "is refused when it says too little or too much",
        arguments: [
            "{}", #"{ when: {}, respond: { body: "a" } }"#, #"{ when: { method: "GET" }, respond: {} }"#,
            #"{ when: { method: "GET" }, respond: { type: "text/html", body: "{query:a}" } }"#,
            #"{ when: { method: "GET" }, respond: { body: "{secret:K}" } }"#,
            #"{ when: { method: "GET" }, respond: { body: "{query:a|hmac:sha256}" } }"#,
            #"{ when: { method: "GET" }, respond: { status: 302, body: "a" } }"#,
            #"{ when: { method: "GET" }, respond: { body: "a" }, show: { value: "{json:a}" } }"#,
            #"{ when: { method: "GET" }, respond: { body: "a" }, show: "{jsn:a}" }"#,
            #"{ when: { method: "GET" }, respond: { body: "a", headers: { "Set-Cookie": "{query:a}" } } }"#,
            #"{ when: { method: "GET" }, respond: { body: "a", headers: { "X-Accel-Redirect": "{query:a}" } } }"#,
            #"{ when: { method: "GET" }, respond: { body: "a", headers: { "X-A B": "{query:a}" } } }"#,
            #"{ when: { method: "GET" }, respond: { body: "a", headers: { "X-A": "{secret:K}" } } }"#,
            #"{ when: { method: "GET" }, respond: { body: "a", headers: "X-A" } }"#,
        ])
    func refused(_ text: String) {
        let (handshakes, diagnostics) = read(configNode(json5: text), ["K": [Secret("k")]])
        #expect(handshakes == nil)
        #expect(!diagnostics.isEmpty)
    }

    private func shipped(_ name: String, _ secrets: SecretTable, at place: Int = 0) throws -> Handshake {
        let node = try #require(Preset.named(name)?.handshakeNode)
        return try #require(read(node, secrets).handshakes?.dropFirst(place).first)
    }

    private func read(
        _ node: ConfigNode, _ secrets: SecretTable
    ) -> (handshakes: [Handshake]?, diagnostics: [Diagnostic]) {
        var diagnostics = Diagnostics()
        return (Handshake.read(node, secrets: secrets, into: &diagnostics), diagnostics.all)
    }
}
