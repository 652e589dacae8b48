import Config
import Domain
import Testing

@Suite("A diagnostic of JSON5") struct JSON5DiagnosticTests {
    @Test(
        "says where, what and the cure",
        arguments: [
            (
                "{\n  a: 1\n  b: 2\n}",
                #"error: f: line 3, column 3: "b" after a value of the object that begins in line 1; put a comma between values, or end it with }"#
            ),
            (
                "{ a: 1, a: 2 }",
                #"error: f: line 1, column 9: the key "a" is given twice in one object; keep one of them"#
            ),
            (
                "{ a: 1, 'a': 2 }",
                #"error: f: line 1, column 9: the key "a" is given twice in one object; keep one of them"#
            ),
            (
                "{\r\n\tsecret: 'abc\r\n}",
                "error: f: line 2, column 10: the string is not closed in its line; close it with ', or end the line with a backslash"
            ),
            (
                "{ secret: hunter2 }",
                "error: f: line 1, column 11: a word without quotes that is no value; put text in quotes"
            ),
            (
                "{ a = 1 }",
                ##"error: f: line 1, column 5: "=" after the key "a"; put a colon between a key and its value"##
            ),
            ("[1,", "error: f: line 1, column 4: the file ends where a value should stand; complete the file"),
            ("{ a: 1,", "error: f: line 1, column 8: the object that begins in line 1 is not closed; end it with }"),
            ("", "error: f: line 1, column 1: the file is empty; write { … }"),
            (
                "{} {}",
                #"error: f: line 1, column 4: "{" after the end of the document; remove it; a file holds one value"#
            ),
            ("'\\ud83d'", "error: f: line 1, column 2: \\ud83d is half of a pair; write both halves"),
            (
                "[010]",
                "error: f: line 1, column 2: a number does not begin with 0; write a number such as 5, -1.5, 1e3 or 0xff; put text in quotes"
            ),
        ])
    func text(_ document: String, _ line: String) {
        #expect(JSON5ConformanceTests.read(document).problem == line)
    }

    @Test("stays on one line whatever the file holds")
    func oneLine() {
        let line = JSON5ConformanceTests.read("{ 'a\\n\\u001b[31m': 1, 'a\\n\\u001b[31m': 2 }").problem ?? ""
        #expect(line.contains(#"\u{a}\u{1b}[31m"#))
        #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }

    @Test("names the place of bytes that are no UTF-8")
    func encoding() {
        var diagnostics = Diagnostics()
        let bytes = Array("{ a: 1,\n é".utf8) + [0xff] + Array("}".utf8)
        #expect(JSON5.parse(bytes, file: "f", into: &diagnostics)?.value == nil)
        #expect(
            diagnostics.all.map(\.line) == [
                "error: f: line 2, column 3: this is no UTF-8 text; save the file as UTF-8"
            ])
    }
}

@Suite("Reading JSON5 is bounded") struct JSON5LimitTests {
    @Test("in depth", arguments: ["[", "{a:"])
    func depth(_ opener: String) {
        let closer = opener == "[" ? "]" : "}"
        func nested(_ depth: Int) -> String {
            String(repeating: opener, count: depth) + "1" + String(repeating: closer, count: depth)
        }
        #expect(JSON5ConformanceTests.read(nested(Limits.jsonDepth)).value != nil)
        let problem = JSON5ConformanceTests.read(nested(Limits.jsonDepth + 1)).problem
        #expect(problem?.contains("nested more than 128 deep; write it flatter") == true)
    }

    @Test("in unclosed depth")
    func openDepth() {
        #expect(JSON5ConformanceTests.read(String(repeating: "[", count: 1_000_000)).value == nil)
    }

    @Test("in size")
    func size() {
        let line = JSON5ConformanceTests.read(String(repeating: " ", count: Limits.routeFileBytes + 1)).problem
        #expect(line == "error: f: line 1, column 1: the file is larger than 4MiB; split it into smaller files")
    }
}

@Suite("Any bytes") struct JSON5FuzzTests {
    @Test("are read or refused, never more", arguments: UInt64(1)...40)
    func mutated(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        let sample = Array(
            #"{a: [1, -0x1F, .5e+3, NaN], 'b': "t\u00e9\x41\n\uD83D\uDE00", /* c */ $d: {e: null,},} // f"#.utf8)
        for _ in 0..<250 {
            var bytes = sample
            for _ in 0...Int.random(in: 0..<6, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(sample.randomElement(using: &random) ?? 0, at: place)
                default: bytes.removeLast(min(place, bytes.count - 1))
                }
            }
            var diagnostics = Diagnostics()
            let node = JSON5.parse(bytes, file: "f", into: &diagnostics)
            #expect((node == nil) == diagnostics.hasErrors)
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
