import Config
import Crypto
import Domain
import Testing

@testable import Signatures

@Suite("A verifier's configuration") struct SpecTests {
    /// Input, where it is wrong, what is wrong, and the cure.
    @Test(
        "is refused with the place, the problem and the cure",
        arguments: [
            (#""gihub""#, "", "\"gihub\" is no preset", "did you mean \"github\"?"),
            (#"{ type: "hmax" }"#, "type", "\"hmax\" is not known", "did you mean \"hmac\"?"),
            (#"{ hash: "sha256" }"#, "", "has no type", "write type: one of"),
            (
                #"{ type: "token", in: "header:X", keys: "{secret:SECRET}" }"#, "keys", "unknown key",
                "did you mean key?"
            ),
            (#"{ type: "token", in: "heder:X", key: "{secret:SECRET}" }"#, "in", "names no place", "write header:NAME"),
            (#"{ type: "token", in: "header:X", key: "{header:Y}" }"#, "key", "is no secret", "build keys from"),
            (#"{ type: "token", in: "header:X", key: "{secret:SECRET" }"#, "key", "is not closed", "close it with }"),
            (
                #"{ type: "token", in: "header:X-*", key: "{secret:SECRET}" }"#, "", "stands in one field",
                "without a star"
            ),
            (#"{ all: [] }"#, "all", "no list of 1 to 16", "write all:"),
            (#"{ any: ["github", "gitlba"] }"#, "any[1]", "\"gitlba\" is no preset", "did you mean \"gitlab\"?"),
            (#"{ type: "ip" }"#, "", "no list of addresses", "give the route allow"),
            (#"{ type: "ip", allow: ["10.0.0.0/33"] }"#, "allow[0]", "no address or range", "write 203.0.113.7"),
            (#"{ type: "basic", users: ["{secret:SECRET}"] }"#, "users[0]", "has no password", "{secret:PASSWORD}"),
            (#"{ type: "hmac", hash: "md5", SIG, message: "{body}" }"#, "hash", "\"md5\" is not known", "write one of"),
            (#"{ type: "hmac", hash: "sha256", SIG }"#, "", "has no message", "message: \"{body}\""),
            (
                #"{ type: "hmac", hash: "sha256", message: "{body}", key: "{secret:SECRET}" }"#, "", "has no signature",
                "write signature"
            ),
            (
                #"{ type: "hmac", hash: "sha256", SIG, message: "{boddy}" }"#, "message", "{boddy} is no part",
                "did you mean body?"
            ),
            (
                #"{ type: "hmac", hash: "sha256", SIG, message: "{body|sha255}" }"#, "message", "no filter",
                "did you mean sha256?"
            ),
            (#"{ type: "hmac", hash: "sha256", SIG, message: "{form}" }"#, "message", "no order", "{form|sorted}"),
            (#"{ type: "hmac", hash: "sha256", SIG, message: "{json:a..b}" }"#, "message", "no path", "data.id"),
            (
                #"{ type: "hmac", hash: "sha256", SIG, message: "{sig:t}" }"#, "signature", "need split, kv and pick",
                "pick: \"v1\""
            ),
            (
                #"{ type: "digest", hash: "sha256", SIG, message: "{body}" }"#, "message", "has no secret",
                "{secret:NAME}"
            ),
            (
                #"{ type: "signature", algorithm: "ed25519", SIG, message: "{body}" }"#, "key",
                "no key that can be read", "publishes"
            ),
            (#"{ type: "jwt", in: "header:A", key: "{secret:SECRET}" }"#, "", "has no algorithms", "RS256"),
            (
                #"{ type: "jwt", in: "header:A", algorithms: ["none"], key: "{secret:SECRET}" }"#, "algorithms[0]",
                "\"none\" is not known", "HS256"
            ),
            (
                #"{ type: "jwt", in: "header:A", algorithms: ["RS256"], key: { value: "{secret:SECRET}", format: "jwks", fetch: {} } }"#,
                "key.fetch", "has no format", "jwks"
            ),
            (
                #"{ type: "token", in: "header:X", key: "{secret:OTHER}" }"#, "", "needs the secret OTHER",
                "secrets: { OTHER:"
            ),
            (#""stripe""#, "", "needs the secret", ""), ("7", "", "expected a preset's name", "verify: \"github\""),
        ] as [(String, String, String, String)])
    func diagnostics(_ text: String, _ path: String, _ problem: String, _ cure: String) throws {
        let signature = #"key: "{secret:SECRET}", signature: { in: "header:S", encoding: "hex" }"#
        let text = text.split(separator: "SIG").joined(separator: signature)
        let secrets: SecretTable = text == #""stripe""# ? [:] : ["SECRET": [Secret("hidden-value")]]
        let (spec, diagnostics) = read(configNode(json5: text), secrets)
        #expect(spec == nil)
        let found = try #require(diagnostics.first)
        #expect(found.path == path)
        #expect(found.problem.contains(problem), "\(found.problem)")
        #expect(found.cure.contains(cure), "\(found.cure)")
        #expect(!diagnostics.contains { $0.line.contains("hidden-value") })
    }

    @Test(
        "with an empty secret accepts nothing, whatever the key is made of",
        arguments: [
            (#""{secret:SECRET}""#, [""]), (#""{secret:SECRET}""#, ["good", ""]), (#""{secret:SECRET}""#, []),
            (#"{ value: "{secret:SECRET}", strip: "whsec_", encoding: "base64" }"#, ["whsec_"]),
            (#"{ value: "{secret:SECRET}", strip: "whsec_" }"#, ["whsec_"]),
            (#"{ value: "{secret:SECRET}", encoding: "base64-lenient" }"#, ["!"]),
            (#"{ value: "{secret:SECRET}", encoding: "hex" }"#, [" "]), (#""prefix{secret:SECRET}""#, [""]),
            (#"{ value: "{secret:SECRET}", strip: "whsec_", derive: "sha1" }"#, ["whsec_"]), (#""""#, ["x"]),
        ])
    func emptySecrets(_ key: String, _ values: [String]) {
        let verifier =
            #"{ type: "hmac", hash: "sha256", key: \#(key), signature: { in: "header:S", encoding: "hex" }, message: "{body}" }"#
        let (spec, diagnostics) = read(configNode(json5: verifier), ["SECRET": values.map { Secret($0) }])
        #expect(spec == nil)
        #expect(!diagnostics.isEmpty)
    }

    @Test("pairs lists of secrets only when they are equally long")
    func unequalLists() {
        let secrets: SecretTable = [
            "API_KEY": [Secret("a"), Secret("b")], "API_SECRET": [Secret("c"), Secret("d"), Secret("e")],
        ]
        let (spec, diagnostics) = read(configNode(json5: #""fluxvend-node""#), secrets)
        #expect(spec == nil)
        #expect(diagnostics.first?.problem.contains("different numbers") == true)
    }

    @Test("leaves ways in without secrets closed where it says so, as long as one stays open")
    func skipped() throws {
        let node = configNode(json5: #""incode""#)
        #expect(read(node, [:]).spec == nil)
        let tokens = try #require(read(node, ["TOKEN": [Secret("t")]]).spec)
        #expect(tokens.secretNames == ["TOKEN", "TOKENS_CLIENT_SECRET"])
        #expect(read(node, ["TOKENS_CLIENT_SECRET": [Secret("c")]]).spec != nil)
        #expect(read(configNode(json5: #"{ any: ["github", "telegram"] }"#), [:]).spec == nil)
    }

    @Test("tells what must never be stored, what it needs, and how well it guards against old requests")
    func facts() throws {
        let secrets: SecretTable = ["SECRET": [Secret("s")], "TOKEN": [Secret("t")], "USER": [Secret("u")]]
        let spec = try #require(
            read(
                configNode(
                    json5: #"""
                        { all: ["stripe", "gitlab", "incode-static",
                          { type: "basic", users: ["{secret:USER}:{secret:SECRET}"] }, "square"] }
                        """#), secrets
            ).spec)
        #expect(spec.credentialFields == ["authorization", "x-gitlab-token"])
        #expect(spec.secretNames == ["SECRET", "TOKEN", "USER"])
        #expect(spec.signsURL && spec.readsQuery)
        #expect(spec.hasReplayWindow)
        #expect(spec.coverage == .full)
        #expect(!spec.isUnauthenticated)

        let guarded = configNode(
            json5: #"""
                { type: "hmac", hash: "sha256", key: "{secret:SECRET}", message: "{body}",
                  signature: { in: "header:X-Sum", encoding: "hex" },
                  require: { "header:X-Version": "2", "header:X-Pass": "{secret:TOKEN}" } }
                """#)
        #expect(try #require(read(guarded, secrets).spec).credentialFields == ["x-pass"])

        #expect(
            try #require(read(configNode(json5: #""microsoft-teams""#), ["SECRET": [Secret("c2VjcmV0")]]).spec)
                .credentialFields == ["authorization"])

        let open = try #require(read(configNode(json5: #"{ any: ["github", { type: "none" }] }"#), secrets).spec)
        #expect(open.isUnauthenticated && !open.readsQuery)
        for place in ["query:token", "header:X-Token"] {
            let node = configNode(json5: "{ type: 'token', in: '\(place)', key: '{secret:TOKEN}' }")
            let token = try #require(read(node, secrets).spec)
            #expect(token.readsQuery == (place == "query:token"))
        }
    }

    @Test("names its secrets also when they are missing")
    func secretNames() {
        #expect(VerifierSpec.secretNames(of: configNode(json5: #""fluxvend-core""#)) == ["API_KEY", "API_SECRET"])
    }
}
