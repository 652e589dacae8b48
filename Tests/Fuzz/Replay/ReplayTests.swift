import Foundation
import Testing

@testable import Signatures

/// Every input that is kept: the seeds of the fuzzer, and whatever it once found, under `found-…`.
@Suite("A kept input", .timeLimit(.minutes(2))) struct ReplayTests {
    @Test("breaks no rule", arguments: KeptInput.all)
    func holds(_ input: KeptInput) throws {
        let target = try #require(FuzzTarget.named(input.target))
        #expect(throws: Never.self) { try target.check(input.bytes) }
    }

    @Test("is there for every target", arguments: FuzzTarget.all.map(\.name))
    func present(_ name: String) { #expect(KeptInput.all.contains { $0.target == name }) }

    @Test("of signatures may be of any preset that knows a secret")
    func presets() {
        let missing = Set(Preset.names).subtracting(Provider.all.map(\.name))
        let open = Preset.all.filter { $0.secrets.isEmpty }.map(\.name)
        #expect(missing.subtracting(open).isEmpty)
    }
}

struct KeptInput: Sendable, CustomTestStringConvertible {
    let target: String
    let name: String
    let bytes: [UInt8]

    var testDescription: String { "\(target)/\(name)" }

    static let all: [KeptInput] = {
        let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Corpus")
        func entries(_ directory: URL) -> [URL] {
            (try? FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)) ?? []
        }
        return entries(corpus).flatMap { folder in
            entries(folder).compactMap { file in
                (try? Data(contentsOf: file)).map {
                    KeptInput(target: folder.lastPathComponent, name: file.lastPathComponent, bytes: Array($0))
                }
            }
        }
    }()
}
