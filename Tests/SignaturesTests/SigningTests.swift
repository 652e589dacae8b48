import Crypto
import Domain
import Testing

@testable import Signatures

@Suite("A signature for subscribers") struct SigningTests {
    private static let first = Array("0123456789abcdef01234567".utf8)
    private static let second = Array("another key of thirty-two bytes.".utf8)

    private func sign(_ keys: [[UInt8]], _ id: String, _ time: Int64, _ body: String) -> String {
        var result: [UInt8] = []
        Array(body.utf8).withUnsafeBytes {
            OutgoingSigner(keys.map { Secret($0) }).sign(id: id, timestamp: time, body: $0, into: &result)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The published example of the libraries of Standard Webhooks.
    @Test("is the one of Standard Webhooks")
    func published() throws {
        let key = try StandardWebhooks.key(Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        var result: [UInt8] = []
        Array(#"{"test": 2432232314}"#.utf8).withUnsafeBytes {
            OutgoingSigner([key]).sign(
                id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: $0, into: &result)
        }
        #expect(String(decoding: result, as: UTF8.self) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("is made with every live key, and verifies with each of them")
    func rotation() throws {
        let signature = sign([Self.first, Self.second], "evt_1", 1_800_000_000, "x")
        #expect(
            signature == sign([Self.first], "evt_1", 1_800_000_000, "x") + " "
                + sign([Self.second], "evt_1", 1_800_000_000, "x"))
        #expect(signature.utf8.count == OutgoingSigner([Secret(Self.first), Secret(Self.second)]).length)
        for key in [Self.first, Self.second] {
            let fields = [
                ("webhook-id", "evt_1"), ("webhook-timestamp", "1800000000"), ("webhook-signature", signature),
            ]
            let spec = try #require(VerifierSpec.standardWebhooks([Secret("whsec_" + Base64.encode(key))]))
            let verifier = try Verifier(spec)
            let result = request(fields, "x").withView {
                verifier.verify($0, from: .unspecified, publicURL: nil, at: WallTime(seconds: 1_800_000_010))
            }
            #expect(result.isAccepted)
        }
    }

    @Test("of one message does not depend on those before it")
    func kept() {
        let signer = OutgoingSigner([Secret(Self.first)])
        func sign() -> [UInt8] {
            var result: [UInt8] = []
            Array("x".utf8).withUnsafeBytes { signer.sign(id: "a", timestamp: 0, body: $0, into: &result) }
            return result
        }
        #expect(sign() == sign())
        #expect(OutgoingSigner([]).length == 0)
    }

    @Test(
        "needs a key of 24 to 64 bytes behind whsec_",
        arguments: [
            ("whsec_" + Base64.encode([UInt8](repeating: 1, count: 23)), StandardWebhooks.SecretProblem.length(23)),
            ("whsec_" + Base64.encode([UInt8](repeating: 1, count: 65)), .length(65)), ("whsec_", .length(0)),
            ("whsec_!", .base64),
            (Base64.encode([UInt8](repeating: 1, count: 24)), .prefix), ("", .prefix),
        ])
    func secrets(_ text: String, _ problem: StandardWebhooks.SecretProblem) {
        #expect(throws: problem) { try StandardWebhooks.key(Secret(text)) }
    }

    @Test("has a new secret for the asking")
    func newSecret() throws {
        let text = try StandardWebhooks.newSecret()
        #expect(try StandardWebhooks.key(Secret(text)).count == 32)
        #expect(try StandardWebhooks.newSecret() != text)
    }
}

@Suite("The token endpoint") struct TokenIssuerTests {
    private let issuer = TokenIssuer(
        clientIDs: [Secret("id"), Secret("id 2")], clientSecrets: [Secret("new: 100%+"), Secret("old")],
        audience: "incode", lifetime: .seconds(3600))
    private let now = WallTime(seconds: 1_800_000_000)

    private func ask(
        _ pair: String? = "id:old", _ body: String = "grant_type=client_credentials",
        type: String = "application/x-www-form-urlencoded"
    ) -> (status: Int, text: String, fields: [String]) {
        var fields = [("Content-Type", type)]
        if let pair { fields.append(("Authorization", "Basic " + Base64.encode(Array(pair.utf8)))) }
        let answer = request(fields, body).withView { issuer.answer($0, at: now) }
        return (
            answer.status, String(decoding: answer.body, as: UTF8.self), answer.fields.map { "\($0.name): \($0.value)" }
        )
    }

    @Test(
        "knows its clients, whether they form-encode their credentials or not",
        arguments: ["id:old", "id+2:old", "id%202:old", "id 2:old", "id:new: 100%+", "id:new%3A+100%25%2B"])
    func clients(_ pair: String) { #expect(ask(pair).status == 200) }

    @Test(
        "turns away all others as the RFC has it",
        arguments: ["id:", ":old", "id:wrong", "ID:old", "old:id", "id", "", "id:old:"])
    func strangers(_ pair: String) {
        let answer = ask(pair)
        #expect(answer.status == 401)
        #expect(answer.text == #"{"error":"invalid_client"}"#)
        #expect(answer.fields.contains { $0.hasPrefix("WWW-Authenticate: Basic") })
        #expect(ask(nil).status == 401)
    }

    @Test(
        "grants client credentials and nothing else",
        arguments: [
            ("", "invalid_request"), ("grant_type=password", "unsupported_grant_type"),
            ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
            ("grant_type=", "unsupported_grant_type"),
        ])
    func grants(_ body: String, _ error: String) {
        let answer = ask("id:old", body)
        #expect(answer.status == 400)
        #expect(answer.text == #"{"error":"\#(error)"}"#)
        #expect(ask("id:old", #"{"grant_type":"client_credentials"}"#, type: "application/json").status == 400)
    }

    @Test("issues tokens that the preset takes until they end, in every process with the same secrets")
    func tokens() throws {
        let answer = ask()
        #expect(answer.fields.contains("Cache-Control: no-store"))
        #expect(answer.text.contains(#""token_type":"Bearer","expires_in":3600"#))
        let members = try #require(JSONMembers(Array(answer.text.utf8), names: [Array("access_token".utf8)]))
        let token = String(decoding: try #require(members.string("access_token")), as: UTF8.self)
        func verdict(_ secrets: [String], route: String = "incode", after seconds: Int64 = 0) throws -> Verification? {
            guard let preset = Preset.named("incode"),
                let spec = read(preset.node, ["TOKENS_CLIENT_SECRET": secrets.map { Secret($0) }], route: route).spec
            else { return nil }
            let verifier = try Verifier(spec)
            return request([("Authorization", "Bearer " + token)], "{}").withView {
                verifier.verify($0, from: .unspecified, publicURL: nil, at: now + .seconds(seconds))
            }
        }
        #expect(try verdict(["new: 100%+", "old"])?.isAccepted == true)
        #expect(try verdict(["newer", "new: 100%+"])?.isAccepted == true, "as long as its secret is listed")
        #expect(try verdict(["new: 100%+"], after: 3600)?.isAccepted == true, "within the leeway")
        #expect(try verdict(["new: 100%+"], after: 3631)?.refusal == .tokenExpired)
        #expect(try verdict(["old"])?.refusal == .signatureWrong)
        #expect(try verdict(["new: 100%+"], route: "other")?.refusal == .tokenWrong)
        #expect(ask().text != answer.text, "no two are alike")
    }
}
