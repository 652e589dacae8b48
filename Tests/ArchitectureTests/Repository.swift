import Foundation
import Testing

/// The working copy that this test was compiled from.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Built or written by tools, and named in .gitignore: not part of the product.
    static let ignored: Set<String> = ["data", "Package.resolved", "__pycache__"]

    static func entries(of directory: String) -> [String] {
        let path = root.appending(path: directory).path(percentEncoded: false)
        return (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? []
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path(percentEncoded: false))
    }

    /// Every file under `directory` whose name ends in one of `extensions`, with its lines.
    static func files(under directory: String, _ extensions: String...) -> [SourceFile] {
        guard let walker = FileManager.default.enumerator(atPath: root.appending(path: directory).path) else {
            return []
        }
        return walker.compactMap { $0 as? String }
            .filter { path in
                extensions.contains { path.hasSuffix(".\($0)") }
                    && ignored.isDisjoint(with: path.split(separator: "/").map(String.init))
            }
            .sorted()
            .compactMap { path in
                (try? text("\(directory)/\(path)")).map { SourceFile(path: "\(directory)/\(path)", text: $0) }
            }
    }
}

struct SourceFile: Sendable, CustomTestStringConvertible {
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var testDescription: String { path }
}
