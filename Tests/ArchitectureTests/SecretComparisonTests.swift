import Testing

private let judges = ["Crypto", "Signatures", "Server", "Admin", "Intake", "Routes"]
    .flatMap { Repository.files(under: "Sources/\($0)", "swift") }
private let place = "Sources/Crypto/ConstantTime.swift"

/// As far as a text can tell: secrets, MACs and tokens are compared by one function, whose time depends on lengths alone.
@Suite("A comparison of secrets")
struct SecretComparisonTests {
    @Test(arguments: judges)
    func `goes through the one function`(in file: SourceFile) {
        for (number, line) in codeLines(of: file) where file.path != place {
            // Paths of routes are no secrets.
            let isPath = file.path == "Sources/Routes/PathIndex.swift"
            #expect(isPath || !line.contains(/\w*(memcmp|bcmp|strcmp|timingsafe)\w*\(/), "\(file.path):\(number)")
            #expect(!comparesSecrets(line), "\(file.path):\(number) compares what may be secret: \(line)")
        }
    }

    /// The compiler then refuses `==`, `contains`, `elementsEqual` and a key of a dictionary.
    @Test func `cannot be spelt with operators`() {
        for file in Repository.files(under: "Sources", "swift") {
            let conforms = /extension\s+Secret\s*:[^{]*\b(Equatable|Hashable|Comparable|Sequence|Collection)\b/
            #expect(!file.text.contains(conforms), "\(file.path) makes secrets comparable")
        }
    }

    @Test func `is where it is expected`() {
        let users = judges.filter { $0.text.contains("equalInConstantTime(") && $0.path != place }.map(\.path)
        for expected in [
            "Sources/Admin/Access/Access.swift", "Sources/Signatures/Verifiers/Candidates.swift",
            "Sources/Signatures/Verifiers/CredentialChecks.swift", "Sources/Signatures/Tokens/JWTCheck.swift",
            "Sources/Signatures/Verifiers/Schemes.swift",
        ] { #expect(users.contains(expected), "\(expected) compares in another way") }
    }

    @Test(arguments: [
        ("if mac == expected { return true }", true), ("secret.elementsEqual(other)", true),
        ("guard token != given else", true), ("digest.starts(with: wanted)", true),
        ("if signature.count == 64 {", false), ("if secret == nil {", false), ("key.kind == algorithm.keyKind", false),
        (#"default: text(node["type"]) == "signature" ? .pem : nil"#, false), ("if mac == 0 {", false),
    ])
    func `is recognised by its words`(_ line: String, _ expected: Bool) {
        #expect(comparesSecrets(line[...]) == expected)
    }
}

private func codeLines(of file: SourceFile) -> [(Int, Substring)] {
    file.lines.enumerated().map { number, line in
        (number + 1, line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line)
    }
}

private func comparesSecrets(_ line: Substring) -> Bool {
    let words = /(?i)\b\w*(secret|digest|signature|token|password|bearer|expected|candidate|mac)\b/.wordBoundaryKind(
        .simple)
    // What is compared with these is no secret: lengths, kinds, names, the absence of something, a text of the program.
    let harmless = /^(nil|true|false|\d.*|\.\w.*|UInt8\(ascii.*|".*|Self\.\w+.*)$|([cC]ount|[kK]ind|name|size)$/
    for match in line.matches(of: /([\w.)\]?!]+)\s(?:==|!=)\s([^\s,)]+)/) {
        let sides = [match.1, match.2]
        if sides.contains(where: { $0.contains(words) }), !sides.contains(where: { $0.contains(harmless) }) {
            return true
        }
    }
    return line.contains(/elementsEqual|lexicographicallyPrecedes|starts\(with|hasPrefix/) && line.contains(words)
        && !line.contains(/\.utf8\)/)
}
