import Domain
import HTTPCases
import Testing
import Wire

private let date = HTTPDate(WallTime(seconds: 784_111_777))

private func encode(_ response: Response, _ form: AnswerForm = AnswerForm(persistence: .persist)) -> String {
    let queue = ByteQueue()
    let rest = queue.append(response, as: form, date: date, mostCopied: 64)
    return Conversation.text(queue.bytes) + (rest.map { "+" + $0.text } ?? "")
}

@Suite("A response") struct ResponseTests {
    @Test("has a status line, its fields, a length, a date and its body") func whole() {
        let response = Response(.ok, contentType: "text/plain", body: Bytes("OK"), fields: [("X-A", "b")])
        #expect(
            encode(response)
                == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nX-A: b\r\n"
                + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nOK")
    }

    @Test("says how the connection goes on") func persistence() {
        let response = Response(.notFound)
        #expect(encode(response, AnswerForm(persistence: .close)).hasSuffix("GMT\r\nConnection: close\r\n\r\n"))
        #expect(
            encode(response, AnswerForm(persistence: .persistHTTP10)).hasSuffix("\r\nConnection: keep-alive\r\n\r\n"))
    }

    @Test("to HEAD announces its body and leaves it out") func head() {
        let text = encode(Response(.ok, body: Bytes("hello")), AnswerForm(persistence: .persist, omitsBody: true))
        #expect(text.contains("Content-Length: 5\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test("without content has no length and no body") func noContent() {
        let text = encode(Response(.noContent, body: Bytes("ignored")))
        #expect(!text.contains("Content-Length"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test("leaves a large body where it lies") func large() {
        let body = String(repeating: "b", count: 65)
        #expect(encode(Response(.ok, body: Bytes(body))).hasSuffix("\r\n\r\n+" + body))
    }

    @Test("cannot be split by a field's value") func injection() {
        let text = encode(Response(.ok, contentType: "text/plain\r\nX: y", fields: [("A\nB", "c\r\n\r\nd\0")]))
        #expect(text.contains("Content-Type: text/plain  X: y\r\n"))
        #expect(text.contains("A B: c    d \r\n"))
    }

    @Test("of any refusal is JSON with its status", arguments: Refusal.allCases)
    func refusal(_ refusal: Refusal) {
        let text = encode(Response(refusal), AnswerForm(persistence: .close))
        #expect(text.hasPrefix("HTTP/1.1 \(refusal.status.code) \(refusal.status.reason)\r\n"))
        #expect(text.contains("Content-Type: application/problem+json\r\n"))
        #expect(text.hasSuffix(#""status":\#(refusal.status.code),"detail":"\#(refusal.text)"}"#))
        #expect(text.contains("Retry-After") == (refusal.status.code == 503))
    }

    @Test(
        "dates as RFC 9110 wants them",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_709_210_096, "Thu, 29 Feb 2024 12:34:56 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ])
    func dates(_ seconds: Int64, _ text: String) {
        #expect(HTTPDate(WallTime(seconds: seconds)).text == text)
    }
}
