import Config
import Routes
import Synchronization
import Testing

@testable import headgate

/// What a command wrote.
final class Written: Sendable {
    private let texts = Mutex<[Int32: String]>([:])

    var console: Console { Console { descriptor, text in self.texts.withLock { $0[descriptor, default: ""] += text } } }
    func add(_ text: String, to descriptor: Int32) { texts.withLock { $0[descriptor, default: ""] += text } }
    var output: String { texts.withLock { $0[1] ?? "" } }
    var complaints: String { texts.withLock { $0[2] ?? "" } }
}

extension Command: CustomTestStringConvertible {
    public var testDescription: String { name }
}

private func run(_ arguments: [String], environment: [String: String] = [:]) -> (
    status: headgate.ExitStatus, written: Written
) {
    let written = Written()
    let status = CommandTable.headgate.run(
        arguments, surroundings: Surroundings(environment: environment), console: written.console)
    return (status, written)
}

@Suite("The command line", .timeLimit(.minutes(1)))
struct CommandTableTests {
    static let all = CommandTable.headgate.commands

    @Test(arguments: all, ["-h", "--help"])
    func `every command explains itself`(_ command: Command, _ flag: String) {
        let (status, written) = run(command.path + [flag])
        #expect(status == .success)
        #expect(written.output.hasPrefix("Usage: headgate \(command.name)"))
        #expect(written.complaints.isEmpty)
        for flag in command.flags { #expect(written.output.contains(flag.name)) }
    }

    @Test(arguments: all)
    func `help fits 80 columns`(_ command: Command) {
        let texts = [run(command.path + ["-h"]), run([]), run(["-h"]), run([command.path[0], "-h"])]
        for (_, written) in texts {
            for line in written.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        }
    }

    @Test(arguments: all)
    func `help COMMAND is COMMAND -h`(_ command: Command) {
        #expect(run(["help"] + command.path).written.output == run(command.path + ["-h"]).written.output)
    }

    @Test(arguments: all)
    func `a value that is empty is refused, but for the reason`(_ command: Command) {
        for flag in command.flags where flag.value != nil && flag.name != "--reason" {
            let (status, written) = run(command.path + command.words.map(\.name) + [flag.name, ""])
            #expect(status == .usage && written.complaints.contains("error: \(flag.name): is empty"))
        }
    }

    @Test(arguments: all)
    func `an unknown flag is refused with the nearest one`(_ command: Command) {
        let words = command.words.map(\.name)
        let (status, written) = run(command.path + words + ["--frobnicate"])
        #expect(status == .usage)
        #expect(
            written.complaints.contains("--frobnicate") && written.complaints.contains("headgate \(command.name) -h"))
        guard let known = command.flags.first?.name else { return }
        #expect(run(command.path + words + [known + "x"]).written.complaints.contains("did you mean \(known)?"))
    }

    @Test(arguments: all)
    func `a word too many, or one too few, is refused`(_ command: Command) {
        let tooMany = Array(repeating: "extra", count: command.wordCount.upperBound + 1)
        #expect(run(command.path + tooMany).status == .usage)
        if command.wordCount.lowerBound > 0 { #expect(run(command.path).status == .usage) }
    }

    @Test(arguments: all)
    func `no flag is given twice in a table`(_ command: Command) {
        #expect(Set(command.flags.map(\.name)).count == command.flags.count)
    }

    @Test(arguments: [
        (["chekc"], "did you mean check?"), (["event", "list"], "did you mean events?"),
        (["events", "lst"], "did you mean list?"),
        (["frobnicate"], "headgate -h"), (["events"], "evidence, list, redact, replay, show"),
        ([], "say which command"),
        (["--frobnicate"], "headgate -h"),
        (["help", "frobnicate"], "headgate -h"),
    ])
    func `what is no command is refused with advice`(_ arguments: [String], _ advice: String) {
        let (status, written) = run(arguments)
        #expect(status == .usage)
        #expect(written.output.isEmpty)
        #expect(written.complaints.contains(advice) && written.complaints.hasPrefix("headgate: "))
    }

    @Test func `a word from outside cannot reach the terminal as it is`() {
        let (_, written) = run(["\u{1b}[31mred"])
        #expect(!written.complaints.contains("\u{1b}"))
    }

    @Test(arguments: ["--version", "version"])
    func `tells its version`(_ argument: String) {
        #expect(run([argument]).written.output == "headgate \(Version.text)\n")
    }

    @Test func `a value may follow its flag or an equals sign`() {
        for arguments in [["listen", "--port", "x"], ["listen", "--port=x"]] {
            let (status, written) = run(arguments)
            #expect(status == .usage)
            #expect(written.complaints.contains(#"--port "x" is no number"#))
        }
    }
}

@Suite("check", .timeLimit(.minutes(1)))
struct CheckTests {
    private func surroundings(_ file: String) -> Surroundings {
        Surroundings(
            environment: [
                "HEADGATE_SIGNING_SECRET": "whsec_aGVhZGdhdGUtdGVzdC1zaWduaW5nLXNlY3JldCE=",
                "HEADGATE_ADMIN_TOKEN": "t0kent0kent0ken",
            ],
            readFile: { path, _ in path == "routes/in.json5" ? .success(Array(file.utf8)) : .failure(.missing) },
            fileNames: { _ in .success(["in.json5"]) })
    }

    private func check(_ file: String, _ flags: [String] = []) -> (headgate.ExitStatus, Written) {
        let written = Written()
        let status = CommandTable.headgate.run(
            ["check"] + flags, surroundings: surroundings(file), console: written.console)
        return (status, written)
    }

    private let literal =
        #"{ verify: "github", secrets: { SECRET: "s3cret" }, subscribers: [{ name: "a", url: "http://127.0.0.1:9/" }] }"#

    @Test func `warnings are printed and count only with --strict`() {
        let (status, written) = check(literal)
        #expect(status == .success)
        #expect(written.output.contains("warning: routes/in.json5: secrets.SECRET"))
        #expect(!written.output.contains("s3cret"))
        #expect(check(literal, ["--strict"]).0 == .failure)
    }

    @Test func `an error is printed with its place, and counts`() {
        let (status, written) = check(#"{ verify: "githup", subscribers: [] }"#)
        #expect(status == .failure)
        #expect(written.output.contains("error: routes/in.json5: verify"))
    }
}
