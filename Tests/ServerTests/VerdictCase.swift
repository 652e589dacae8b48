import Testing

/// The wire's own cases are all played in its tests; these show that nothing between it and a TLS client changes them.
struct VerdictCase: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let statuses: [Int]
    let closes: Bool

    init(_ name: String, _ text: String, _ statuses: Int..., closes: Bool = false) {
        (self.name, self.text, self.statuses, self.closes) = (name, text, statuses, closes)
    }

    var testDescription: String { name }

    static let all: [VerdictCase] = [
        VerdictCase("GET", get("/echo"), 200),
        VerdictCase("Content-Length", post("/echo", "hello"), 200),
        VerdictCase("chunks", chunked("5\r\nhello\r\n0\r\n\r\n"), 200),
        VerdictCase("an extension and a trailer", chunked("5;a=\"b\"\r\nhello\r\n0\r\nT: u\r\n\r\n"), 200),
        VerdictCase("two requests", get("/echo") + post("/echo", "x"), 200, 200),
        VerdictCase("empty lines first", "\r\n\r\n" + get("/echo"), 200),
        VerdictCase("absolute form", "GET http://a/echo HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        VerdictCase("obs-text", get("/echo", "X: \u{e9}\r\n"), 200),
        VerdictCase("HTTP/1.0", "GET /echo HTTP/1.0\r\n\r\n", 200, closes: true),
        VerdictCase("Connection: close", get("/echo", "Connection: close\r\n"), 200, closes: true),
        VerdictCase("no Host", "GET / HTTP/1.1\r\n\r\n", 400, closes: true),
        VerdictCase("two Hosts", get("/echo", "Host: b\r\n"), 400, closes: true),
        VerdictCase("two lengths", post("/echo", "hello", "Content-Length: 5\r\n"), 400, closes: true),
        VerdictCase("length and coding", post("/echo", "hello", "Transfer-Encoding: chunked\r\n"), 400, closes: true),
        VerdictCase("unknown coding", get("/echo", "Transfer-Encoding: gzip, chunked\r\n"), 501, closes: true),
        VerdictCase("space before a colon", get("/echo", "X : y\r\n"), 400, closes: true),
        VerdictCase("folding", get("/echo", "X: y\r\n z\r\n"), 400, closes: true),
        VerdictCase("bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400, closes: true),
        VerdictCase("NUL", get("/echo", "X: a\0b\r\n"), 400, closes: true),
        VerdictCase("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, closes: true),
        VerdictCase("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501, closes: true),
        VerdictCase("bad chunk size", chunked("x\r\n"), 400, closes: true),
        VerdictCase("chunk data without its end", chunked("5\r\nhelloX"), 400, closes: true),
        VerdictCase("too large", "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", 413, closes: true),
        VerdictCase(
            "too large in chunks", "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n", 413,
            closes: true),
        VerdictCase("good, then bad", get("/echo") + "BAD\r\n", 200, 400, closes: true),
    ]
}

private func chunked(_ body: String) -> String {
    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body
}
