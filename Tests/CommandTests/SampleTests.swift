import Config
import Crypto
import Domain
import Net
import Routes
import Signatures
import Testing

@testable import headgate

@Suite("Samples")
struct SampleTests {
    @Test func `belong to presets that exist, each to one sample`() {
        let named = Sample.all.flatMap(\.presets)
        #expect(Set(named).count == named.count)
        #expect(Set(named).isSubset(of: Preset.names))
    }

    @Test(arguments: [
        ("a{{id}}b", 18), ("{{id:4}}", 4), ("{{id:5}}", 5), ("{{id:128}}", 128), ("{{id:1}}{{id:1}}", 2),
        ("{{uuid}}", 36), ("{{{uuid}}}", 38),
    ])
    func `ids are as long as asked for`(_ text: String, _ count: Int) throws {
        #expect(try Sample.filled(Array(text.utf8)).count == count)
    }

    @Test(arguments: [
        "{id}", "{{uuid", "{{numbers}}", "{{ uuid}}", "{{id", "{{id:}}", "{{id:0}}", "{{id:129}}", "{{id:x}}",
        "{{ident}}", "{{", "{\"a\":{\"b\":{}}}", "",
    ])
    func `everything else stays as it is`(_ text: String) throws {
        #expect(try Sample.filled(Array(text.utf8)) == Array(text.utf8))
    }

    @Test func `bytes that are no text stay as they are`() throws {
        let bytes: [UInt8] = [0xff, 0x00, 0x7b, 0x7b, 0xfe]
        #expect(try Sample.filled(bytes) == bytes)
    }

    @Test func `no two of them have the same id`() throws {
        let body = Array(Sample.of(preset: "hurupay").body.utf8)
        #expect(try Sample.filled(body) != Sample.filled(body))
    }

    /// Signed by the sender, verified by the verifier that intake uses.
    @Test(arguments: Preset.all)
    func `are accepted when signed, and refused when spoiled`(_ preset: Preset) throws {
        let made = try MadeSecrets(VerifierOutline(preset.node))
        var diagnostics = Diagnostics()
        // The address is one of M-Pesa's, whose preset brings its list.
        let source = IPAddress(v4: 0xc4c9_d6c8)
        let spec = try #require(
            VerifierSpec(preset.node, secrets: made.table, allow: [IPRange(source, prefix: 128)], into: &diagnostics),
            "\(diagnostics.all.map(\.line))")
        let (sample, url) = (Sample.of(preset: preset.name), "https://hooks.example.com/in")
        let fields = try sample.fields.map { field in
            let parts = try Sample.filled(field).split(separator: ":", maxSplits: 1)
            return ProviderRequest.Line(String(parts[0]), String(parts[1].dropFirst()))
        }
        let request = ProviderRequest(url: url, fields: fields, body: try Sample.filled(Array(sample.body.utf8)))
        let now = SystemClock().wall()
        let verifier = try Verifier(spec)
        func verify(_ signed: ProviderRequest) -> Verification {
            signed.withView { verifier.verify($0, from: source, publicURL: url, at: now) }
        }
        let signer = ProviderSigner(spec, privateKey: made.key)
        let signed = try signer.sign(request, at: now)
        guard case .accepted = verify(signed) else {
            Issue.record("\(verify(signed))")
            return
        }
        // An event, whose provider's own id and type are found.
        if sample.presets.contains(preset.name) {
            let found = [preset.id, preset.type].compactMap { $0 }.map { text in
                signed.withView { Extractor(text)?.bytes(in: $0) != nil }
            }
            #expect(found.allSatisfy { $0 }, "\(preset.id ?? ""), \(preset.type ?? "")")
            #expect(!signed.body.isEmpty)
        }
        guard !spec.isUnauthenticated else { return }
        guard case .refused = verify(try signer.sign(request, at: now, spoiled: true)) else {
            Issue.record("a spoiled signature was accepted")
            return
        }
    }

    /// A sample that only asked for the URL would be no event.
    @Test(arguments: Preset.all.filter { $0.handshake != nil })
    func `are no handshakes`(_ preset: Preset) throws {
        let made = try MadeSecrets(VerifierOutline(preset.node))
        var diagnostics = Diagnostics()
        let secrets = made.table.merging(["VERIFY_TOKEN": [Secret("a-token-of-mine")]]) { $1 }
        let node = try #require(preset.handshakeNode)
        let handshakes = try #require(Handshake.read(node, secrets: secrets, into: &diagnostics))
        let body = Array(Sample.of(preset: preset.name).body.utf8)
        let request = ProviderRequest(url: "/in", body: try Sample.filled(body))
        #expect(handshakes.allSatisfy { handshake in request.withView { handshake.answer($0) } == nil })
    }

    @Test func `are there for most of the providers`() {
        let without = Preset.all.filter { preset in !Sample.all.contains { $0.presets.contains(preset.name) } }
        #expect(without.count <= 12, "\(without.map(\.name))")
    }
}

@Suite("A payment QR")
struct PaymentCodeTests {
    @Test func `becomes the event that paying it would cause`() throws {
        let code = #"{"a": 23.405500000000000001, "c": "CLAD", "d": "DLtI3g1m2dmFlvMUpUCu", "i": "459"}"#
        let event = String(decoding: try #require(try PaymentCode(Array(code.utf8))?.event()), as: UTF8.self)
        #expect(
            event.contains(#""amount":23.405500000000000001,"currency":"CLAD","destination":"DLtI3g1m2dmFlvMUpUCu""#))
        #expect(event.contains(#""internal_id":"459","transaction_hash":"0x"#))
        #expect(event.hasPrefix(#"{"operation_id":""#))
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"a":1,"c":"C","d":"D"}"#, #"{"a":1,"c":"C","d":"D","i":"I","x":1}"#,
        #"{"a":{},"c":"C","d":"D","i":"I"}"#, #"{"a":1,"c":"","d":"D","i":"I"}"#,
    ])
    func `is not what has other members`(_ text: String) { #expect(PaymentCode(Array(text.utf8)) == nil) }
}
