import Config
import Crypto
import Domain
import Net
import Testing

@testable import Signatures

@Suite("A key that is fetched") struct FetchTests {
    private func spec(_ verify: String, _ secrets: SecretTable = [:], keys: KeySettings = KeySettings()) -> (
        VerifierSpec?, [String]
    ) {
        var diagnostics = Diagnostics()
        let node = configNode(json5: verify)
        let spec = VerifierSpec(node, secrets: secrets, keys: keys, into: &diagnostics)
        return (spec, diagnostics.all.map(\.line))
    }

    private func sns(_ url: String) -> ProviderRequest {
        request(
            [],
            #"{"Type":"Notification","MessageId":"m","TopicArn":"t","Message":"M","Timestamp":"T","SignatureVersion":"2","#
                + #""Signature":"AAAA","SigningCertURL":"\#(url)"}"#)
    }

    private func verify(_ verify: String, _ request: ProviderRequest, _ secrets: SecretTable = [:]) throws
        -> Verification
    {
        let (spec, problems) = spec(verify, secrets)
        let verifier = try Verifier(try #require(spec, "\(problems)"))
        return request.withView {
            verifier.verify($0, from: .unspecified, publicURL: nil, at: WallTime(seconds: 1_800_000_000))
        }
    }

    @Test("is asked for by the verifier, which fetches nothing itself")
    func needs() throws {
        let url = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"
        guard case .needs(let key) = try verify(#""aws-sns""#, sns(url)) else { return #expect(Bool(false)) }
        #expect(key.url == url && key.body == nil)
        #expect(key.source.issuer == "sns.*.amazonaws.com")
    }

    @Test(
        "is never asked for elsewhere",
        arguments: [
            "http://sns.eu-west-1.amazonaws.com/a.pem", "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
            "https://sns.evil.example/a.pem", "https://a.sns.eu-west-1.amazonaws.com/a.pem",
            "https://sns..amazonaws.com/a.pem", "https://u@sns.eu-west-1.amazonaws.com/a.pem",
            "https://sns.eu-west-1.amazonaws.com:443/a.pem", "https://sns.eu-west-1.amazonaws.com/a.pem?x=.pem",
            "https://sns.eu-west-1.amazonaws.com/../a.pem", "https://sns.eu-west-1.amazonaws.com/%2e%2e/a.pem",
            "https://sns.eu-west-1.amazonaws.com/a.txt", "https://sns.eu-west-1.amazonaws.com", "https:///a.pem",
            "HTTPS://sns.eu-west-1.amazonaws.com/a.pem", "https://sns.eu-west-1.amazonaws.com\\\\@evil.example/a.pem",
            "https://SNS.eu-west-1.amazonaws.com/a.pem",
            "https://sns.eu-west-1.amazonaws.com/\(String(repeating: "a", count: 600)).pem",
        ])
    func foreign(_ url: String) throws {
        #expect(try verify(#""aws-sns""#, sns(url)).refusal == .keyForeign)
    }

    @Test("has a name that changes no URL", arguments: ["", "../x", "a/b", "a?b", "a#b", "a b", ".", "a%2fb", "ä"])
    func names(_ id: String) throws {
        let circle = request([("X-Circle-Key-Id", id), ("X-Circle-Signature", "AAAA")], "{}")
        let result = try verify(#""circle""#, circle, ["API_KEY": [Secret("k")]])
        #expect(result.refusal == .keyForeign, "\(result)")
    }

    @Test("is asked for with the operator's credentials, which nothing shows")
    func credentials() throws {
        let circle = request([("X-Circle-Key-Id", "id-1"), ("X-Circle-Signature", "AAAA")], "{}")
        let result = try verify(#""circle""#, circle, ["API_KEY": [Secret("hidden")]])
        guard case .needs(let key) = result else { return #expect(Bool(false), "\(result)") }
        #expect(key.url == "https://api.circle.com/v2/notifications/publicKey/id-1")
        #expect(key.source.fields.map(\.name) == ["Authorization"])
        #expect(key.source.fields.allSatisfy { $0.value.withBytes { Array($0) } == Array("Bearer hidden".utf8) })
        #expect(!"\(result)\(key)\(key.source.fields)".contains("hidden"))
    }

    @Test("stays where a secret keeps it")
    func kept() throws {
        let key = try TestKeys.one(.rsa)
        let (kept, _) = spec(#""aws-sns""#, ["CERT": [Secret(key.publicPEM)]])
        #expect(try #require(kept).keySources.isEmpty)
        #expect(try #require(spec(#""aws-sns""#).0).keySources.count == 2)
    }

    @Test("of an issuer needs its place, from the file or the route")
    func place() throws {
        let secrets: SecretTable = ["ISSUER": [Secret("i")], "AUDIENCE": [Secret("a")]]
        let (none, problems) = spec(#""openid""#, secrets)
        #expect(none == nil && problems.contains { $0.contains("keys: { url:") }, "\(problems)")
        var settings = KeySettings()
        settings.url = "https://issuer.example.com/jwks"
        let source = try #require(spec(#""openid""#, secrets, keys: settings).0?.keySources.first)
        #expect(source.request(named: [])?.url == "https://issuer.example.com/jwks")
        #expect(source.issuer == "issuer.example.com")
        settings.url = "https://api.circle.com/v2/cpn/notifications/publicKey/"
        let circle = try #require(
            spec(#""circle""#, ["API_KEY": [Secret("k")]], keys: settings).0?.keySources.first)
        #expect(
            circle.request(named: Array("id".utf8))?.url == "https://api.circle.com/v2/cpn/notifications/publicKey/id")
        #expect(spec(#""aws-sns""#, keys: settings).1.contains { $0.contains("use keys: { via:") })
    }

    @Test(
        "is refused where its place could be anywhere",
        arguments: [
            (#"{ id: "{header:K}", url: "{key:id}", format: "pem" }"#, "name the hosts"),
            (#"{ url: "http://a.example/k", format: "jwks" }"#, "https://HOST/PATH"),
            (#"{ url: "https://a.example/{key:id}", format: "pem" }"#, "write id"),
            (#"{ url: "https://a.example/{header:X}", format: "pem" }"#, "{key:id}"),
            (#"{ url: "https://a.example/k", format: "certificate" }"#, "names"),
            (#"{ id: "{header:K}", url: "https://a.example/{key:id}", format: "jwks" }"#, "leave {key:id}"),
        ])
    func misspelt(_ fetch: String, _ cure: String) {
        let (found, problems) = spec(
            #"{ type: "signature", algorithm: "rsa-pkcs1-sha256", key: { fetch: \#(fetch) }, signature: { in: "header:S", encoding: "hex" }, message: "{body}" }"#
        )
        #expect(found == nil && problems.contains { $0.contains(cure) }, "\(problems)")
    }

    @Test("is never a secret that both sides share")
    func shared() {
        let hmac =
            #"{ type: "hmac", hash: "sha256", key: { fetch: { url: "https://a.example/", format: "jwks" } }, signature: { in: "header:S", encoding: "hex" }, message: "{body}" }"#
        #expect(spec(hmac).1.contains { $0.contains("never fetched") })
        let jwt =
            #"{ type: "jwt", in: "header:A", algorithms: ["HS256"], key: { fetch: { url: "https://a.example/", format: "jwks" } } }"#
        #expect(spec(jwt).1.contains { $0.contains("never fetched") })
    }

    @Test("is read from what the provider answers")
    func readings() throws {
        let settings: SecretTable = ["API_KEY": [Secret("k")], "CLIENT_ID": [Secret("c")], "SECRET": [Secret("s")]]
        let circle = try #require(spec(#""circle""#, settings).0?.keySources.first)
        let plaid = try #require(spec(#""plaid""#, settings).0?.keySources.first)
        let key = try TestKeys.one(.p256).publicPEM.split(separator: "\n").dropFirst().dropLast().joined()
        func read(_ source: KeySource, _ answer: String, status: Int = 200, maxAge: TimeSpan? = nil) -> String {
            switch source.read(status: status, Array(answer.utf8), maxAge: maxAge, at: WallTime(seconds: 1_800_000_000))
            {
            case .keys(let keys): "\(keys.count) for \(keys.lifetime.microseconds / 1_000_000)"
            case .absent: "absent"
            case .untrusted: "untrusted"
            case .failed: "failed"
            case .needsIssuer: "issuer"
            }
        }
        #expect(read(circle, #"{"data":{"publicKey":"\#(key)"}}"#) == "1 for 86400")
        #expect(read(circle, #"{"data":{}}"#) == "failed" && read(circle, "<html>") == "failed")
        #expect(read(circle, "", status: 404) == "absent" && read(circle, "", status: 401) == "failed")
        #expect(read(circle, "", status: 500) == "failed")
        let point =
            #""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#
        #expect(read(plaid, #"{"key":{\#(point),"kid":"k","expired_at":null}}"#) == "1 for 3600")
        #expect(read(plaid, #"{"key":{\#(point),"kid":"k","expired_at":1700000000}}"#) == "absent")
        var place = KeySettings()
        place.url = "https://issuer.example.com/jwks"
        let openid = try #require(
            spec(#""openid""#, ["ISSUER": [Secret("i")], "AUDIENCE": [Secret("a")]], keys: place).0?.keySources.first)
        #expect(read(openid, #"{"keys":[{\#(point),"kid":"k"}]}"#) == "1 for 3600")
        #expect(read(openid, #"{"keys":[{\#(point),"kid":"k"}]}"#, maxAge: .seconds(5)) == "1 for 300")
        #expect(read(openid, #"{"keys":[{\#(point),"kid":"k"}]}"#, maxAge: .seconds(1 << 29)) == "1 for 86400")
        #expect(read(openid, #"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#) == "failed", "a secret that all can read")
        #expect(read(openid, "", status: 404) == "failed", "ours: nobody chose its name")
    }

    @Test("of a topic passes for that topic alone, when it is given")
    func topic() throws {
        let key = try TestKeys.one(.rsa)
        let secrets: SecretTable = ["CERT": [Secret(key.publicPEM)], "TOPIC": [Secret("t")]]
        let signing = try #require(spec(#""aws-sns""#, secrets).0)
        #expect(signing.openNames.isEmpty)
        #expect(try #require(spec(#""aws-sns""#, ["CERT": [Secret(key.publicPEM)]]).0).openNames == ["TOPIC"])
        let open = try #require(spec(#""aws-sns""#, ["CERT": [Secret(key.publicPEM)]]).0)
        let now = WallTime(seconds: 1_800_000_000)
        var other = sns("https://x")
        other.body = Array(String(decoding: other.body, as: UTF8.self).replacing(#""t""#, with: #""u""#).utf8)
        let signed = try ProviderSigner(open, privateKey: key).sign(other, at: now)
        func result(_ spec: VerifierSpec) throws -> Verification {
            let verifier = try Verifier(spec)
            return signed.withView { verifier.verify($0, from: .unspecified, publicURL: nil, at: now) }
        }
        #expect(try result(open).isAccepted)
        #expect(try result(signing).refusal == .guardFailed)
    }
}
