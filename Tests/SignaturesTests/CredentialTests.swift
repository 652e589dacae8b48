import Crypto
import Domain
import Net
import Testing

@testable import Signatures

@Suite("A credential") struct CredentialTests {
    @Test("is one of the live tokens, whole and in its place")
    func tokens() throws {
        let verifier = #"{ type: "token", in: "header:X-Token", key: "{secret:SECRET}" }"#
        func verdict(_ fields: [(String, String)]) throws -> Verification {
            try check(verifier, request(fields), secrets: ["SECRET": ["one", "two"]])
        }
        #expect(try verdict([("X-Token", "two")]).proof == Proof(coverage: .partial, provenBy: "SECRET[1]"))
        for wrong in ["", "tw", "two ", "TWO", "three", "one,two"] {
            #expect(try verdict([("X-Token", wrong)]).refusal == .tokenWrong, "\(wrong)")
        }
        #expect(try verdict([]).refusal == .tokenMissing)
        #expect(try verdict([("X-Token", "two"), ("X-Token", "two")]).refusal == .repeatedField)
    }

    @Test("in a body or query is looked for there")
    func places() throws {
        let body = #"{"value":[{"clientState":"key"}]}"#
        #expect(
            try check(#"{ type: "token", in: "json:value.0.clientState", key: "{secret:SECRET}" }"#, request([], body))
                .isAccepted)
        #expect(
            try check(#"{ type: "token", in: "query:t", key: "{secret:SECRET}" }"#, request(url: "/in?t=k%65y"))
                .isAccepted)
        #expect(
            try check(#"{ type: "token", in: "query:t", key: "{secret:SECRET}" }"#, request(url: "/in?t=key&t=key"))
                .refusal
                == .repeatedField)
    }

    @Test("of the basic kind is user and password together")
    func basic() throws {
        let verifier = #"{ type: "basic", users: ["{secret:USER}:{secret:SECRET}", "fixed:{secret:SECRET}"] }"#
        func verdict(_ pair: String, scheme: String = "Basic ") throws -> Verification {
            try check(
                verifier, request([("Authorization", scheme + Base64.encode(Array(pair.utf8)))]),
                secrets: ["USER": ["u"], "SECRET": ["p:q"]])
        }
        #expect(try verdict("u:p:q").proof?.provenBy == "USER+SECRET")
        #expect(try verdict("u:p:q", scheme: "bAsIc ").isAccepted)
        #expect(try verdict("fixed:p:q").isAccepted)
        for wrong in ["u:p", "u:", ":p:q", "u", "x:p:q", ""] {
            #expect(try !verdict(wrong).isAccepted, "\(wrong)")
        }
        #expect(try verdict("u:p:q", scheme: "Bearer ").refusal == .signatureMalformed)
    }

    @Test("may be an address, and says how little that proves")
    func address() throws {
        let verifier = #"{ type: "ip", allow: ["203.0.113.0/24", "2001:db8::/32"] }"#
        func verdict(_ text: String) throws -> Verification {
            try check(verifier, request(), from: try #require(IPAddress(text: text)))
        }
        #expect(try verdict("203.0.113.9").proof == Proof(coverage: .address, provenBy: ""))
        #expect(try verdict("2001:db8::1").isAccepted)
        #expect(try verdict("203.0.114.1").refusal == .address)
    }

    @Test("may be needed beside a signature, or instead of one")
    func combined() throws {
        let token = #"{ type: "token", in: "header:X-Token", key: "{secret:TOKEN}" }"#
        let secrets = ["SECRET": ["key"], "TOKEN": ["t"]]
        func verdict(_ kind: String, _ fields: [(String, String)]) throws -> Verification {
            try check(#"{ \#(kind): ["github", \#(token)] }"#, request(fields, "x"), secrets: secrets)
        }
        let signature = ("X-Hub-Signature-256", "sha256=" + hmac("x"))
        #expect(
            try verdict("all", [signature, ("X-Token", "t")]).proof == Proof(coverage: .full, provenBy: "SECRET, TOKEN")
        )
        #expect(try verdict("all", [signature]).refusal == .tokenMissing)
        #expect(try verdict("all", [("X-Token", "t")]).refusal == .signatureMissing)
        #expect(try verdict("any", [signature]).proof == Proof(coverage: .full, provenBy: "SECRET"))
        #expect(try verdict("any", [("X-Token", "t")]).proof == Proof(coverage: .partial, provenBy: "TOKEN"))
        #expect(try verdict("any", [("X-Token", "x")]).refusal == .tokenWrong)
        #expect(try verdict("any", []).isAccepted == false)
    }
}
