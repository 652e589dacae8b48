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

    @Test(arguments: [("a{{id}}b", 18), ("{{id:4}}", 4), ("{{id:5}}", 5), ("{{id:128}}", 128), ("{{id:1}}{{id:1}}", 2)])
    func `ids are as long as asked for`(_ text: String, _ count: Int) throws {
        #expect(try Sample.filled(Array(text.utf8)).count == count)
    }

    @Test(arguments: [
        "{id}", "{{id", "{{id:}}", "{{id:0}}", "{{id:129}}", "{{id:x}}", "{{ident}}", "{{", "{\"a\":{\"b\":{}}}", "",
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
    @Test(arguments: Sample.all.flatMap(\.presets).filter { !["fluxvend-core", "incode-jwt"].contains($0) })
    func `are accepted when signed, and refused when spoiled`(_ preset: String) throws {
        let key = try PrivateKey.generate(.rsa)
        let secrets = ["SECRET", "API_KEY", "API_SECRET", "TOKEN"].map { ($0, [Secret("0123456789abcdef")]) }
        var diagnostics = Diagnostics()
        let spec = try #require(
            VerifierSpec(
                ConfigNode(.string(preset), file: "test"),
                secrets: Dictionary(uniqueKeysWithValues: secrets + [("PUBKEY", [Secret(key.publicPEM)])]),
                allow: [IPRange(.loopback, prefix: 128)], into: &diagnostics),
            "\(diagnostics.all.map(\.line))")
        let sample = Sample.of(preset: preset)
        let request = ProviderRequest(
            url: "http://127.0.0.1/in", fields: [.init("Content-Type", "application/json")],
            body: try Sample.filled(Array(sample.body.utf8)))
        let now = SystemClock().wall()
        let verifier = try Verifier(spec)
        func verify(_ signed: ProviderRequest) -> Verification {
            signed.withView { verifier.verify($0, from: .loopback, publicURL: nil, at: now) }
        }
        let signer = ProviderSigner(spec, privateKey: key)
        guard case .accepted = verify(try signer.sign(request, at: now)) else {
            Issue.record("\(verify(try signer.sign(request, at: now)))")
            return
        }
        guard !spec.isUnauthenticated else { return }
        guard case .refused = verify(try signer.sign(request, at: now, spoiled: true)) else {
            Issue.record("a spoiled signature was accepted")
            return
        }
    }
}
