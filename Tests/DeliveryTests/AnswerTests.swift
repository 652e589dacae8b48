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
            (["Content-Lengthy: 2", "Content-Length: 3"], false), (["Content-Length: 2, 2"], true),
            (["Content-Length: 2 "], false), (["Content-Length: 2 or so"], true), (["Content-Length:"], true),
            (["Content-Length: -1"], true), (["Content-Length: 99999999999999999999"], true),
            (["Transfer-Encoding: Chunked"], false), (["Transfer-Encoding: gzip, chunked"], true),
            (["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], true), (["Transfer-Encoding:"], true),
        ] as [([String], Bool)])
    func contradictions(_ lines: [String], _ expected: Bool) {
        var answer = Answer()
        var goesOn = take(&answer, "HTTP/1.1 200 OK")
        for line in lines { goesOn = take(&answer, line) }
        #expect(answer.isDoubtful == expected)
        #expect(goesOn != expected, "a doubtful answer is ended, so that its connection is closed")
    }

    @Test("that keeps its loop awake with nothing is ended")
    func turns() {
        var answer = Answer()
        var turns = 0
        while answer.takeTurn() { turns += 1 }
        #expect(turns == Limits.responseTurns)
        #expect(answer.isTooLarge)
        answer.reset()
        let goesOn = answer.takeTurn()
        #expect(goesOn)
    }

    @Test(
        "behind TLS has its turns counted once it says that it is HTTP/1",
        arguments: [("HTTP/1.1 200 OK", true), ("HTTP/1.0 200 OK", true), ("HTTP/2 200", false)])
    func turnsBehindTLS(_ line: String, _ isCounted: Bool) {
        var answer = Answer()
        answer.reset(isClear: false)
        for _ in 0...Limits.responseTurns { _ = answer.takeTurn() }
        #expect(!answer.isTooLarge, "the streams of one connection share its turns")
        _ = take(&answer, line)
        for _ in 0...Limits.responseTurns { _ = answer.takeTurn() }
        #expect(answer.isTooLarge == isCounted)
    }

    @Test("in clear has its turns counted, whatever version it claims")
    func turnsInClear() {
        var answer = Answer()
        answer.reset(isClear: true)
        _ = take(&answer, "HTTP/2 200")
        for _ in 0...Limits.responseTurns { _ = answer.takeTurn() }
        #expect(answer.isTooLarge)
    }

    @Test("that switches protocols is ended")
    func switching() {
        var answer = Answer()
        let goesOn = take(&answer, "HTTP/1.1 101 Switching Protocols")
        #expect(!goesOn)
        #expect(answer.isDoubtful)
    }

    @Test("has a whole head once the empty line after the final one was read")
    func wholeHead() {
        var answer = Answer()
        for line in ["HTTP/1.1 103 Early Hints", "Link: x", "", "HTTP/1.1 200 OK", "Content-Length: 2"] {
            _ = take(&answer, line)
        }
        #expect(!answer.isHeadWhole)
        _ = take(&answer, "")
        #expect(answer.isHeadWhole)
    }

    @Test("begins anew after an interim one")
    func interim() {
        var answer = Answer()
        for line in ["HTTP/1.1 103 Early Hints", "Content-Length: 9", "", "HTTP/1.1 200 OK", "Content-Length: 2"] {
            _ = take(&answer, line)
        }
        #expect(!answer.isDoubtful)
        #expect(String(decoding: answer.kept, as: UTF8.self).hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test(
        "becomes an outcome by code and status together",
        arguments: [
            (CURLE_OK, 200, Outcome.ok), (CURLE_OK, 299, .ok), (CURLE_OK, 302, .http), (CURLE_OK, 500, .http),
            (CURLE_OK, 101, .http),
            (CURLE_PARTIAL_FILE, 200, .protocol), (CURLE_RECV_ERROR, 200, .reset), (CURLE_GOT_NOTHING, 0, .reset),
            (CURLE_COULDNT_RESOLVE_HOST, 0, .dns), (CURLE_COULDNT_CONNECT, 0, .connect),
            (CURLE_PEER_FAILED_VERIFICATION, 0, .tls), (CURLE_SSL_CONNECT_ERROR, 0, .tls),
            (CURLE_UNSUPPORTED_PROTOCOL, 0, .protocol), (CURLE_WEIRD_SERVER_REPLY, 0, .protocol),
        ] as [(CURLcode, Int32, Outcome)])
    func outcomes(_ code: CURLcode, _ status: Int32, _ expected: Outcome) {
        let end = TransferEnd(
            code: code, status: status, isBlocked: false, isTooLarge: false, isDoubtful: false, isHeadWhole: true,
            wasSent: true)
        #expect(Outcome(end) == expected)
    }

    @Test("our own verdicts come before curl's code, and a timeout knows whether the request was out")
    func ownVerdicts() {
        var end = TransferEnd(
            code: CURLE_OPERATION_TIMEDOUT, status: 0, isBlocked: false, isTooLarge: false, isDoubtful: false,
            isHeadWhole: true,
            wasSent: false)
        #expect(Outcome(end) == .timeoutBeforeSend)
        end.wasSent = true
        #expect(Outcome(end) == .timeoutAfterSend)
        end.isTooLarge = true
        #expect(Outcome(end) == .tooLarge)
        let doubt = TransferEnd(
            code: CURLE_WRITE_ERROR, status: 200, isBlocked: false, isTooLarge: false, isDoubtful: true,
            isHeadWhole: false,
            wasSent: true)
        #expect(Outcome(doubt) == .protocol)
    }

    @Test(
        "whose dial was refused is blocked, unless another address of the name was to be had",
        arguments: [
            (CURLE_COULDNT_CONNECT, 0, Outcome.blocked), (CURLE_ABORTED_BY_CALLBACK, 0, .blocked), (CURLE_OK, 200, .ok),
            (CURLE_OPERATION_TIMEDOUT, 0, .timeoutBeforeSend),
        ] as [(CURLcode, Int32, Outcome)])
    func refusedDials(_ code: CURLcode, _ status: Int32, _ expected: Outcome) {
        let end = TransferEnd(
            code: code, status: status, isBlocked: true, isTooLarge: false, isDoubtful: false, isHeadWhole: true,
            wasSent: false)
        #expect(Outcome(end) == expected)
    }

    @Test("whose head was cut off is a reset, though libcurl calls it a success")
    func cutHead() {
        let end = TransferEnd(
            code: CURLE_OK, status: 200, isBlocked: false, isTooLarge: false, isDoubtful: false, isHeadWhole: false,
            wasSent: true)
        #expect(Outcome(end) == .reset)
    }
}
