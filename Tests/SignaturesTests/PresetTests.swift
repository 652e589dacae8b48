import Config
import Crypto
import Domain
import Testing

@testable import Signatures

@Suite("A preset") struct PresetTests {
    @Test("can be read, and names the event in a way that can be read", arguments: Preset.all)
    func readable(_ preset: Preset) {
        #expect(preset.node.value != .null)
        #expect(preset.id.map { Extractor($0) != nil } ?? true)
        #expect(preset.type.map { Extractor($0) != nil } ?? true)
        #expect((200...299).contains(preset.ack.status))
        #expect(preset.ack.body.isEmpty == (preset.ack.type == nil))
        #expect(preset.docs?.hasPrefix("https://") ?? true)
    }

    @Test("has a name of its own")
    func names() { #expect(Set(Preset.names).count == Preset.all.count) }

    @Test("says what its verifier says in the recorded catalogue, or differs on purpose", arguments: Preset.all)
    func catalogue(_ preset: Preset) {
        /// The fixture's texts have: a first element alone, a fixed address list, no guard against dots in ids or against values that give
        /// characters to their neighbours, no repeated fields, Python's True.
        let differing: Set<String> = [
            "adyen", "microsoft-graph", "fluxvend-core", "mollie", "google-pubsub", "standard-webhooks",
            "standard-webhooks-ed25519", "svix",
            "svix-ed25519", "openai", "gitlab-signing-token", "alfred", "mailgun", "mailgun-form",
        ]
        guard let recorded = VectorFile.shared.presets[preset.name], !differing.contains(preset.name) else { return }
        #expect(sorted(preset.node.value) == sorted(recorded.value))
    }

    /// The catalogue's keys are all kept, and its secrets all given.
    private var beside: Set<String> { ["fetch", "requireGiven"] }

    private func sorted(_ value: ConfigValue) -> ConfigValue {
        switch value {
        case .object(let members):
            .object(
                members.filter { !beside.contains($0.key) }.sorted { $0.key < $1.key }
                    .map { .init(key: $0.key, value: sorted($0.value)) })
        case .array(let values): .array(values.map(sorted))
        case .null, .bool, .number, .string: value
        }
    }

    @Test("of Standard Webhooks takes no id with a dot, which could move into the timestamp")
    func dots() throws {
        let key = Base64.encode(Array("a key of twenty-four bytes".utf8))
        let mac = hmac("a.1800000000.1800000000.x", key: "a key of twenty-four bytes")
        let signature = "v1," + Base64.encode(Hex.decode(mac) ?? [])
        let fields = [
            ("webhook-id", "a.1800000000"), ("webhook-timestamp", "1800000000"), ("webhook-signature", signature),
        ]
        #expect(
            try check(#""standard-webhooks""#, request(fields, "x"), secrets: ["SECRET": [key]]).refusal
                == .fieldMalformed)
    }

    @Test("finds the event's id and type where its provider puts them")
    func extraction() throws {
        let github = try #require(Preset.named("github"))
        let sample = request([("X-GitHub-Delivery", "d-1"), ("X-GitHub-Event", "push")], "{}")
        #expect(sample.withView { Extractor(github.id ?? "")?.bytes(in: $0)?.text } == "d-1")
        #expect(sample.withView { Extractor(github.type ?? "")?.bytes(in: $0)?.text } == "push")
    }
}

@Suite("An extractor") struct ExtractorTests {
    @Test(
        "finds a text, or several joined",
        arguments: [
            ("json:event_id", "e-1"), ("json:n", "12345678901234567890"), ("header:X-Id", "h-1"), ("query:id", "q 1"),
            ("{json:type}:{json:event_id}", "t:e-1"), ("{json:event_id}{json:none?}", "e-1"), ("json:type|upper", "T"),
            ("json:none", nil), ("{json:type}:{json:none}", nil), ("header:X-Twice", nil), ("json:empty", nil),
            ("json:twice", nil),
            ("json:long", nil), ("json:null", nil), ("json:line", nil),
        ] as [(String, String?)])
    func finds(_ text: String, _ expected: String?) throws {
        let long = String(repeating: "x", count: Limits.eventNameBytes + 1)
        let twice = text == "json:twice" ? #","twice":1,"twice":1"# : ""
        let body =
            #"{"event_id":"e-1","type":"t","n":12345678901234567890,"empty":"","null":null,"line":"a\r\nb","long":"\#(long)"\#(twice)}"#
        let sample = request([("x-id", "h-1"), ("X-Twice", "1"), ("X-Twice", "2")], url: "/in?id=q+1", body)
        let extractor = try #require(Extractor(text))
        #expect(sample.withView { extractor.bytes(in: $0)?.text } == expected)
    }

