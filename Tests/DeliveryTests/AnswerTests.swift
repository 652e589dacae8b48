import CCurl
import Domain
import Testing

@testable import Delivery

@Suite("A subscriber's answer")
struct AnswerTests {
    private func take(_ answer: inout Answer, _ line: String) -> Bool {
        Array((line + "\r\n").utf8).withUnsafeBytes { answer.take(field: $0) }
    }

    @Test("is kept to its first bytes and counted beyond")
    func kept() {
        var answer = Answer()
        _ = take(&answer, "HTTP/1.1 200 OK")
        let chunk = [UInt8](repeating: 7, count: 16 << 10)
        #expect(chunk.withUnsafeBytes { answer.take(body: $0) })
        #expect(answer.kept.count == Limits.keptResponseBytes)
        for _ in 0..<3 { #expect(chunk.withUnsafeBytes { answer.take(body: $0) }) }
        #expect(!chunk.withUnsafeBytes { answer.take(body: $0) })
        #expect(answer.isTooLarge)
    }

    @Test("with endless fields is ended")
    func endlessFields() {
        var answer = Answer()
        var lines = 0
        while take(&answer, "X-Filler: " + String(repeating: "y", count: 1000)), lines < 1000 { lines += 1 }
        #expect(answer.isTooLarge)
        #expect(lines < 70)
    }

    @Test(
        "that contradicts itself about its length is not believed",
        arguments: [
            (["Content-Length: 2", "Content-Length: 3"], true), (["content-length: 2", "Content-Length: 2"], false),
            (["Content-Length: 2", "Transfer-Encoding: chunked"], true),
            (["Transfer-Encoding: chunked", "Content-Length: 2"], true), (["Content-Length: 2"], false),
            (["Content-Lengthy: 2", "Content-Length: 3"], false),
        ] as [([String], Bool)])
    func contradictions(_ lines: [String], _ expected: Bool) {
        var answer = Answer()
        _ = take(&answer, "HTTP/1.1 200 OK")
        for line in lines { _ = take(&answer, line) }
        #expect(answer.isContradictory == expected)
    }

    @Test("begins anew after an interim one")
    func interim() {
        var answer = Answer()
        for line in ["HTTP/1.1 103 Early Hints", "Content-Length: 9", "", "HTTP/1.1 200 OK", "Content-Length: 2"] {
            _ = take(&answer, line)
        }
        #expect(!answer.isContradictory)
        #expect(String(decoding: answer.kept, as: UTF8.self).hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test(
        "becomes an outcome by code and status together",
        arguments: [
            (CURLE_OK, 200, Outcome.ok), (CURLE_OK, 299, .ok), (CURLE_OK, 302, .http), (CURLE_OK, 500, .http), (CURLE_OK, 101, .http),
            (CURLE_PARTIAL_FILE, 200, .protocol), (CURLE_RECV_ERROR, 200, .reset), (CURLE_GOT_NOTHING, 0, .reset),
            (CURLE_COULDNT_RESOLVE_HOST, 0, .dns), (CURLE_COULDNT_CONNECT, 0, .connect),
            (CURLE_PEER_FAILED_VERIFICATION, 0, .tls), (CURLE_SSL_CONNECT_ERROR, 0, .tls),
            (CURLE_UNSUPPORTED_PROTOCOL, 0, .protocol), (CURLE_WEIRD_SERVER_REPLY, 0, .protocol),
        ] as [(CURLcode, Int32, Outcome)])
    func outcomes(_ code: CURLcode, _ status: Int32, _ expected: Outcome) {
        let end = TransferEnd(
            code: code, status: status, isBlocked: false, isTooLarge: false, isContradictory: false, wasSent: true)
        #expect(Outcome(end) == expected)
    }

    @Test("our own verdicts come before curl's code, and a timeout knows whether the request was out")
    func ownVerdicts() {
        var end = TransferEnd(
            code: CURLE_OPERATION_TIMEDOUT, status: 0, isBlocked: false, isTooLarge: false, isContradictory: false, wasSent: false)
        #expect(Outcome(end) == .timeoutBeforeSend)
        end.wasSent = true
        #expect(Outcome(end) == .timeoutAfterSend)
        end.isTooLarge = true
        #expect(Outcome(end) == .tooLarge)
        end.isBlocked = true
        #expect(Outcome(end) == .blocked)
        let contradiction = TransferEnd(
            code: CURLE_OK, status: 200, isBlocked: false, isTooLarge: false, isContradictory: true, wasSent: true)
        #expect(Outcome(contradiction) == .protocol)
    }
}
