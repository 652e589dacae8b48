internal import Config
internal import Crypto
internal import Routes

/// One verb: a row of the command table, from which its reader, its help and its refusals are made.
struct Command: Sendable {
    /// An argument that is no flag.
    struct Word: Sendable {
        let name: String
        let meaning: String
        /// How many of them may be given.
        var count = 1...1
    }

    /// How many arguments that are no flags it takes.
    var wordCount: ClosedRange<Int> {
        words.map(\.count.lowerBound).reduce(0, +)...words.map(\.count.upperBound).reduce(0, +)
    }

    /// `["events", "show"]`
    let path: [String]
    let words: [Word]
    /// For the list of commands: no full stop, fits half a line.
    let summary: String
    /// Paragraphs.
    let about: String
    let flags: [Flag]
    let examples: [String]
    let run: @Sendable (Invocation) throws -> ExitStatus

    init(
        _ path: String, words: [Word] = [], _ summary: String, about: String, flags: [Flag] = [],
        examples: [String] = [], run: @escaping @Sendable (Invocation) throws -> ExitStatus
    ) {
        self.path = path.split(separator: " ").map(String.init)
        self.words = words
        self.summary = summary
        self.about = about
        self.flags = flags
        self.examples = examples
        self.run = run
    }

    var name: String { path.joined(separator: " ") }
}

/// One command as it was called.
struct Invocation: Sendable {
    let words: [String]
    let values: FlagValues
    let surroundings: Surroundings
    let console: Console

    func isOn(_ flag: String) -> Bool { values.one(flag) != nil }
    func text(_ flag: String) -> String? { values.one(flag)?.text }

    func number(_ flag: String, in range: ClosedRange<Int>, standard: Int) throws -> Int {
        guard let value = values.one(flag) else { return standard }
        guard let number = Int(value.text), range.contains(number) else {
            throw refusal(value, "is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// - Parameter problem: what is wrong with the value, after its text.
    func refusal(_ value: FlagValue, _ problem: String) -> CommandFailure {
        CommandFailure("\(value.origin) \(quoted(value.text)) \(problem); see -h", status: .usage)
    }
}

extension Invocation {
    /// The secret that a value names: `env:NAME`, `file:PATH` or itself.
    func secret(_ value: FlagValue) throws -> Secret {
        switch SecretReader(surroundings).read(SecretSource(value.text)) {
        case .success(let secret): return secret
        case .failure(let problem):
            throw CommandFailure("\(value.origin): \(problem.text); \(problem.cure)", status: .usage)
        }
    }

    /// `NAME=env:VARIABLE`, or without a name: which secret of a route, and its text. `NAME=` cannot be the beginning of a
    /// source: those have a colon first.
    func namedSecret(_ value: FlagValue) throws -> (name: String?, text: String) {
        var (name, text): (String?, String) = (nil, value.text)
        if let equals = text.firstIndex(of: "="), !text[..<equals].contains(":") {
            (name, text) = (String(text[..<equals]), String(text[text.index(after: equals)...]))
        }
        guard !SecretSource(text).isLiteral else {
            throw CommandFailure(
                "every user of this machine can read arguments; write --secret env:NAME or file:PATH", status: .usage)
        }
        let source = FlagValue(text: text, origin: value.origin, isArgument: value.isArgument)
        let secret = try self.secret(source).withBytes { String(validating: $0, as: UTF8.self) }
        guard let secret else { throw CommandFailure("the secret that --secret names is no text", status: .usage) }
        return (name.flatMap { $0.isEmpty ? nil : $0 }, secret)
    }

    /// Several, separated by white space.
    func secrets(_ value: FlagValue) throws -> [Secret] {
        try secret(value).withBytes { bytes in
            bytes.split { $0 == 0x20 || (0x09...0x0d).contains($0) }
                .map { Secret(copying: UnsafeRawBufferPointer(rebasing: $0)) }
        }
    }
}

extension Flag {
    static let json = Flag("--json", nil, "Print JSON, one object a line.")
}