    @Test(
        "finds the text of every element, without repeats",
        arguments: [
            ("json:*.t", #"[{"t":"a"},{"t":"b"},{"t":"a"},{"x":1}]"#, ["a", "b"]), ("json:*.t", "[]", []),
            ("json:*.t", #"{"t":"a"}"#, []), ("json:v.*.t", #"{"v":[{"t":1},{"t":null},{"t":""}]}"#, ["1"]),
            ("json:v.*.w.*.t", #"{"v":[{"w":[{"t":"a"}]},{"w":[{"t":"b"},{"t":"c"}]}]}"#, ["a", "b", "c"]),
            ("json:*", #"["a",2]"#, ["a", "2"]), ("json:*.t", #"[{"t":"a"},{"t":"b","t":"c"}]"#, []),
        ])
    func every(_ text: String, _ body: String, _ expected: [String]) throws {
        let extractor = try #require(Extractor(text))
        #expect(extractor.isEvery)
        #expect(request([], body).withView { extractor.all(in: $0).map(\.text) } == expected)
        let joined = request([], body).withView { extractor.bytes(in: $0)?.text }
        #expect(joined == (expected.isEmpty ? nil : expected.joined(separator: ",")))
    }

    @Test("looks at no more elements than a body may have")
    func bound() throws {
        let extractor = try #require(Extractor("json:*"))
        func count(_ elements: Int) -> Int {
            let body = "[" + Array(repeating: "1", count: elements).joined(separator: ",") + "]"
            return request([], body).withView { extractor.all(in: $0).count }
        }
        #expect(count(Limits.batchItems) == 1)
        #expect(count(Limits.batchItems + 1) == 0)
    }

    @Test("joins parts of each element")
    func joined() {
        let body =
            #"{"live":true,"items":[{"id":"1","type":"A"},{"id":"2"},{"type":"B","id":"3"},{"id":"1","type":"A"}]}"#
        let extractor = Extractor("{json:items.*.type|lower}:{json:items.*.id}")
        #expect(request([], body).withView { extractor?.all(in: $0).map(\.text) } == ["a:1", "b:3"])
        #expect(request([], body).withView { extractor?.bytes(in: $0)?.text } == "a:1,b:3")
        let mixed = Extractor("{json:live}:{json:items.*.type}")
        #expect(request([], body).withView { mixed?.bytes(in: $0)?.text } == "true:A,true:B")
    }

    @Test("of a form finds its fields, and nothing in a body that is no JSON")
    func others() {
        #expect(request([], "a=1&b=%C3%A4").withView { Extractor("form:b")?.bytes(in: $0)?.text } == "ä")
        #expect(request([], "no json").withView { Extractor("json:a")?.bytes(in: $0) } == nil)
    }

    @Test(
        "is refused when it names no part of a request",
        arguments: [
            "{json:a.*.x}:{json:b.*.y}", "{json:a.*.*}:{json:b}", "", "jsn:a", "json:", "{json:a", "{secret:A}", "url",
            "{sig:t}",
        ])
    func refused(_ text: String) { #expect(Extractor(text) == nil) }
}
