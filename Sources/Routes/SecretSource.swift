package import Crypto
internal import Domain

/// How a secret is named: `env:NAME`, `file:PATH`, or, with a warning, itself.
package enum SecretSource: Sendable, Equatable {
    case variable(String)
    case file(String)
    case literal(String)

    package init(_ text: String) {
        if text.hasPrefix("env:") {
            self = .variable(String(text.dropFirst(4)))
        } else if text.hasPrefix("file:") {
            self = .file(String(text.dropFirst(5)))
        } else {
            self = .literal(text)
        }
    }

    package var isLiteral: Bool {
        if case .literal = self { true } else { false }
    }
}

/// Reads secrets from where they are kept. Nothing it reports holds one.
package struct SecretReader: Sendable {
    private let surroundings: Surroundings
    private let directory: String

    /// - Parameter directory: what relative paths begin at; empty for the working directory.
    package init(_ surroundings: Surroundings, directory: String = "") {
        self.surroundings = surroundings
        self.directory = directory
    }

    /// One line end at the end of a file does not count: editors put it there. White space alone is no secret.
    package func read(_ source: SecretSource) -> Result<Secret, SecretProblem> {
        switch source {
        case .variable(let name):
            guard !name.isEmpty else { return .failure(.nameless(form: "env:NAME")) }
            guard let value = surroundings.environment[name] else { return .failure(.unset(variable: name)) }
            return Self.secret(Array(value.utf8), from: "variable \(name)")
        case .file(let path):
            guard !path.isEmpty else { return .failure(.nameless(form: "file:PATH")) }
            let place = resolve(path)
            switch surroundings.readFile(place, Limits.secretBytes) {
            case .failure(let problem): return .failure(.unreadable(file: place, problem))
            case .success(var bytes):
                if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
                if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
                return Self.secret(bytes, from: "file \(place)")
            }
        case .literal(let text):
            return Self.secret(Array(text.utf8), from: "the value")
        }
    }

    package func resolve(_ path: String) -> String {
        path.hasPrefix("/") || directory.isEmpty ? path : "\(directory)/\(path)"
    }

    func file(at place: String, most: Int) -> Result<[UInt8], FileProblem> { surroundings.readFile(place, most) }

    private static func secret(_ bytes: [UInt8], from place: String) -> Result<Secret, SecretProblem> {
        let isBlank = bytes.allSatisfy { $0 == 0x20 || (0x09...0x0d).contains($0) }
        return isBlank ? .failure(.empty(place)) : .success(Secret(bytes))
    }
}

package enum SecretProblem: Error, Sendable, Equatable {
    case unset(variable: String)
    case empty(String)
    case unreadable(file: String, FileProblem)
    case nameless(form: String)

    package var text: String {
        switch self {
        case .unset(let variable): "variable \(variable) is not set"
        case .empty(let place): "\(place) is empty"
        case .unreadable(let file, let problem): "file \(file) \(problem.text)"
        case .nameless(let form): "\(form) names nothing"
        }
    }

    package var cure: String {
        switch self {
        case .unset(let variable) where variable.hasPrefix("$") || variable.contains(where: \.isWhitespace):
            "write env:NAME, without \"$\" and spaces"
        case .unset: "set it in the gateway's environment"
        case .empty: "put the secret there"
        case .unreadable(_, .missing): "put the secret there, or correct the path"
        case .unreadable(_, .notRegular): "name a file"
        case .unreadable: "let the gateway's user read it"
        case .nameless: "name where the secret is kept"
        }
    }
}
