import Foundation
import Testing

private let sources = Repository.files(under: "Sources", "swift")
private let tests = Repository.files(under: "Tests", "swift", "py", "c", "lua")
private let headers = Repository.files(under: "Sources", "h")
private let scripts = [".make/install", ".make/python", "Makefile", "Dockerfile"].compactMap { path in
    (try? Repository.text(path)).map { SourceFile(path: path, text: $0) }
}
private let selfPath = "Tests/ArchitectureTests/SourceTests.swift"

@Suite("Every source file")
struct SourceTests {
    static let longest = 300

    @Test func `was found`() {
        #expect(!sources.isEmpty && !tests.isEmpty && !headers.isEmpty)
    }

    @Test(arguments: sources + tests + headers)
    func `fits the head`(_ file: SourceFile) {
        // The last line break ends a line, it does not start one.
        let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
        #expect(count <= Self.longest, "\(file.path) has \(count) lines, \(Self.longest) at most: split it by noun")
    }

    @Test(arguments: sources)
    func `proves what the compiler cannot`(_ file: SourceFile) {
        let hatch = /@unchecked\s+Sendable|nonisolated\(unsafe\)|\btry!|\bas!|\bfatalError\(|\bunsafeBitCast\(/
        var explained = false
        for (index, line) in file.lines.enumerated() {
            let comment = line.range(of: "//")
            let code = comment.map { line[..<$0.lowerBound] } ?? line
            guard code.contains(hatch) else {
                // A comment speaks for the unbroken run of lines below it.
                explained = comment != nil && code.allSatisfy(\.isWhitespace)
                continue
            }
            let holds = explained || comment != nil
            #expect(holds, "\(file.path):\(index + 1) needs one line that says why it holds: \(code)")
        }
    }

    @Test(arguments: sources + tests + headers + scripts)
    func `is finished`(_ file: SourceFile) {
        guard file.path != selfPath else { return }
        let promise = /\b(TODO|FIXME|XXX|HACK)\b/
        for (index, line) in file.lines.enumerated() {
            #expect(!line.contains(promise), "\(file.path):\(index + 1) puts something off: \(line)")
        }
    }

    @Test(arguments: sources)
    func `names its noun`(_ file: SourceFile) {
        let vague = /\b(?:class|struct|enum|actor|protocol)\s+(\w*(?:Manager|Helper|Utils?|Utilities|Service))\b/
        for match in file.text.matches(of: vague) {
            Issue.record("\(file.path): \(match.1) hides which one thing it owns")
        }
    }

    /// Swift resolves `Net.Loop` to a member of the type `Net` when module and type share the name.
    @Test(arguments: Manifest.current.products.filter { $0.kind != .cLibrary })
    func `leaves the module's name to the module`(_ target: Manifest.Target) throws {
        let type = try Regex("\\b(?:class|struct|enum|actor|protocol)\\s+\(target.name)\\b")
        for file in Repository.files(under: target.directory, "swift") {
            #expect(!file.text.contains(type), "\(file.path) declares a type named like its module")
        }
    }
}

@Suite("The top level")
struct TopLevelTests {
    @Test func `holds only what belongs there`() {
        let allowed: Set<String> = [
            "Package.swift", "Sources", "Tests", "routes", "Dockerfile", "README.md", "Makefile",
        ]
        let visible = Repository.entries(of: "").filter { !$0.hasPrefix(".") && !Repository.ignored.contains($0) }
        #expect(Set(visible).subtracting(allowed).isEmpty)
    }
}
