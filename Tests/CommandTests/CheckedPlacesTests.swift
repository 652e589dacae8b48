import Crypto
import Glibc
import Routes
import Testing

@testable import headgate

@Suite("A file that serve will write", .timeLimit(.minutes(1)))
final class CheckedPlacesTests {
    private let directory: String

    init() throws {
        directory = "/tmp/headgate-check-\(try Hex.encode(randomBytes(8)))"
        try #require(mkdir(directory, 0o700) == 0)
    }

    deinit {
        if case .success(let names) = listDirectory(directory) {
            for name in names { unlink("\(directory)/\(name)") }
        }
        rmdir(directory)
    }

    private func lines(_ flags: [String], files: [String: String] = [:]) -> [String] {
        for (name, text) in files {
            guard let file = fopen("\(directory)/\(name)", "w") else { continue }
            fputs(text, file)
            fclose(file)
        }
        let written = Written()
        let surroundings = Surroundings(environment: ["HEADGATE_ADMIN_TOKEN": "a-token-of-thirty-two-characters"])
        _ = CommandTable.headgate.run(
            ["check", "--routes", directory] + flags, surroundings: surroundings, console: written.console)
        return written.output.split(separator: "\n").map(String.init).filter { $0.contains(": --") }
    }

    @Test(arguments: [
        ["--ledger", "/nope/x/ledger.db"], ["--checkpoint-key", "/nope/x"], ["--checkpoint-to", "file:/nope/x"],
    ])
    func `is looked for by the check`(_ flags: [String]) throws {
        let found = lines(flags)
        #expect(found.count == 1)
        #expect(try #require(found.first).hasPrefix("error: \(flags[0]): the directory /nope"))
    }

    @Test func `may lie in a directory that serve makes, and no deeper`() {
        #expect(lines(["--ledger", "\(directory)/new/ledger.db"]) == [])
        #expect(lines(["--ledger", "\(directory)/new/newer/ledger.db"]).count == 1)
    }

    @Test func `must be a key where one is named`() throws {
        let found = lines(["--checkpoint-key", "\(directory)/key"], files: ["key": "junk"])
        #expect(found.count == 1)
        #expect(try #require(found.first).hasPrefix("error: --checkpoint-key: checkpoint key \(directory)/key "))
    }

    @Test func `may be missing, and is made`() {
        #expect(lines(["--checkpoint-key", "\(directory)/key", "--checkpoint-to", "file:\(directory)/points"]) == [])
    }
}
