import Crypto
import Domain
import Testing

@testable import Signatures

@Suite("A message") struct MessageTests {
    static func verifier(_ message: String, _ rest: String = "") -> String {
        #"{ type: "hmac", hash: "sha256", key: "{secret:SECRET}", signature: { in: "header:X-Sig", encoding: "hex" }, "#
            + "message: \(message), \(rest) }"
    }

    private static let body = #"{"b":"ü","n":1.0,"d":"2024-02-29"}"#
    private static let fields = [
        ("X-A", "Value"), ("X-Pad", "\u{b}pad\u{c}"), ("X-Hex", "56616c7565"), ("X-B64", "VmFsdWU="),
        ("X-Esc", "a%3A%2fb%26"), ("X-Signs", "%+9%-1%a"),
    ]

    @Test(
        "is made of parts and filters",
        arguments: [
            (#""{method} {path} {body}""#, "POST /in " + body), (#""{{{header:X-A}}}""#, "{Value}"),
            (#""{header:x-a|lower}{header:X-A|upper}""#, "valueVALUE"), (#""{query:a}{query:b?}{query:c d}""#, "1 2&ä"),
            (#""{header:X-Pad|trim}|""#, "pad|"), (#""{header:X-A|hex}""#, "56616c7565"),
            (#""{header:X-Hex|unhex}""#, "Value"), (#""{header:X-A|base64}""#, "VmFsdWU="),
            (#""{header:X-B64|unbase64}""#, "Value"), (#""{header:X-A|map:Value=t,Other=f}""#, "t"),
            (#""{header:X-A|append:\\n}""#, "Value\n"), (#""{url}""#, "https://h.test/p?a=1+2%26&c%20d=%c3%a4"),
            (#""{url|withPort}""#, "https://h.test:443/p?a=1+2%26&c%20d=%c3%a4"),
            (#""{header:X-Esc|decode::/}""#, "a:/b%26"), (#""{header:X-Signs|decode:\t}""#, "%+9%-1%a"),
            (#"["{header:X-A}", "?{header:X-None}", "?-{header:X-A}"]"#, "Value-Value"),
            (#""{secret:SECRET}{json:b}{json:n}{json:x?}""#, "keyü1.0"),
            (#""{body|escape}""#, #"{"b":"\u00fc","n":1.0,"d":"2024-02-29"}"#),
            (#""{header:X-A|without:.}""#, "Value"), (#""{route}""#, "test"), (#""{header:X-A|length:5}""#, "Value"),
            (#""{json:d|date}""#, "2024-02-29"),
        ])
    func parts(_ message: String, _ text: String) throws {
        let sample = request(Self.fields + [("X-Sig", hmac(text))], url: "/in?a=1+2%26&c%20d=%c3%a4", Self.body)
        let result = try check(Self.verifier(message), sample, publicURL: "https://h.test/p")
        #expect(result.isAccepted, "\(result)")
    }

    @Test(
        "with a part that is absent, ambiguous or malformed is no message",
        arguments: [
            (#""{header:X-None}""#, Verification.Refusal.fieldMissing), (#""{header:X-Twice}""#, .repeatedField),
            (#""{query:q}""#, .repeatedField), (#""{form:f}""#, .repeatedField), (#""{json:a}""#, .bodyMalformed),
            (#""{header:X-Dot|without:.}""#, .fieldMalformed), (#""{header:X-Dot|unhex}""#, .fieldMalformed),
            (#""{url}""#, .publicURLMissing), (#""{query:none}""#, .fieldMissing),
            (#"["{header:X-Dot}", "?{header:X-Twice}"]"#, .repeatedField),
            (#""{header:X-Dot|length:4}""#, .fieldMalformed),
            (#""{header:X-Dot|date}""#, .fieldMalformed),
        ])
    func refused(_ message: String, _ refusal: Verification.Refusal) throws {
        let fields = [("X-Twice", "a"), ("x-twice", "a"), ("X-Dot", "a.b"), ("X-Sig", hmac(""))]
        let sample = request(fields, url: "/in?q=1&q=1", "f=1&f=1")
        #expect(try check(Self.verifier(message), sample).refusal == refusal)
    }

    @Test("takes a JSON member from a body that names it once, and only then")
    func json() throws {
        let verifier = Self.verifier(#""{json:a}""#)
        let signature = [("X-Sig", hmac("1"))]
        #expect(try check(verifier, request(signature, #"{"a":1}"#)).isAccepted)
        #expect(try check(verifier, request(signature, #"{"a":"1"}"#)).isAccepted)
        #expect(try check(verifier, request(signature, #"{"a":"\u0031"}"#)).isAccepted)
        #expect(try check(verifier, request(signature, #"{"a":1.0}"#)).refusal == .signatureWrong)
        #expect(try check(verifier, request(signature, #"{"a":1,"a":1}"#)).refusal == .duplicateKey)
        #expect(try check(verifier, request(signature, #"{"a":null}"#)).refusal == .fieldMissing)
        #expect(try check(verifier, request(signature, #"{"a":"\ud800"}"#)).refusal == .fieldMalformed)
        #expect(try check(verifier, request(signature, #"{"a":1} x"#)).refusal == .bodyMalformed)
    }

    @Test("may have one of several forms, and the proof names it")
    func forms() throws {
        let verifier = Self.verifier(#"{ anyOf: ["{body}", "{header:X-None}", "{body|sha256|hex}"] }"#)
        let hash = Hex.encode(try Array("x".utf8).withUnsafeBytes { try HashAlgorithm.sha256.digest($0) })
        #expect(try check(verifier, request([("X-Sig", hmac("x"))], "x")).proof?.provenBy == "SECRET form 1")
        #expect(try check(verifier, request([("X-Sig", hmac(hash))], "x")).proof?.provenBy == "SECRET form 3")
        #expect(try check(verifier, request([("X-Sig", hmac("y"))], "x")).refusal == .signatureWrong)
    }

    @Test("covers the whole body, or a part of it, and says so")
    func coverage() throws {
        let cases: [(String, Coverage)] = [
            (#""{body}""#, .full), (#""{body|sha256|hex}""#, .full), (#""{json:a}""#, .partial),
            (#""{header:a}""#, .partial),
            (#"{ anyOf: ["{body}", "{json:a}"] }"#, .partial), (#""{url}{form|sorted}""#, .full),
            (#""{header:a}|{body|crc32}""#, .partial),
        ]
        for (message, coverage) in cases {
            let spec = try #require(read(configNode(json5: Self.verifier(message)), ["SECRET": [Secret("k")]]).spec)
            #expect(spec.coverage == coverage, "\(message)")
        }
    }

    @Test("has a form's fields in order, each pair once")
    func sortedForm() throws {
        let sample = request([("X-Sig", hmac("Bba1a2aa"))], "a=2&aa=&B=b&a=1&a=2")
        #expect(try check(Self.verifier(#""{form|sorted}""#), sample).isAccepted)
    }

    @Test("stays inside its window of time")
    func window() throws {
        let window = #"timestamp: { value: "{header:X-Time}", tolerance: 60, future: 5 }"#
        let verifier = Self.verifier(#""{header:X-Time}""#, window)
        func at(_ stamp: String, _ now: Int64) throws -> Verification.Refusal? {
            try check(verifier, request([("X-Sig", hmac(stamp)), ("X-Time", stamp)]), at: now).refusal
        }
        #expect(try at("1000", 1060) == nil)
        #expect(try at("1000", 1061) == .timeStale)
        #expect(try at("1000", 995) == nil)
        #expect(try at("1000", 994) == .timeFuture)
        for malformed in ["", "-1", "+1", " 1", "1.0", "1e3", "0x1", "1234567890123", "١٢٣", "1000\u{b}"] {
            #expect(try at(malformed, 1000) == .timeMalformed, "\(malformed)")
        }
    }

    @Test(
        "has its time in one of several forms",
        arguments: [
            (TimeFormat.unix, "1700000000"), (.unixMilliseconds, "1700000000000"), (.unixAny, "1700000000"),
            (.unixAny, "1700000000000"), (.rfc3339, "2023-11-14T22:13:20Z"),
            (.rfc3339, "2023-11-14T23:13:20.000+01:00"),
            (.rfc3339, "2023-11-14 18:13:20-0400"), (.httpDate, "Tue, 14 Nov 2023 22:13:20 GMT"),
        ])
    func times(_ format: TimeFormat, _ text: String) {
        let time = WallTime(seconds: 1_700_000_000)
        #expect(format.read(Array(text.utf8))?.time == time)
        #expect(format.read(Array(format.text(time).utf8))?.time == time)
    }

    @Test(
        "has no time that the calendar does not have",
        arguments: [
            (TimeFormat.rfc3339, "2023-02-29T00:00:00Z"), (.rfc3339, "2023-13-01T00:00:00Z"),
            (.rfc3339, "2023-01-01T24:00:00Z"),
            (.rfc3339, "2023-01-01T00:00:00"), (.rfc3339, "2023-01-01T00:00:00.Z"), (.rfc3339, "2023-01-01T00:00:00Zx"),
            (.httpDate, "Tue, 31 Feb 2023 00:00:00 GMT"), (.httpDate, "Tue, 14 Nov 2023 22:13:20 UTC"),
        ])
    func noTimes(_ format: TimeFormat, _ text: String) { #expect(format.read(Array(text.utf8)) == nil) }
}
