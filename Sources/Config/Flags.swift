/// One setting of a command: a row of its table, from which its reader, its help and its diagnostics come.
package struct Flag: Sendable {
    /// With its dashes.
    package let name: String
    /// What stands for the value in the help; nil for a switch.
    package let value: String?
    package let variable: String?
    /// What counts when nothing is given, as the help shows it.
    package let standard: String?
    package let repeats: Bool
    /// An empty value says something. Of others it is refused: it comes of a variable that was not set.
    package let mayBeEmpty: Bool
    package let meaning: String

    package init(
        _ name: String, _ value: String? = nil, variable: String? = nil, standard: String? = nil,
        repeats: Bool = false, mayBeEmpty: Bool = false, _ meaning: String
    ) {
        self.name = name
        self.value = value
        self.variable = variable
        self.standard = standard
        self.repeats = repeats
        self.mayBeEmpty = mayBeEmpty
        self.meaning = meaning
    }
}

/// A value and who gave it: `origin` is the flag or the variable, for diagnostics.
package struct FlagValue: Sendable, Equatable {
    package let text: String
    package let origin: String
    /// Given on the command line, where every user of the machine can read it.
    package let isArgument: Bool

    package init(text: String, origin: String, isArgument: Bool) {
        self.text = text
        self.origin = origin
        self.isArgument = isArgument
    }

    package func error(_ problem: String, cure: String) -> Diagnostic {
        Diagnostic(.error, file: origin, path: "", problem: problem, cure: cure)
    }

    package func warning(_ problem: String, cure: String) -> Diagnostic {
        Diagnostic(.warning, file: origin, path: "", problem: problem, cure: cure)
    }
}

/// The settings of one run, as text. A flag wins over its variable; an empty variable counts as not set.
package struct FlagValues: Sendable {
    package private(set) var words: [String] = []
    package private(set) var wantsHelp = false
    private var values: [String: [FlagValue]] = [:]

    package func all(_ flag: String) -> [FlagValue] { values[flag] ?? [] }
    package func one(_ flag: String) -> FlagValue? { values[flag]?.last }

    /// - Parameters:
    ///   - arguments: without the names of the program and the command.
    ///   - words: how many arguments that are no flags the command takes.
    package init(
        _ arguments: [String], of flags: [Flag], environment: [String: String], words allowed: ClosedRange<Int> = 0...0,
        into diagnostics: inout Diagnostics
    ) {
        readVariables(of: flags, in: environment, into: &diagnostics)
        let allKnown = readArguments(arguments, of: flags, into: &diagnostics)
        // What follows an unknown flag may be its value, and a secret.
        if wantsHelp || !allKnown || allowed.contains(words.count) && !words.contains("") { return }
        let problem =
            words.count > allowed.upperBound
            ? "\(quoted(words[allowed.upperBound])) is not expected"
            : words.contains("") ? "an argument is empty" : "an argument is missing"
        diagnostics.report(
            Diagnostic(.error, file: "arguments", path: "", problem: problem, cure: "see -h for what the command takes")
        )
    }

    /// Returns whether every flag is known.
    private mutating func readArguments(
        _ arguments: [String], of flags: [Flag], into diagnostics: inout Diagnostics
    ) -> Bool {
        var given: Set<String> = []
        var allKnown = true
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "-h" || argument == "--help" {
                wantsHelp = true
                continue
            }
            if argument == "--" {
                words += rest
                return allKnown
            }
            guard argument.hasPrefix("-"), argument != "-" else {
                words.append(argument)
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let flag = flags.first(where: { $0.name == parts[0] }) else {
                allKnown = false
                let guess = nearest(to: parts[0], in: flags.map(\.name)).map { "did you mean \($0)?" }
                diagnostics.report(
                    Diagnostic(
                        .error, file: quoted(parts[0]), path: "", problem: "unknown flag",
                        cure: guess ?? "see -h for the flags there are"))
                continue
            }
            let isFirst = given.insert(flag.name).inserted
            guard let text = value(of: flag, inline: parts.count > 1 ? parts[1] : nil, rest: &rest, &diagnostics) else {
                continue
            }
            let value = FlagValue(text: text, origin: flag.name, isArgument: true)
            if text.isEmpty, !flag.mayBeEmpty {
                diagnostics.report(
                    value.error("is empty", cure: "write \(flag.name) \(flag.value ?? ""), or leave it out"))
                continue
            }
            if isFirst { values[flag.name] = [] }  // the variable's no longer count
            if !isFirst, !flag.repeats {
                diagnostics.report(value.error("is given twice", cure: "keep one of them"))
            }
            values[flag.name, default: []].append(value)
        }
        return allKnown
    }

    private func value(
        of flag: Flag, inline: String?, rest: inout ArraySlice<String>, _ diagnostics: inout Diagnostics
    ) -> String? {
        let place = FlagValue(text: "", origin: flag.name, isArgument: true)
        guard let name = flag.value else {
            if inline == nil { return "true" }
            diagnostics.report(place.error("takes no value", cure: "write \(flag.name) alone, or leave it out"))
            return nil
        }
        if let inline { return inline }
        if let next = rest.first, !next.hasPrefix("--") { return rest.popFirst() }
        diagnostics.report(place.error("needs a value", cure: "write \(flag.name) \(name)"))
        return nil
    }

    private mutating func readVariables(
        of flags: [Flag], in environment: [String: String], into diagnostics: inout Diagnostics
    ) {
        for flag in flags {
            guard let variable = flag.variable, let text = environment[variable], !text.isEmpty else { continue }
            let texts = flag.repeats ? text.split { $0 == " " || $0 == "," }.map(String.init) : [text]
            values[flag.name] = texts.map { FlagValue(text: $0, origin: variable, isArgument: false) }
            guard flag.value == nil else { continue }
            switch text.lowercased() {
            case "true", "1", "yes", "on": break
            case "false", "0", "no", "off": values[flag.name] = nil
            default:
                let place = FlagValue(text: text, origin: variable, isArgument: false)
                diagnostics.report(
                    place.error("\(quoted(text)) is neither true nor false", cure: "write true or false"))
            }
        }
    }
}
