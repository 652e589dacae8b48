import Config
import Crypto
import Domain
import Testing

@testable import Signatures

@Suite("Secrets beside those of the file", .timeLimit(.minutes(1)))
struct AddedSecretsTests {
    private static let verify =
        #"{ type: "hmac", hash: "sha256", key: KEY, signature: { in: "header:X", encoding: "hex" }, message: "{body}" }"#

    private func spec(
        _ key: String, _ secrets: [String: [String]], adding added: [(String, [String: String])]
    ) -> (spec: VerifierSpec?, problems: [String]) {
        var diagnostics = Diagnostics()
        let spec = VerifierSpec(
            configNode(json5: Self.verify.replacing("KEY", with: key)),
            secrets: secrets.mapValues { $0.map { Secret($0) } },
            adding: added.map { AddedSecrets(label: $0.0, values: $0.1.mapValues { Secret($0) }) }, into: &diagnostics)
        return (spec, diagnostics.all.filter { $0.severity == .error }.map(\.problem))
    }

    private func provenBy(_ spec: VerifierSpec?, signedWith key: String) throws -> String? {
        let verifier = try Verifier(try #require(spec))
        return request([("X", hmac("{}", key: key))], "{}").withView {
            verifier.verify(
                $0, from: IPAddress(v4: 0x7f00_0001), publicURL: nil, at: WallTime(seconds: 1_800_000_000))
        }.proof?.provenBy
    }

    @Test(arguments: [
        ("file", "SECRET"), ("one", "SECRET:a"), ("two", "SECRET:b[old]"), ("three", nil),
    ])
    func `are tried after it, and told by their own label`(_ key: String, _ label: String?) throws {
        let (spec, problems) = spec(
            #""{secret:SECRET}""#, ["SECRET": ["file"]],
            adding: [("a", ["SECRET": "one"]), ("b[old]", ["SECRET": "two"])])
        #expect(problems.isEmpty)
        #expect(spec?.addedLabels == ["a", "b[old]"])
        #expect(try provenBy(spec, signedWith: key) == label)
    }

    @Test func `leave the labels of the file's as they were`() throws {
        let (spec, _) = spec(
            #""{secret:SECRET}""#, ["SECRET": ["one", "two"]], adding: [("a", ["SECRET": "three"])])
        #expect(try provenBy(spec, signedWith: "two") == "SECRET[1]")
    }

    @Test(arguments: [
        ("k1:s1", "KEY+SECRET"), ("k2:s2", "KEY:both+SECRET:both"), ("k1:s3", "KEY+SECRET:half"), ("k1:s2", nil),
        ("k2:s1", nil), ("k2:s3", nil),
    ])
    func `that are joined stand together, what they lack is the file's`(_ key: String, _ label: String?) throws {
        let (spec, problems) = spec(
            #""{secret:KEY}:{secret:SECRET}""#, ["KEY": ["k1"], "SECRET": ["s1"]],
            adding: [("both", ["KEY": "k2", "SECRET": "s2"]), ("half", ["SECRET": "s3"])])
        #expect(problems.isEmpty)
        #expect(try provenBy(spec, signedWith: key) == label)
    }

    @Test func `do not disturb how the file's own are paired`() throws {
        let (spec, problems) = spec(
            #""{secret:KEY}:{secret:SECRET}""#, ["KEY": ["k1", "k2"], "SECRET": ["s1", "s2"]],
            adding: [("half", ["SECRET": "s3"])])
        #expect(problems.isEmpty)
        #expect(try provenBy(spec, signedWith: "k2:s2") == "KEY[1]+SECRET[1]")
        #expect(try provenBy(spec, signedWith: "k2:s3") == "KEY[1]+SECRET:half")
        #expect(try provenBy(spec, signedWith: "k1:s2") == nil)
    }

    @Test func `stand in for what the file lacks, and an empty one for nothing`() throws {
        let key = #""{secret:KEY}:{secret:SECRET}""#
        #expect(
            try provenBy(
                spec(key, ["KEY": ["k"]], adding: [("a", ["SECRET": "s"])]).spec, signedWith: "k:s") == "KEY+SECRET:a")
        #expect(spec(key, ["KEY": ["k"]], adding: [("a", ["OTHER": "s"])]).problems.count == 1)
        #expect(spec(key, [:], adding: [("a", ["SECRET": "s"])]).problems.count == 1, "KEY is missing still")
        #expect(spec(#""{secret:SECRET}""#, [:], adding: [("a", ["SECRET": ""])]).spec == nil)
        #expect(
            spec(#""{secret:SECRET}""#, ["SECRET": ["s", ""]], adding: [("a", ["SECRET": "t"])]).spec == nil,
            "what is wrong in the file stays wrong")
    }

    @Test func `that nothing reads are not in use`() {
        let (spec, _) = spec(#""{secret:SECRET}""#, ["SECRET": ["s"]], adding: [("a", ["OTHER": "x"])])
        #expect(spec?.addedLabels == [])
    }
}
