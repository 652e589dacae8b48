import Config
import Domain
import Testing

@Suite("A typed reader") struct ReaderTests {
    static func node(_ text: String) throws -> ConfigNode {
        var diagnostics = Diagnostics()
        let node = try #require(JSON5.parse(Array(text.utf8), file: "f", into: &diagnostics))
        return try #require(node["x"])
    }

    static func problems(_ value: String, _ read: (ConfigNode, inout Diagnostics) -> Void) throws -> [String] {
        var diagnostics = Diagnostics()
        read(try node("{x: \(value)}"), &diagnostics)
        return diagnostics.all.map(\.line)
    }

    @Test(
        "reads durations",
        arguments: [
            ("250ms", 250_000), ("5s", 5_000_000), ("2m", 120_000_000), ("1h", 3_600_000_000), ("1d", 86_400_000_000),
        ])
    func durations(_ text: String, _ microseconds: Int64) {
        #expect(Quantity.duration(text) == TimeSpan(microseconds: microseconds))
    }

    @Test("refuses other durations", arguments: ["", "5", "s", "5 s", "-5s", "1.5s", "5S", "99999999999999d", "５s"])
    func noDurations(_ text: String) { #expect(Quantity.duration(text) == nil) }

    @Test(
        "reads sizes",
        arguments: [("512", 512), ("512B", 512), ("64KB", 64_000), ("1MiB", 1 << 20), ("2gib", 2 << 30), ("0", 0)])
    func sizes(_ text: String, _ bytes: Int) { #expect(Quantity.bytes(text) == bytes) }

    @Test("refuses other sizes", arguments: ["", "MiB", "1 MiB", "1M", "-1", "9999999999GiB", "1.5MiB"])
    func noSizes(_ text: String) { #expect(Quantity.bytes(text) == nil) }

    @Test("reads rates", arguments: [("100/s", 100, 1), ("600/m", 600, 60), ("5/h", 5, 3600)])
    func rates(_ text: String, _ count: Int, _ seconds: Int64) {
        #expect(Quantity.rate(text) == Rate(count: count, per: .seconds(seconds)))
    }

    @Test("refuses other rates", arguments: ["0/s", "100", "100/", "/s", "100/ms", "100/d", "100/2s", "-1/s"])
    func noRates(_ text: String) { #expect(Quantity.rate(text) == nil) }

    @Test("writes durations and sizes in their largest unit")
    func texts() {
        #expect(Quantity.text(TimeSpan.seconds(90)) == "90s")
        #expect(Quantity.text(TimeSpan.seconds(86400 * 7)) == "7d")
        #expect(Quantity.text(TimeSpan.zero) == "0ms")
        #expect(Quantity.text(bytes: 1 << 20) == "1MiB")
        #expect(Quantity.text(bytes: 1000) == "1000B")
    }

    @Test(
        "reads whole numbers",
        arguments: [
            ("5", 5), ("+5", 5), ("-5", -5), ("0x1F", 31), ("-0x1", -1), ("1e3", nil), ("5.0", nil),
            ("0x8000000000000000", nil),
        ])
    func integers(_ text: String, _ number: Int?) { #expect(wholeNumber(text) == number) }

    @Test("reads decimal numbers", arguments: [(".5", 0.5), ("5.", 5.0), ("1e-1", 0.1), ("0x10", 16.0)])
    func decimals(_ text: String, _ number: Double) { #expect(decimalNumber(text) == number) }

    @Test("takes neither infinity nor NaN for a decimal number", arguments: ["Infinity", "-Infinity", "NaN", "1e999"])
    func noDecimals(_ text: String) { #expect(decimalNumber(text) == nil) }

    @Test("says what stands where something else should")
    func mismatches() throws {
        #expect(
            try Self.problems("5") { _ = $0.string(into: &$1) }
                == ["error: f: x: expected a string, found a number; put it in quotes"])
        #expect(
            try Self.problems("'true'") { _ = $0.bool(into: &$1) }
                == ["error: f: x: expected a boolean, found a string; write true or false"])
        #expect(
            try Self.problems("7") { _ = $0.int(in: 1...5, into: &$1) }
                == ["error: f: x: 7 is more than 5; write a whole number from 1 to 5"])
        #expect(
            try Self.problems("0.5") { _ = $0.int(in: 1...5, into: &$1) }
                == ["error: f: x: \"0.5\" is no whole number; write a whole number from 1 to 5"])
        #expect(
            try Self.problems("5") { _ = $0.duration(in: .seconds(1)...(.seconds(3600)), into: &$1) } == [
                "error: f: x: expected a duration, found a number; "
                    + "write a duration from 1s to 1h, such as \"250ms\", \"5s\", \"2m\", \"1h\" or \"1d\""
            ])
        #expect(
            try Self.problems("'1 MB'") { _ = $0.byteSize(in: 1...(1 << 20), into: &$1) }
                == ["error: f: x: \"1 MB\" is no size; write a size from 1B to 1MiB, such as \"256KiB\""])
        #expect(
            try Self.problems("'fast'") { _ = $0.rate(into: &$1) }
                == ["error: f: x: \"fast\" is no rate; write a rate such as \"100/s\" or \"600/m\""])
        #expect(
            try Self.problems("'githib'") { _ = $0.word(of: ["gitlab", "github"], into: &$1) }
                == ["error: f: x: \"githib\" is not known; did you mean \"github\"?"])
        #expect(
            try Self.problems("'x'") { _ = $0.word(of: ["gitlab", "github"], into: &$1) }
                == ["error: f: x: \"x\" is not known; write one of \"gitlab\", \"github\""])
        #expect(
            try Self.problems("''") { _ = $0.nonEmptyString(into: &$1) }
                == ["error: f: x: is empty; give it a value, or leave the key out"])
    }

    @Test("names unknown keys with the nearest known one")
    func unknownKeys() throws {
        #expect(
            try Self.problems("{ulr: 1, zzz: 2, url: 3}") { _ = $0.object(keys: ["url", "name"], into: &$1) } == [
                "error: f: x.ulr: unknown key; did you mean url?",
                "error: f: x.zzz: unknown key; known here: url, name",
            ])
        #expect(
            try Self.problems("[]") { _ = $0.object(keys: ["url"], into: &$1) }
                == ["error: f: x: expected an object, found a list; write { key: value, … }"])
    }

    @Test("says the path of a value inside lists and objects")
    func paths() throws {
        let node = try Self.node("{x: [{y: 1}, {y: 2}]}")
        #expect(node.elements[1]["y"]?.path == "x[1].y")
    }
}

@Suite("The nearest word") struct NearestKeyTests {
    @Test(
        "is found through a slip",
        arguments: [
            ("serects", "secrets"), ("Subscribers", "subscribers"), ("subscriber", "subscribers"), ("veryfy", "verify"),
        ])
    func near(_ word: String, _ meant: String) {
        #expect(nearest(to: word, in: ["path", "verify", "secrets", "subscribers"]) == meant)
    }

    @Test("is none when nothing is near", arguments: ["", "xyz", "password", String(repeating: "s", count: 10_000)])
    func far(_ word: String) {
        #expect(nearest(to: word, in: ["path", "verify", "secrets", "subscribers"]) == nil)
    }

    @Test("is the first of equals")
    func tie() { #expect(nearest(to: "bat", in: ["cat", "hat"]) == "cat") }
}
