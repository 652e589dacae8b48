internal import Config
internal import Routes

/// All commands: finds the one that is meant, reads its arguments, runs it.
struct CommandTable: Sendable {
    let commands: [Command]

    func run(_ arguments: [String], surroundings: Surroundings, console: Console) -> ExitStatus {
        do {
            return try run(asked(arguments), surroundings, console)
        } catch let failure as CommandFailure {
            complain(failure.message, console)
            return failure.status
        } catch {
            complain("\(error)", console)
            return .failure
        }
    }

    /// A failure of several lines is a list of diagnostics, which begin with their severity.
    private func complain(_ message: String, _ console: Console) {
        let lines = message.split(separator: "\n").map { onOneLine(String($0)) }
        if lines.count == 1 { console.complain("headgate: \(lines[0])") } else { lines.forEach(console.complain) }
    }

    /// What the arguments ask for.
    enum Asked {
        case version
        /// Of everything, or of the commands that begin with these words.
        case help([String])
        case command(Command, [String])
    }

    private func run(_ asked: Asked, _ surroundings: Surroundings, _ console: Console) throws -> ExitStatus {
        switch asked {
        case .version:
            console.print("headgate \(Version.text)")
            return .success
        case .help(let path):
            console.print(HelpText.of(self, under: path))
            return .success
        case .command(let command, let rest):
            return try run(command, rest, surroundings, console)
        }
    }

    private func run(
        _ command: Command, _ arguments: [String], _ surroundings: Surroundings, _ console: Console
    ) throws -> ExitStatus {
        var diagnostics = Diagnostics()
        let values = FlagValues(
            arguments, of: command.flags, environment: surroundings.environment,
            words: command.wordCount, into: &diagnostics)
        if values.wantsHelp {
            console.print(HelpText.of(command))
            return .success
        }
        guard !diagnostics.hasErrors else {
            for diagnostic in diagnostics.all { console.complain(diagnostic.line) }
            console.complain("see headgate \(command.name) -h")
            return .usage
        }
        return try command.run(
            Invocation(words: values.words, values: values, surroundings: surroundings, console: console))
    }

    func asked(_ arguments: [String]) throws -> Asked {
        var path: [String] = []
        for (place, word) in arguments.enumerated() {
            switch word {
            case "-h", "--help": return .help(path)
            case "--version" where place == 0, "version" where place == 0: return .version
            case "help" where place == 0: return try help(Array(arguments.dropFirst()))
            default: break
            }
            guard !word.hasPrefix("-") else { throw unknownFlag(word, after: path) }
            path.append(word)
            let next = arguments[(place + 1)...].first
            // `providers show` is no `providers` with a word too many.
            if let next, !next.hasPrefix("-"), !under(path + [next]).isEmpty { continue }
            if let command = commands.first(where: { $0.path == path }) {
                return .command(command, Array(arguments[(place + 1)...]))
            }
            guard !under(path).isEmpty else { throw unknown(path) }
        }
        throw incomplete(path)
    }

    private func help(_ path: [String]) throws -> Asked {
        if let command = commands.first(where: { $0.path == path }) { return .command(command, ["--help"]) }
        guard !under(path).isEmpty else { throw unknown(path) }
        return .help(path)
    }

    /// The commands whose names begin so.
    func under(_ path: [String]) -> [Command] { commands.filter { $0.path.starts(with: path) } }

    private func unknown(_ path: [String]) -> CommandFailure {
        let word = path.last ?? ""
        let siblings = under(path.dropLast()).map { $0.path[path.count - 1] }
        let advice = nearest(to: word, in: siblings).map { "did you mean \($0)? " } ?? ""
        let before = (["headgate"] + path.dropLast()).joined(separator: " ")
        return CommandFailure("\(quoted(word)) is no command; \(advice)see \(before) -h", status: .usage)
    }

    private func unknownFlag(_ flag: String, after path: [String]) -> CommandFailure {
        CommandFailure(
            "\(quoted(flag)) stands before a command; see \((["headgate"] + path).joined(separator: " ")) -h",
            status: .usage)
    }

    private func incomplete(_ path: [String]) -> CommandFailure {
        let verbs = Set(under(path).map { $0.path[path.count] }).sorted().joined(separator: ", ")
        let before = (["headgate"] + path).joined(separator: " ")
        return CommandFailure("say which command: \(verbs); see \(before) -h", status: .usage)
    }
}
