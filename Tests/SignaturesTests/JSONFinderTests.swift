import Domain
import Testing

@testable import Signatures

@Suite("The JSON finder") struct JSONFinderTests {
    @Test(
        "finds a value where it stands, as it is written",
        arguments: [
            ("a", #"{"a":"x"}"#, "x"), ("a", #" { "b" : 1 , "a" : "x" } "#, "x"),
            ("a.b", #"{"a":{"c":[{}],"b":1.50}}"#, "1.50"),
            ("a.1.b", #"{"a":[{"b":0},{"b":12345678901234567890}]}"#, "12345678901234567890"),
            ("0.id", #"[{"id":"first"},{"id":"second"}]"#, "first"), ("a.0", #"{"a":{"0":"named"}}"#, "named"),
            ("a", #"{"a":true}"#, "true"), ("a", #"{"a":-1.5e+3}"#, "-1.5e+3"),
            ("a", #"{"a":{ "b" : [ 1 ] }}"#, #"{ "b" : [ 1 ] }"#),
            ("a", #"{"a":[]}"#, "[]"), ("ä", #"{"ä":"ö"}"#, "ö"), ("a\\.b", #"{"a":{"b":1},"a.b":2}"#, "2"),
            ("a", #"{"\u0061":"x"}"#, "x"), ("a", #"{"a":""}"#, ""),
        ])
    func finds(_ path: String, _ text: String, _ expected: String) throws {
        let value = try #require(try find([path], in: text)[0])
        #expect(String(decoding: Array(text.utf8)[value.range], as: UTF8.self) == expected)
    }

    @Test(
        "finds nothing where the path leads nowhere",
        arguments: [
            ("a", "{}"), ("a.b", #"{"a":1}"#), ("a.b", #"{"a":[{"b":1}]}"#), ("2", "[0,1]"), ("a", #"["a"]"#),
            ("a", "1"),
            ("01", "[0,1]"), ("a", #"{"b":{"a":1}}"#), ("-1", "[0]"),
        ])
    func findsNothing(_ path: String, _ text: String) throws { #expect(try find([path], in: text)[0] == nil) }

    @Test("finds several values in one pass")
    func several() throws {
        let text = #"{"c":{"d":2},"a":1,"b":[3,4]}"#
        let found = try find(["a", "b.1", "c.d", "c", "x"], in: text)
        let texts = found.map { $0.map { String(decoding: Array(text.utf8)[$0.range], as: UTF8.self) } }
        #expect(texts == ["1", "4", "2", #"{"d":2}"#, nil])
    }

    /// After the cases of RFC 8259 and of https://github.com/nst/JSONTestSuite.
    @Test(
        "refuses what is no JSON, also beside the path",
        arguments: [
            "", " ", "{", "}", "[", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "[1,]", "[,1]", "[1 2]",
            "{\"a\":1 \"b\":2}", "{a:1}",
            "{'a':1}", "{\"a\":1}}", "{\"a\":1}x", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1.}", "{\"a\":1e}",
            "{\"a\":-}",
            "{\"a\":0x1}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":tru}", "{\"a\":True}", "{\"a\":nulll}",
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\"\t\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"",
            "{\"a\":\"\\\"}", "[1]]", "[[1]",
            "\u{feff}{}", "{\"a\":1}\u{0}", "[\"\\", "// c\n{}", "{\"a\":1 /*c*/}", "[1}", "{\"a\":1]", "\u{a0}{}",
        ])
    func refuses(_ text: String) {
        #expect(throws: JSONFailure.malformed) { try find(["x.y"], in: text) }
    }

    @Test(
        "refuses text that is no UTF-8",
        arguments: [
            [0xff], [0xc0, 0x80], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc3],
            [0xf0, 0x9f, 0x98],
        ] as [[UInt8]])
    func notUTF8(_ bytes: [UInt8]) {
        let text = Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8)
        #expect(throws: JSONFailure.malformed) { try find(["x"], in: text) }
    }

    @Test(
        "refuses a member that occurs twice on the way",
        arguments: [
            #"{"a":{"b":1,"b":2}}"#, #"{"a":{"b":1},"a":{"b":2}}"#, #"{"a":{"b":1},"a":3}"#, #"{"a":3,"a":{"b":1}}"#,
            #"{"a":{"b":1},"\u0061":2}"#, #"{"a":{"\u0062":1,"b":2}}"#,
        ])
    func duplicates(_ text: String) {
        #expect(throws: JSONFailure.duplicateKey) { try find(["a.b"], in: text) }
    }

    @Test("lets members that nobody asked for occur twice")
    func otherDuplicates() throws {
        #expect(try find(["a"], in: #"{"x":1,"x":2,"a":{"a":1,"a":2},"b":[{"a":1},{"a":2}]}"#)[0] != nil)
    }

    @Test("goes as deep as allowed and no deeper, without recursion")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try find(["a"], in: nested(Limits.jsonDepth))
        #expect(throws: JSONFailure.tooDeep) { try find(["a"], in: nested(Limits.jsonDepth + 1)) }
        #expect(throws: JSONFailure.tooDeep) { try find(["a"], in: String(repeating: "[", count: 1 << 20)) }
        #expect(throws: JSONFailure.tooDeep) { try find(["a"], in: String(repeating: "{\"a\":", count: 1 << 18)) }
    }

    @Test(
        "resolves escapes",
        arguments: [
            (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"), (#"\u00e4"#, "ä"), (#"\ud83d\ude00"#, "😀"),
            ("plain", "plain"),
            (#"\u0000"#, "\0"),
        ])
    func escapes(_ text: String, _ expected: String) {
        let result = Array(text.utf8).withUnsafeBytes { unescapedJSON($0) }
        #expect(result.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test(
        "takes half a surrogate pair for no text", arguments: [#"\ud83d"#, #"\ude00"#, #"\ud83d\u0041"#, #"\ud83dx"#])
    func surrogates(_ text: String) { #expect(Array(text.utf8).withUnsafeBytes { unescapedJSON($0) } == nil) }

    @Test("reads no path that is empty or has an empty part", arguments: ["", ".", "a.", ".a", "a..b", "a\\"])
    func paths(_ text: String) { #expect(JSONPath(text) == nil) }

    private func find(_ paths: [String], in text: String) throws -> [JSONValue?] {
        try find(paths, in: Array(text.utf8))
    }

    private func find(_ paths: [String], in text: [UInt8]) throws -> [JSONValue?] {
        let finder = JSONFinder(try paths.map { try #require(JSONPath($0)) })
        var found: [JSONValue?] = []
        try text.withUnsafeBytes { try finder.find(in: $0, into: &found) }
        return found
    }
}
