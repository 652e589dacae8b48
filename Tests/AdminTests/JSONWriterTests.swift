import Domain
import Foundation
import Testing

@testable import Admin

@Suite("JSON")
struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return json.text
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("", #""""#), ("\"\\", #""\"\\""#), ("a\nb\rc\td", #""a\nb\rc\td""#),
        ("\u{0}\u{1b}[31m", #""\u0000\u001b[31m""#), ("\u{7f}\u{9b}", #""\u007f\u009b""#),
        ("</script>", #""\u003c/script>""#),
        ("\u{2028}\u{202e}\u{feff}", #""\u2028\u202e\ufeff""#), ("\u{e0001}", #""\udb40\udc01""#),
        ("Grüße 🎉", #""Grüße 🎉""#),
    ])
    func `escapes what is obeyed and nothing else`(_ value: String, _ expected: String) throws {
        let written = text { $0.string(value) }
        #expect(written == expected)
        let read = try JSONSerialization.jsonObject(with: Data(written.utf8), options: .fragmentsAllowed) as? String
        // Foundation's reader drops a byte order mark: compare what it keeps.
        #expect(read?.unicodeScalars.filter { $0 != "\u{feff}" } == value.unicodeScalars.filter { $0 != "\u{feff}" })
    }

    @Test func `puts commas between values, however deep`() {
        let written = text { json in
            json.object { json in
                json.member("a", 1)
                json.key("b")
                json.array { json in
                    json.object { _ in }
                    json.array { $0.null() }
                    json.bool(true)
                }
                json.member("c", nil as String?)
                json.member("d", "x")
            }
        }
        #expect(written == #"{"a":1,"b":[{},[null],true],"c":null,"d":"x"}"#)
    }

    @Test func `writes a body whole as base64, and as text where it is text`() {
        #expect(text { $0.body(Array("hi".utf8)) } == #"{"size":2,"base64":"aGk=","text":"hi"}"#)
        #expect(text { $0.body([0xff, 0xfe]) } == #"{"size":2,"base64":"//4=","text":null}"#)
        #expect(text { $0.body([]) } == #"{"size":0,"base64":"","text":""}"#)
    }

    @Test func `cuts a body and keeps its size`() {
        #expect(text { $0.body(Array("hello".utf8), most: 2) } == #"{"size":5,"base64":"aGU=","text":"he"}"#)
    }

    @Test func `leaves out the text of a body beyond a mebibyte`() {
        let long = text { $0.body(Array(repeating: 0x61, count: 1 << 20 | 1)) }
        #expect(long.hasSuffix(#","text":null}"#))
    }

    @Test func `shows ids that are no text with replacement characters`() {
        #expect(text { json in json.object { $0.member("id", Bytes([0x61, 0xff])) } } == "{\"id\":\"a\u{fffd}\"}")
    }

    @Test(arguments: [(0, "0.000"), (1, "0.001"), (1234, "1.234"), (5_000_000, "5000.000")])
    func `writes milliseconds with three places`(_ micro: Int, _ expected: String) {
        let span = TimeSpan(microseconds: Int64(micro))
        #expect(text { json in json.object { $0.member("t", milliseconds: span) } } == #"{"t":\#(expected)}"#)
    }
}

@Suite("Times of the API")
struct TimeTextTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", 0), ("2026-01-31T09:30:00Z", 1_769_851_800_000_000),
        ("2026-01-31T10:30:00+01:00", 1_769_851_800_000_000), ("2026-01-31t09:30:00.25z", 1_769_851_800_250_000),
        ("2024-02-29 00:00:00.123456789Z", 1_709_164_800_123_456),
        ("2000-12-31T23:59:59-00:30", 978_309_000_000_000 - 1_000_000 + 0),
    ])
    func `are read`(_ text: String, _ microseconds: Int) {
        #expect(WallTime(rfc3339: text)?.microseconds == Int64(microseconds))
    }

    @Test(arguments: [
        "", "2026-01-31", "2026-01-31T09:30:00", "2026-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-01-31T24:00:00Z", "2026-01-31T09:30:00.Z", "2026-01-31T09:30:00Zx",
        "٢٠٢٦-01-31T09:30:00Z",
    ])
    func `that are none are refused`(_ text: String) { #expect(WallTime(rfc3339: text) == nil) }

    @Test func `beyond what microseconds hold are refused`() { #expect(WallTime(unix: .max) == nil) }
}
