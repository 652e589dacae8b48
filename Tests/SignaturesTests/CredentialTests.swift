import Config
import Crypto
import Domain
import Net
import Testing

@testable import Signatures

@Suite("A token in every element") struct EveryTokenTests {
    @Test(
        "must be right in each of them",
        arguments: [
            (#"{"value":[{"s":"key"}]}"#, nil), (#"{"value":[{"s":"key"},{"a":1,"s":"key"}]}"#, nil),
            (#"{"value":[{"s":"key"},{"s":"other"}]}"#, .tokenWrong), (#"{"value":[{"s":"key"},{}]}"#, .tokenMissing),
            (#"{"value":[{"s":"key"},1]}"#, .tokenMissing), (#"{"value":[{"s":"key"},{"s":null}]}"#, .tokenWrong),
            (#"{"value":[]}"#, .tokenMissing), (#"{"value":{"s":"key"}}"#, .tokenMissing), ("", .bodyMalformed),
            (#"{"value":[{"s":"key","s":"key"}]}"#, .duplicateKey),
        ] as [(String, Verification.Refusal?)])
    func each(_ body: String, _ refusal: Verification.Refusal?) throws {
        let verify = #"{ type: "token", in: "json:value.*.s", key: "{secret:SECRET}" }"#
        #expect(try check(verify, request([], body)).refusal == refusal)
    }

    @Test("is for tokens alone: a message of many values has no order that counts")
    func elsewhere() {
        let verify =
            #"{ type: "hmac", hash: "sha256", key: "{secret:K}", signature: { in: "header:X", encoding: "hex" }, message: "{json:*.a}" }"#
        let (spec, diagnostics) = read(configNode(json5: verify), ["K": [Secret("k")]])
        #expect(spec == nil)
        #expect(diagnostics.map(\.problem) == [#""*.a" stands for many values"#])
    }
}

@Suite("A guard of null") struct AbsenceTests {
    @Test("holds where the part is absent", arguments: [("{}", true), (#"{"a":null}"#, true), (#"{"a":[]}"#, false)])
    func absent(_ body: String, _ holds: Bool) throws {
        let verify = #"{ type: "token", in: "header:T", key: "{secret:SECRET}", require: { "json:a": null } }"#
        #expect(try check(verify, request([("T", "key")], body)).refusal == (holds ? nil : .guardFailed))
    }

}

/// Adyen's items, of which each has its own signature.
@Suite("A body whose events are signed one by one") struct SignedItemTests {
    private let items = [
        ("1", "AUTHORISATION", "acct", 1130), ("2", "CAPTURE", "acct", 5), ("3", "REFUND", "other", 70_000),
    ]

    private func item(_ place: Int, spoiled: Bool = false, extra: String = "") -> String {
        let (reference, code, account, value) = items[place]
        let text = "\(reference):\(place == 1 ? "0" : ""):\(account)::\(value):EUR:\(code):true"
        let mac = hmac(text, key: "\u{1}\u{2}")
        let signature = Base64.encode(Hex.decode(spoiled ? String(mac.reversed()) : mac) ?? [])
        let original = place == 1 ? #""originalReference":"0","# : ""
        return #"{"NotificationRequestItem":{\#(original)"pspReference":"\#(reference)","eventCode":"\#(code)","#
            + #""merchantAccountCode":"\#(account)","amount":{"currency":"EUR","value":\#(value)},"success":"true","#
            + #""additionalData":{"hmacSignature":"\#(signature)"}\#(extra)}}"#
    }

    private func verdict(_ items: [String]) throws -> Verification {
        let body = #"{"live":"false","notificationItems":[\#(items.joined(separator: ","))]}"#
        return try check(#""adyen""#, request([], body), secrets: ["SECRET": ["0102"]])
    }

    @Test("is accepted when every one is genuine")
    func genuine() throws {
        #expect(try verdict([item(0)]).isAccepted)
        #expect(try verdict([item(0), item(1), item(2)]).proof == Proof(coverage: .partial, provenBy: "SECRET"))
    }

    @Test("is refused for one that is not, wherever it stands", arguments: 0..<3)
    func forged(_ place: Int) throws {
        #expect(try verdict((0..<3).map { item($0, spoiled: $0 == place) }).refusal == .signatureWrong)
    }

    @Test("is refused when one has no signature, or there is none at all")
    func bare() throws {
        for other in ["{}", "null", "7", #"{"NotificationRequestItem":{}}"#, #"[{"NotificationRequestItem":{}}]"#] {
            #expect(try verdict([item(0), other]).refusal != nil, "\(other)")
            #expect(try verdict([other, item(0)]).refusal != nil, "\(other)")
        }
        #expect(try verdict([]).refusal == .signatureMissing)
        #expect(try verdict([item(0, extra: #","eventCode":"PAYOUT""#)]).refusal == .duplicateKey)
    }

    @Test("is refused when its items are no array: others could hide behind a member named *")
    func star() throws {
        let body = #"{"notificationItems":{"*":\#(item(0)),"0":\#(item(1, spoiled: true))}}"#
        #expect(try check(#""adyen""#, request([], body), secrets: ["SECRET": ["0102"]]).refusal == .signatureMissing)
    }

    @Test("has a number of items that can be checked")
    func many() throws {
        let one = item(0)
        #expect(try verdict(Array(repeating: one, count: Limits.signedItems)).isAccepted)
        #expect(try verdict(Array(repeating: one, count: Limits.signedItems + 1)).refusal == .tooManySignatures)
    }

    @Test("tells all its ids and types")
    func names() throws {
        let preset = try #require(Preset.named("adyen"))
        let body = #"{"notificationItems":[\#(item(0)),\#(item(1))]}"#
        let sample = request([], body)
        #expect(
            sample.withView { Extractor(preset.id ?? "")?.bytes(in: $0)?.text } == "1:AUTHORISATION:true,2:CAPTURE:true"
        )
        #expect(
            sample.withView { Extractor(preset.type ?? "")?.all(in: $0).map(\.text) } == ["AUTHORISATION", "CAPTURE"])
    }

    @Test("is signed item by item")
    func signed() throws {
        let node = configNode(json5: #""adyen""#)
        let spec = try #require(read(node, ["SECRET": [Secret("0102")]]).spec)
        let unsigned = [item(0, spoiled: true), item(1, spoiled: true)].joined(separator: ",")
        let sample = request([], #"{"notificationItems":[\#(unsigned)]}"#)
        let signed = try ProviderSigner(spec).sign(sample, at: WallTime(seconds: 1_800_000_000))
        let verifier = try Verifier(spec)
        let result = signed.withView {
            verifier.verify($0, from: .unspecified, publicURL: nil, at: WallTime(seconds: 1_800_000_000))
        }
        #expect(result.isAccepted)
    }
}

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
