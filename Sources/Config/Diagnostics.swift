/// What is wrong with a configuration, where, and what to do: one line each. Never holds a secret's value.
package struct Diagnostic: Sendable, Equatable {
    package enum Severity: Sendable, Equatable { case error, warning }

    package let severity: Severity
    package let file: String
    /// Path inside the file: `subscribers[1].url`; empty for the file as a whole.
    package let path: String
    package let problem: String
    package let cure: String

    package init(_ severity: Severity, file: String, path: String, problem: String, cure: String) {
        self.severity = severity
        self.file = file
        self.path = path
        self.problem = problem
        self.cure = cure
    }

    package var line: String {
        let place = path.isEmpty ? file : "\(file): \(path)"
        return onOneLine("\(severity == .error ? "error" : "warning"): \(place): \(problem); \(cure)")
    }
}

/// Gathers diagnostics, so that one run of `check` names everything that is wrong.
package struct Diagnostics: Sendable {
    package private(set) var all: [Diagnostic] = []

    package init() {}

    package mutating func report(_ diagnostic: Diagnostic) { all.append(diagnostic) }

    package var hasErrors: Bool { all.contains { $0.severity == .error } }
}
