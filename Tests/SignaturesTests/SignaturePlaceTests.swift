import Crypto
import Domain
import Testing

@testable import Signatures

@Suite("A signature") struct SignaturePlaceTests {
    private static func verifier(_ place: String, message: String = "{body}") -> String {
        #"{ type: "hmac", hash: "sha256", key: "{secret:SECRET}", signature: { "# + place
            + #" }, message: "\#(message)" }"#
    }

    private static let hexPlace = #"in: "header:X-Sig", encoding: "hex""#
    private static let list = #"in: "header:X-Sig", split: ",", kv: "=", pick: "v1", encoding: "hex""#

    @Test("is found among candidates that are wrong or unreadable")
    func candidates() throws {
        let right = "v1=" + hmac("x")
        for field in [right, "v1=00,\(right)", "v1=zz , \(right)", "v2=1,,\(right),v1=", "\(right),t=1,t=2"] {
            #expect(try check(Self.verifier(Self.list), request([("X-Sig", field)], "x")).isAccepted, "\(field)")
        }
    }

    @Test(
        "that is missing, of another version, malformed or wrong is told apart",
        arguments: [
            (nil, Verification.Refusal.signatureMissing), ("", .signatureMissing), ("t=1", .signatureMissing),
            ("v2=00", .signatureMissing), ("v1=xx", .signatureMalformed), ("v1=", .signatureMalformed),
            ("v1=00", .signatureWrong), ("v1=" + String(repeating: "0", count: 64), .signatureWrong),
            ("v1=" + String(repeating: "0", count: 66), .signatureMalformed), ("v1", .signatureMissing),
        ] as [(String?, Verification.Refusal)])
    func reasons(_ field: String?, _ refusal: Verification.Refusal) throws {
        let fields = field.map { [("X-Sig", $0)] } ?? []
        #expect(try check(Self.verifier(Self.list), request(fields, "x")).refusal == refusal)
    }

    @Test("may not stand in two fields, unless its provider does so")
    func repeated() throws {
        let sample = request([("X-Sig", "00"), ("x-sig", hmac("x"))], "x")
        #expect(try check(Self.verifier(Self.hexPlace), sample).refusal == .repeatedField)
        #expect(try check(Self.verifier(Self.hexPlace + ", repeated: true"), sample).isAccepted)
        let numbered = request([("X-Sig-1", "00"), ("X-SIG-2", hmac("x"))], "x")
        #expect(try check(Self.verifier(#"in: "header:X-Sig-*", encoding: "hex""#), numbered).isAccepted)
    }

