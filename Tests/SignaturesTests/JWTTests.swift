import Config
import Crypto
import Domain
import Testing

@testable import Signatures

@Suite("A bearer token") struct JWTTests {
    private static let now: Int64 = 1_800_000_000
    private static let secret = "a secret of at least thirty-two bytes"
    private static let claims = #"{"iss":"me","aud":"you","exp":1800000300}"#

    private static func verifier(
        _ algorithms: String, format: String = "text", _ rest: String = #"claims: { aud: "you" }"#
    ) -> String {
        #"{ type: "jwt", in: "header:Authorization", prefix: "Bearer ", algorithms: [\#(algorithms)], "#
            + #"key: { value: "{secret:KEY}", format: "\#(format)" }, \#(rest) }"#
    }

    private func verdict(
        _ token: String, _ verifier: String = verifier(#""HS256""#), key: String = secret, at now: Int64 = now
    ) throws -> Verification {
        try check(verifier, request([("Authorization", "Bearer \(token)")]), secrets: ["KEY": [key]], at: now)
    }

    private func token(
        _ header: String = #"{"alg":"HS256"}"#, _ claims: String = claims, _ hash: HashAlgorithm = .sha256,
        key: String = secret
    ) throws -> String {
        let text = JWTText.unsigned(header, claims)
        var mac = try HMAC(hash, key: Secret(key))
        return text + "." + Base64.encode(Array(text.utf8).withUnsafeBytes { mac.authenticate($0) }, url: true)
    }

    private func token(
        _ header: String, by key: PrivateKey, _ algorithm: SignatureAlgorithm, _ claims: String = claims
    ) throws -> String {
        let text = JWTText.unsigned(header, claims)
        return text + "."
            + Base64.encode(try Array(text.utf8).withUnsafeBytes { try key.sign($0, algorithm) }, url: true)
    }

    @Test("of the configured algorithm and key is accepted")
    func accepted() throws {
        #expect(try verdict(token()).proof == Proof(coverage: .partial, provenBy: "KEY"))
        #expect(try verdict(token(#"{"alg":"HS512"}"#, Self.claims, .sha512), Self.verifier(#""HS512""#)).isAccepted)
        let kinds: [(JWTAlgorithm, KeyKind)] = [
            (.rs256, .rsa), (.rs384, .rsa), (.rs512, .rsa), (.ps256, .rsa), (.es256, .p256), (.edDSA, .ed25519),
        ]
        for (algorithm, kind) in kinds {
            let key = try TestKeys.one(kind)
            let header = #"{"alg":"\#(algorithm.rawValue)","kid":"any"}"#
            let token = try token(header, by: key, try #require(algorithm.signature))
            let verifier = Self.verifier("\"\(algorithm.rawValue)\"", format: "pem")
            #expect(try verdict(token, verifier, key: key.publicPEM).isAccepted, "\(algorithm)")
            #expect(try !verdict(token, verifier, key: TestKeys.other(kind).publicPEM).isAccepted)
        }
    }

    @Test(
        "whose header asks for anything else is refused",
        arguments: [
            #"{"alg":"none"}"#, #"{"alg":"None"}"#, #"{"alg":"nOnE"}"#, #"{"alg":""}"#, #"{}"#, #"{"alg":"HS384"}"#,
            #"{"alg":"hs256"}"#, #"{"alg":"RS256"}"#, #"{"alg":["HS256"]}"#, #"{"alg":null}"#, #"{"alg":256}"#,
            #"{"alg":"HS256","crit":["exp"]}"#, #"{"alg":"HS256","crit":[]}"#,
            #"{"alg":"HS256","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","alg":"none"}"#, #"{"alg":"none","alg":"HS256"}"#, #"{"alg":"HS256","kid":1}"#,
            #"["alg","HS256"]"#, #""HS256""#, #"{"alg":"HS256""#, #"{"alg":"HS256"} x"#,
        ])
    func headers(_ header: String) throws {
        #expect(try !verdict(token(header)).isAccepted)
        #expect(try !verdict(JWTText.unsigned(header, Self.claims) + ".").isAccepted)
    }

    @Test("signed with a public key as if it were a secret is refused")
    func confusion() throws {
        let key = try TestKeys.one(.rsa)
        let forged = try token(key: key.publicPEM)
        let verifier = Self.verifier(#""RS256""#, format: "pem")
        #expect(try verdict(forged, verifier, key: key.publicPEM).refusal == .signatureWrong)
        let (spec, diagnostics) = read(
            configNode(json5: Self.verifier(#""HS256""#, format: "pem")), ["KEY": [Secret(key.publicPEM)]])
        #expect(spec == nil)
        #expect(diagnostics.contains { $0.problem.contains("fits none of the algorithms") })
    }

    @Test("that brings its own key is judged by the configured one alone")
    func ownKey() throws {
        let header =
            #"{"alg":"HS256","jwk":{"kty":"oct","k":"YQ"},"jku":"https://evil.test/","x5u":"https://evil.test/","x5c":["a"]}"#
        #expect(try verdict(token(header, key: "a")).refusal == .signatureWrong)
        #expect(try verdict(token(header)).isAccepted)
    }

    @Test(
        "that is no compact token is refused",
        arguments: [
            "", "a", "a.b", "a.b.c", "..", "a.b.c.d", "e30.e30.", "e30=.e30.e30", "e30.e30.e30 ", "e+0.e30.e30",
        ])
    func malformed(_ token: String) throws { #expect(try !verdict(token).isAccepted) }

    @Test("with its signature cut, stretched, respelled or over other bytes is refused")
    func signatures() throws {
        let right = try token()
        let parts = right.split(separator: ".")
        let signature = String(parts[2])
        for wrong in [String(signature.dropLast()), signature + "A", signature + "=", signature + ".", ""] {
            #expect(try !verdict("\(parts[0]).\(parts[1]).\(wrong)").isAccepted, "\(wrong)")
        }
        let other = Base64.encode(Array(#"{"aud":"you","exp":1900000000}"#.utf8), url: true)
        #expect(try verdict("\(parts[0]).\(other).\(signature)").refusal == .signatureWrong)
    }

    @Test(
        "is valid for its time",
        arguments: [
            (#"{"aud":"you"}"#, Verification.Refusal.tokenExpired), (#"{"aud":"you","exp":1799999969}"#, .tokenExpired),
            (#"{"aud":"you","exp":1800000300,"nbf":1800000031}"#, .tokenExpired),
            (#"{"aud":"you","exp":1800000300,"iat":1800000031}"#, .timeFuture),
            (#"{"aud":"you","exp":"1800000300"}"#, .signatureMalformed),
            (#"{"aud":"you","exp":-1}"#, .signatureMalformed),
            (#"{"aud":"you","exp":1e99}"#, .signatureMalformed), (#"{"aud":"you","exp":null}"#, .signatureMalformed),
            (#"{"aud":"you","exp":1800000300,"exp":1900000000}"#, .signatureMalformed),
            (#"{"aud":"you","exp":1799999980,"nbf":1800000020,"iat":1800000020.5}"#, nil),
            (#"{"aud":"you","exp":1800000001.5}"#, nil),
        ] as [(String, Verification.Refusal?)])
    func times(_ claims: String, _ refusal: Verification.Refusal?) throws {
        #expect(try verdict(token(claims: claims)).refusal == refusal)
    }

    private func token(claims: String) throws -> String { try token(#"{"alg":"HS256"}"#, claims) }

    @Test("may need no end where it must be fresh")
    func fresh() throws {
        let verifier = Self.verifier(#""HS256""#, "maxAge: 60")
        #expect(try verdict(token(claims: #"{"iat":1799999940}"#), verifier).isAccepted)
        #expect(try verdict(token(claims: #"{"iat":1799999939}"#), verifier).refusal == .timeStale)
        #expect(try verdict(token(claims: "{}"), verifier).refusal == .timeMalformed)
    }

    @Test(
        "must say what the configuration demands",
        arguments: [
            (#""you""#, true), (#"["other","you"]"#, true), (#""y\u006fu""#, true), (#"["other"]"#, false),
            (#"[]"#, false),
            (#""You""#, false), (#"["you",1]"#, false), (#"{"a":"you"}"#, false), ("null", false),
            (#"[["you"]]"#, false),
        ])
    func audience(_ audience: String, _ isAccepted: Bool) throws {
        let claims = #"{"aud":\#(audience),"exp":1800000300}"#
        #expect(try verdict(token(claims: claims)).isAccepted == isAccepted)
    }

    @Test("is checked with the key of a set that its kid names")
    func keySet() throws {
        let key = try TestKeys.one(.p256)
        let point = try #require(
            Base64.decode(
                key.publicPEM.split(separator: "\n").dropFirst().dropLast().joined(), .canonical)
        ).suffix(64)
        let (x, y) = (
            Base64.encode(Array(point.prefix(32)), url: true), Base64.encode(Array(point.suffix(32)), url: true)
        )
        let secret = Base64.encode(Array(Self.secret.utf8), url: true)
        let set =
            #"{"keys":[{"kty":"EC","crv":"P-256","kid":"ec","use":"sig","x":"\#(x)","y":"\#(y)"},"#
            + #"{"kty":"RSA","use":"enc","kid":"enc","n":"AQ","e":"AQAB"},{"kty":"XYZ","kid":"new"},"#
            + #"{"kty":"oct","kid":"mac","k":"\#(secret)","alg":"HS256"}]}"#
        let verifier = Self.verifier(#""ES256", "HS256""#, format: "jwks")
        func verdict(_ token: String) throws -> Verification { try self.verdict(token, verifier, key: set) }
        #expect(
            try verdict(token(#"{"alg":"ES256","kid":"ec"}"#, by: key, .ecdsaRawSHA256)).proof?.provenBy == "KEY kid ec"
        )
        #expect(try verdict(token(#"{"alg":"ES256"}"#, by: key, .ecdsaRawSHA256)).isAccepted)
        #expect(
            try verdict(token(#"{"alg":"ES256","kid":"mac"}"#, by: key, .ecdsaRawSHA256)).refusal == .signatureWrong)
        #expect(try verdict(token(#"{"alg":"HS256","kid":"mac"}"#)).isAccepted)
        #expect(try verdict(token(#"{"alg":"HS256","kid":"../mac"}"#)).refusal == .signatureWrong)
        #expect(try verdict(token(#"{"alg":"ES256","kid":"ec"}"#, by: key, .ecdsaSHA256)).refusal == .signatureWrong)
    }

    @Test("stands in one field only")
    func repeated() throws {
        let token = try token()
        let fields = [("Authorization", "Bearer \(token)"), ("authorization", "Bearer \(token)")]
        let result = try check(
            Self.verifier(#""HS256""#), request(fields), secrets: ["KEY": [Self.secret]], at: Self.now)
        #expect(result.refusal == .repeatedField)
    }
}
