import Domain
import HTTPCases
import Testing
import Wire

/// Hands the request of `text` over to `look`.
private func withRequest<R>(_ text: String, _ look: (RequestView) -> R) -> R? {
    let queue = ByteQueue()
    latin1(text).withUnsafeBytes { queue.append($0) }
    var machine = Connection(at: MonotonicTime(nanoseconds: 0))
    guard machine.next(in: queue, at: MonotonicTime(nanoseconds: 0)) == .admission else { return nil }
    return look(machine.view(of: queue))
}

private func describe(_ lookup: FieldLookup) -> String {
    switch lookup {
    case .none: "none"
    case .unique(let value): "unique " + Conversation.text(value)
    case .repeated: "repeated"
    }
}

@Suite("A request's fields") struct FieldTests {
    static let text = request("GET / HTTP/1.1", "X-Sig: a=b \r\nTwice: 1\r\ntwice: 2\r\nEmpty:\r\n")

    @Test(
        "are found in any case, once, never, or too often",
        arguments: [
            ("X-Sig", "unique a=b"), ("x-sig", "unique a=b"), ("TWICE", "repeated"), ("empty", "unique "),
            ("x", "none"),
            ("x-sig:", "none"), ("", "none"),
        ])
    func lookup(_ name: String, _ found: String) {
        #expect(withRequest(Self.text) { describe($0.field(name)) } == found)
    }

    @Test("keep order and repeats") func order() {
        let values = withRequest(Self.text) { request in
            var values: [String] = []
            request.forEachValue(of: "twice") { values.append(Conversation.text($0)) }
            request.forEachField { name, _ in values.append(Conversation.text(name)) }
            return values
        }
        #expect(values == ["1", "2", "Host", "X-Sig", "Twice", "twice", "Empty"])
    }

    @Test(
        "give the host; an absolute target's comes first",
        arguments: [
            (request("GET / HTTP/1.1", host: "Host: a:1\r\n"), "a:1"),
            (request("GET http://b:2/ HTTP/1.1", host: "Host: a:1\r\n"), "b:2"),
            (request("GET / HTTP/1.0", host: ""), nil),
        ])
    func host(_ text: String, _ host: String?) {
        #expect(withRequest(text) { $0.host.map { Conversation.text($0) } } == .some(host))
    }

    @Test("have names that are tokens") func names() {
        #expect(FieldName("X-Sig")?.text == "x-sig")
        #expect(FieldName("X Sig") == nil)
        #expect(FieldName("") == nil)
    }
}

@Suite("A form") struct FormTests {
    private func parse(_ text: String) -> [String]? {
        latin1(text).withUnsafeBytes { FormField.parse($0) }?.map {
            String(decoding: $0.name, as: UTF8.self) + "=" + String(decoding: $0.value, as: UTF8.self)
        }
    }

    @Test(
        "is decoded as servers do",
        arguments: [
            ("", []), ("a=b", ["a=b"]), ("a=b&c=d", ["a=b", "c=d"]), ("a", ["a="]), ("a=", ["a="]), ("=b", ["=b"]),
            ("a=b=c", ["a=b=c"]), ("&&a=b&", ["a=b"]), ("a+b=c+d", ["a b=c d"]), ("%61%3D=%C3%A9", ["a==é"]),
            ("a=100%", ["a=100%"]), ("a=%2", ["a=%2"]), ("a=%zz%41", ["a=%zzA"]), ("a=1&a=2", ["a=1", "a=2"]),
        ])
    func decodes(_ text: String, _ pairs: [String]) { #expect(parse(text) == pairs) }

    @Test("of too many pairs is refused") func bound() {
        #expect(parse(String(repeating: "a&", count: FormField.most))?.count == FormField.most)
        #expect(parse(String(repeating: "a&", count: FormField.most + 1)) == nil)
    }

    @Test("shows a repeated name") func repeats() {
        let fields = latin1("a=1&b=2&a=3").withUnsafeBytes { FormField.parse($0) } ?? []
        #expect(fields.value(of: "a") == .repeated)
        #expect(fields.value(of: "b") == .unique(Array("2".utf8)))
        #expect(fields.value(of: "c") == .none)
    }
}
