import Crypto
import Glibc
import Routes
import Testing

@testable import headgate

@Suite("headgate keys new", .timeLimit(.minutes(1)))
struct KeysTests {
    private func told(_ words: [String]) -> (status: headgate.ExitStatus, written: Written) {
        let written = Written()
        let console = Console { written.add($1, to: $0) }
        let status = CommandTable.headgate.run(words, surroundings: Surroundings(environment: [:]), console: console)
        return (status, written)
    }

    @Test(arguments: [("rsa", KeyKind.rsa), ("ec", .p256), ("ed25519", .ed25519)])
    func `prints both halves`(_ type: String, _ kind: KeyKind) throws {
        let output = told(["keys", "new", "--type", type]).written.output
        let key = try PrivateKey(pem: output)
        #expect(key.kind == kind)
        #expect(output.hasSuffix(key.publicPEM))
    }

    @Test func `writes the private half for its owner alone, and over nothing`() throws {
        let path = "/tmp/headgate-key-\(try Hex.encode(randomBytes(8)))"
        defer {
            unlink(path)
            unlink(path + ".pub")
        }
        #expect(told(["keys", "new", "--for", "discord", "--out", path]).status == .success)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let read = try [path, path + ".pub"].map {
            String(decoding: try Routes.readRegularFile($0, 1 << 16).get(), as: UTF8.self)
        }
        #expect(try PrivateKey(pem: read[0]).kind == .ed25519)
        #expect(Hex.decode(String(read[1].dropLast()))?.count == 32)
        let again = told(["keys", "new", "--out", path])
        #expect(again.status == .failure)
        #expect(again.written.complaints == "headgate: \(path) cannot be made: File exists\n")
    }

    @Test(arguments: [["--type", "dsa"], ["--for", "stripe"], ["--for", "nobody"]])
    func `refuses what makes no key`(_ flags: [String]) { #expect(told(["keys", "new"] + flags).status == .usage) }
}
