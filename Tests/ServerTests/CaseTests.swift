import Crypto
import Domain
import Foundation
import HTTPCases
import Server
import Testing
import Wire

private let certificate = Result { try TestCertificate(name: "headgate.test") }

/// Goal: nothing between the machine and a client changes a verdict. Method: each case goes to a server over a socket, then
/// the client stops sending; what the handler was given and what the client was answered must be what the machine alone says
/// to the same bytes and the same end.
@Suite("Every case over a socket", .timeLimit(.minutes(5))) struct CaseTests {
    enum Way: CaseIterable, Sendable { case plain, tls }
    enum Pace: CaseIterable, Sendable { case whole, byteByByte }

    @Test("has its verdict", arguments: Way.allCases, Pace.allCases)
    func verdict(_ way: Way, _ pace: Pace) throws {
        let context = way == .tls ? try certificate.get().context() : nil
        let server = try LiveServer { $0.tls = context }
        for sample in Case.all {
            server.on { _, handler in handler.log = [] }
            let client = try server.connect()
            if way == .tls { _ = try client.startTLS() }
            // A refusal may come before the last byte, and end the connection under it.
            try? sample.pieces(pace).forEach { try client.send($0) }
            client.closeWriting()
            let answers = statuses(in: client.restBytes())
            let requests = server.on { _, handler in handler.log ?? [] }
            #expect(answers.count { $0 == 200 } == requests.count, "\(sample)")
            let refusals = answers.filter { $0 != 200 && $0 != 100 }.map { "\($0)" }
            let expected = Conversation.run([sample.input], thenEnd: true, notesInvitations: false)
            #expect((requests + refusals + ["closed"]).joined(separator: " ") == expected, "\(sample)")
        }
    }

    /// Of each answer, in order. That to a HEAD has no body, and is the last.
    private func statuses(in bytes: [UInt8]) -> [Int] {
        var statuses: [Int] = []
        var rest = Conversation.text(bytes)[...]
        while let end = rest.range(of: "\r\n\r\n") {
            let head = rest[..<end.lowerBound]
            guard let status = head.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { break }
            statuses.append(status)
            let length = head.range(of: "Content-Length: ").flatMap {
                Int(head[$0.upperBound...].prefix { $0.isNumber })
            }
            rest = rest[end.upperBound...].dropFirst(length ?? 0)
        }
        return statuses
    }
}

extension Case {
    fileprivate func pieces(_ pace: CaseTests.Pace) -> [[UInt8]] {
        guard pace == .byteByByte else { return [input] }
        // The long ones repeat one byte.
        let length = max(1, input.count / 600)
        return stride(from: 0, to: input.count, by: length).map { Array(input[$0..<min($0 + length, input.count)]) }
    }
}

extension Conversation {
    fileprivate static func text(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { text($0) } }
}