    @Test("is looked for only so far: a field of any length, a list of any number cost nothing")
    func bounds() throws {
        let right = "v1=" + hmac("x")
        let wrong = String(repeating: "v1=00,", count: Limits.signatureCandidates - 1)
        #expect(try check(Self.verifier(Self.list), request([("X-Sig", wrong + right)], "x")).isAccepted)
        #expect(
            try check(Self.verifier(Self.list), request([("X-Sig", wrong + "v1=00," + right)], "x")).refusal
                == .tooManySignatures)
        let long = right + String(repeating: ",", count: Limits.signatureFieldBytes)
        #expect(try check(Self.verifier(Self.list), request([("X-Sig", long)], "x")).refusal == .signatureTooLong)
    }

    @Test("needs its prefix, in its case, unless that is optional or a scheme")
    func prefixes() throws {
        let place = #"in: "header:X-Sig", prefix: "sha256=", encoding: "hex""#
        func verdict(_ place: String, _ field: String) throws -> Bool {
            try check(Self.verifier(place), request([("X-Sig", field)], "x")).isAccepted
        }
        #expect(try verdict(place, "sha256=" + hmac("x")))
        #expect(try !verdict(place, hmac("x")))
        #expect(try !verdict(place, "SHA256=" + hmac("x")))
        #expect(try verdict(place + ", prefixOptional: true", hmac("x")))
        #expect(try verdict(#"in: "header:X-Sig", prefix: "HMAC ", encoding: "hex""#, "hmac " + hmac("x")))
    }

    @Test("with parameters is refused when one that is used occurs twice")
    func parameters() throws {
        let verifier = Self.verifier(Self.list, message: "{sig:t}.{body}")
        let right = "v1=" + hmac("1.x")
        #expect(try check(verifier, request([("X-Sig", "t=1,\(right)")], "x")).isAccepted)
        #expect(try check(verifier, request([("X-Sig", "t=1,t=1,\(right)")], "x")).refusal == .repeatedField)
        #expect(try check(verifier, request([("X-Sig", right)], "x")).refusal == .fieldMissing)
    }

    @Test("of any live key proves, and the proof names the key")
    func keys() throws {
        let verifier = Self.verifier(Self.hexPlace)
        for (place, key) in ["old", "new", "newest"].enumerated() {
            let result = try check(
                verifier, request([("X-Sig", hmac("x", key: key))], "x"), secrets: ["SECRET": ["old", "new", "newest"]])
            #expect(result.proof == Proof(coverage: .full, provenBy: "SECRET[\(place)]"))
        }
        let single = try check(verifier, request([("X-Sig", hmac("x"))], "x"))
        #expect(single.proof?.provenBy == "SECRET")
    }

    @Test("of scoped credentials is tried with each pair, never with a mix of two")
    func pairs() throws {
        let secrets = ["API_KEY": ["k1", "k2"], "API_SECRET": ["s1", "s2"]]
        func verdict(_ key: String) throws -> Verification {
            try check(
                #""fluxvend-node""#,
                request(
                    [("Signature", Base64.encode(Hex.decode(hmac("x", key: key)) ?? []))], "x"), secrets: secrets)
        }
        #expect(try verdict("k2:s2").proof?.provenBy == "API_KEY[1]+API_SECRET[1]")
        #expect(try verdict("k1:s1").isAccepted)
        #expect(try verdict("k1:s2").refusal == .signatureWrong)
    }

    @Test("is nothing without the guards beside it")
    func guards() throws {
        let verifier =
            #"{ type: "hmac", hash: "sha256", key: "{secret:SECRET}", signature: { in: "header:X-Sig", encoding: "hex" }, "#
            + #"message: "{body}", require: { "header:X-Version": ["1", "2"], "json:kind": "a" } }"#
        let body = #"{"kind":"a"}"#
        func verdict(_ version: String?, _ body: String) throws -> Verification.Refusal? {
            let fields = [("X-Sig", hmac(body))] + (version.map { [("X-Version", $0)] } ?? [])
            return try check(verifier, request(fields, body)).refusal
        }
        #expect(try verdict("1", body) == nil)
        #expect(try verdict("2", body) == nil)
        #expect(try verdict("3", body) == .guardFailed)
        #expect(try verdict(nil, body) == .guardFailed)
        #expect(try verdict("1", #"{"kind":"b"}"#) == .guardFailed)
        #expect(try verdict("1", #"{}"#) == .guardFailed)
    }

    @Test("is judged by its own request alone, whatever the one before left behind")
    func afterRefusals() throws {
        for message in [#""{body}{header:X-B}""#, #"{ anyOf: ["{body}{header:X-A}", "{body}{header:X-B}"] }"#] {
            let spec = try #require(
                read(
                    configNode(json5: MessageTests.verifier(message)), ["SECRET": [Secret("key"), Secret("other")]]
                ).spec)
            let verifier = try Verifier(spec)
            func verdict(_ fields: [(String, String)]) -> Verification {
                request(fields, "x").withView {
                    verifier.verify($0, from: .unspecified, publicURL: nil, at: WallTime(seconds: 0))
                }
            }
            let right = [("X-Sig", hmac("xb", key: "other")), ("X-B", "b")]
            #expect(verdict(right).isAccepted)
            #expect(verdict([("X-Sig", "00"), ("X-B", "b"), ("X-B", "b")]).refusal == .repeatedField)
            #expect(verdict(right).isAccepted)
            #expect(verdict([("X-Sig", "00")]).refusal == .fieldMissing)
            #expect(verdict(right).isAccepted)
            #expect(verdict([]).refusal == .signatureMissing)
            #expect(verdict(right).isAccepted)
        }
    }

    @Test("for another key's id is none")
    func keyIDs() throws {
        let secrets = ["PUBLIC_KEY": ["pub"], "PRIVATE_KEY": ["priv"]]
        func verdict(_ signature: String) throws -> Verification {
            try check(
                #""braintree""#, request([], "bt_signature=\(signature)&bt_payload=x"), secrets: secrets)
        }
        let key = try HashAlgorithm.sha1.digest(Array("priv".utf8))
        var mac = try HMAC(.sha1, key: Secret(key))
        let right = Hex.encode(Array("x".utf8).withUnsafeBytes { mac.authenticate($0) })
        #expect(try verdict("other%7C00%26pub%7C\(right)").proof?.provenBy == "PRIVATE_KEY form 1")
        #expect(try verdict("other%7C\(right)").refusal == .signatureMissing)
        #expect(try verdict("pub%7C00").refusal == .signatureWrong)
    }
}
