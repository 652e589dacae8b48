import Config
import Testing

/// The grammar of https://spec.json5.org, section by section.
@Suite("JSON5") struct JSON5ConformanceTests {
    static func read(_ text: String) -> (value: ConfigValue?, problem: String?) {
        var diagnostics = Diagnostics()
        let node = JSON5.parse(Array(text.utf8), file: "f", into: &diagnostics)
        return (node?.value, diagnostics.all.first?.line)
    }

    @Test(
        "reads values",
        arguments: [
            ("null", ConfigValue.null), ("true", .bool(true)), ("false", .bool(false)),
            (" [] ", .array([])), ("{}", .object([])),
            ("[1,]", .array([.number("1")])), ("[[],{}]", .array([.array([]), .object([])])),
            ("{a:1,}", .object([.init(key: "a", value: .number("1"))])),
        ])
    func values(_ text: String, _ value: ConfigValue) { #expect(Self.read(text).value == value) }

    @Test(
        "keeps numbers as their text",
        arguments: [
            "0", "-0", "+5", "12345678901234567890123456789", "1.5", ".5", "5.", "1e3", "1E+3", "2.e-7", "0xff",
            "0XAbC",
            "-0x1", "Infinity", "-Infinity", "+Infinity", "NaN", "-NaN",
        ])
    func numbers(_ text: String) { #expect(Self.read(text).value == .number(text)) }

    @Test(
        "refuses what only looks like a number",
        arguments: [
            "010", "00", "0x", "1.2.3", "1e", "1e+", ".", "+", "- 1", "1a", "0xfg", "5..", "+Infinit", "--1", "1_000",
        ])
    func malformedNumbers(_ text: String) { #expect(Self.read(text).value == nil) }

    @Test(
        "reads strings in either quotes with every escape",
        arguments: [
            (#""it's""#, "it's"), (#"'say "so"'"#, "say \"so\""),
            (#"'\b\f\n\r\t\v\0\'\"\\\/\a'"#, "\u{08}\u{0C}\n\r\t\u{0B}\0'\"\\/a"),
            (#"'\x41\u00e9\uD83D\uDE00'"#, "Aé😀"),
            ("'one \\\ntwo \\\r\nthree \\\rfour \\\u{2028}five'", "one two three four five"),
            ("'\u{2028}\u{2029}'", "\u{2028}\u{2029}"), ("'tab\there'", "tab\there"), ("'é😀'", "é😀"),
        ])
    func strings(_ text: String, _ value: String) { #expect(Self.read(text).value == .string(value)) }

    @Test(
        "refuses malformed strings",
        arguments: [
            "'", "'a", "'a\nb'", "'a\rb'", #"'\1'"#, #"'\01'"#, #"'\x4'"#, #"'\u12'"#, #"'\uD83D'"#, #"'\uD83Dx'"#,
            #"'\uD83D\u0041'"#, #"'\uDE00'"#, "'\\",
        ])
    func malformedStrings(_ text: String) { #expect(Self.read(text).value == nil) }

    @Test(
        "reads keys without quotes",
        arguments: [
            "a", "$", "_x1", "while", "null", "über", "ℵ", #"\u0061b"#, "a\u{200C}b", "ñ\u{0301}", "\"any thing\"",
            "'x-y'",
        ])
    func keys(_ key: String) { #expect(Self.read("{\(key): 1}").value != nil) }

    @Test("refuses malformed keys", arguments: ["1a", "a-b", "", "[1]", #"\x41"#, #"\u0031a"#, "#", "a b"])
    func malformedKeys(_ key: String) { #expect(Self.read("{\(key): 1}").value == nil) }

    @Test("skips comments and every kind of white space")
    func blanks() {
        let text =
            "\u{FEFF}// one\n/* two \n * three **/{\u{A0}a\u{2003}:\t1\u{0B},\u{0C}// four\r}\u{2028}/**/ // five"
        #expect(Self.read(text).value == .object([.init(key: "a", value: .number("1"))]))
    }

    @Test(
        "refuses malformed documents",
        arguments: [
            "", "  ", "// only a comment", "/* open", "/", "[,]", "{,}", "[1,,2]", "[1 2]", "{a}", "{a:}", "{a 1}",
            "{a:1 b:2}",
            "[", "{", "]", "tru", "undefined", "1 2", "{} x", "[1", "{a:1", "{a:", "{a", "#", "\0", "/*/",
        ])
    func malformedDocuments(_ text: String) { #expect(Self.read(text).value == nil) }

    @Test("keeps the order of keys")
    func order() {
        guard case .object(let members)? = Self.read("{z:1, a:2, m:3}").value else { return #expect(Bool(false)) }
        #expect(members.map(\.key) == ["z", "a", "m"])
    }
}
