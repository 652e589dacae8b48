internal import Config

/// Help, made from the command table; no line is longer than 80 columns.
enum HelpText {
    static let width = 80

    static func of(_ command: Command) -> String {
        let usage =
            (["headgate"] + command.path + command.words.map(\.name) + (command.flags.isEmpty ? [] : ["[flags]"]))
            .joined(separator: " ")
        var lines = ["Usage: \(usage)", ""]
        lines += wrap(command.about, indent: 0)
        if !command.words.isEmpty {
            lines.append("")
            for word in command.words { lines += entry(word.name, word.meaning) }
        }
        lines += ["", "Flags:"]
        for flag in command.flags { lines += entry(title(flag), meaning(flag)) }
        lines += entry("-h, --help", "This text.")
        if !command.examples.isEmpty { lines += ["", "Examples:"] + command.examples.map { "  \($0)" } }
        return lines.joined(separator: "\n")
    }

    /// - Parameter path: empty for everything.
    static func of(_ table: CommandTable, under path: [String]) -> String {
        let commands = table.under(path)
        let names = commands.map { ($0.path + $0.words.map(\.name)).joined(separator: " ") }
        let column = (names.map(\.count).max() ?? 0) + 4
        var lines = ["Usage: \((["headgate"] + path).joined(separator: " ")) COMMAND [flags]", ""]
        if path.isEmpty { lines += wrap(about, indent: 0) + [""] }
        for (name, command) in zip(names, commands) {
            let summary = wrap(command.summary, indent: column)
            lines.append(
                "  " + name + String(repeating: " ", count: column - 2 - name.count) + summary[0].dropFirst(column))
            lines += summary.dropFirst()
        }
        lines += ["", "Every command explains itself with -h."]
        return lines.joined(separator: "\n")
    }

    private static let about = """
        headgate takes webhooks in, verifies each once, keeps it in a durable ledger, and sends it on to every subscriber, \
        signed and byte for byte.
        """

    private static func title(_ flag: Flag) -> String {
        [flag.name, flag.value].compactMap { $0 }.joined(separator: " ")
    }

    private static func meaning(_ flag: Flag) -> String {
        let notes = [
            flag.repeats ? "may be given several times" : nil, flag.variable.map { "or \($0)" },
            flag.standard.map { "default \($0)" },
        ].compactMap { $0 }
        return notes.isEmpty ? flag.meaning : "\(flag.meaning) [\(notes.joined(separator: "; "))]"
    }

    private static func entry(_ title: String, _ meaning: String) -> [String] {
        let column = 24
        let body = wrap(meaning, indent: column)
        guard title.count + 4 <= column else { return ["  " + title] + body }
        return ["  " + title + String(repeating: " ", count: column - 2 - title.count) + body[0].dropFirst(column)]
            + body.dropFirst()
    }

    /// Breaks at spaces; line ends in `text` stay.
    static func wrap(_ text: String, indent: Int, width: Int = width) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty, indent + line.count + 1 + word.count > width {
                    lines.append(margin + line)
                    line = ""
                }
                line += line.isEmpty ? String(word) : " \(word)"
            }
            lines.append(line.isEmpty ? "" : margin + line)
        }
        return lines
    }
}
