import Testing

/// The targets as Package.swift declares them, read as text: the manifest writes each with one of five words.
struct Manifest {
    struct Target: Sendable, CustomTestStringConvertible {
        enum Kind: String { case layer, tests, testSupport, cLibrary, executableTarget }
        let kind: Kind
        let name: String
        let dependencies: [String]

        var testDescription: String { name }
        var isTests: Bool { kind == .tests || kind == .testSupport }
        var directory: String { isTests ? "Tests/\(name)" : "Sources/\(name)" }
    }

    let targets: [Target]

    static let current = Manifest()

    private init() {
        let text = (try? Repository.text("Package.swift")) ?? ""
        let code = text.replacing(/\/\/[^\n]*/, with: "")
        let declaration =
            /\b(layer|tests|testSupport|cLibrary|executableTarget)\(\s*(?:name:\s*)?"(\w+)"(?:,\s*(?:on|dependencies):\s*\[([^\]]*)\])?/
        targets = code.matches(of: declaration).compactMap { match in
            Target.Kind(rawValue: String(match.1)).map { kind in
                Target(
                    kind: kind, name: String(match.2),
                    dependencies: (match.3 ?? "").matches(of: /"(\w+)"/).map { String($0.1) })
            }
        }
    }

    var products: [Target] { targets.filter { !$0.isTests } }
    var swiftTargets: [Target] { targets.filter { $0.kind != .cLibrary } }
}

extension SourceFile {
    /// The modules that the file imports, whatever attributes and access levels stand before `import`.
    var imports: Set<String> {
        let statement =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
        return Set(lines.compactMap { line in (try? statement.prefixMatch(in: line)).map { String($0.1) } })
    }
}
