extension Case {
    static let persistence: [Case] = [
        Case("1.1 persists", request("GET / HTTP/1.1"), "GET / [] open"),
        Case("close in 1.1", request("GET / HTTP/1.1", "Connection: close\r\n"), "GET / [] closed"),
        Case("close in any case", request("GET / HTTP/1.1", "connection: CLOSE\r\n"), "GET / [] closed"),
        Case("close in a list", request("GET / HTTP/1.1", "Connection: x, close ,y\r\n"), "GET / [] closed"),
        Case(
            "close in a second line", request("GET / HTTP/1.1", "Connection: x\r\nConnection: close\r\n"),
            "GET / [] closed"),
        Case(
            "close wins over keep-alive", request("GET / HTTP/1.1", "Connection: keep-alive, close\r\n"),
            "GET / [] closed"),
        Case("closed is another word", request("GET / HTTP/1.1", "Connection: closed\r\n"), "GET / [] open"),
        Case("1.0 closes", request("GET / HTTP/1.0"), "GET / [] closed"),
        Case("1.0 with keep-alive persists", request("GET / HTTP/1.0", "Connection: Keep-Alive\r\n"), "GET / [] open"),
        Case("1.0 with close", request("GET / HTTP/1.0", "Connection: close\r\n"), "GET / [] closed"),
        Case(
            "after close nothing is parsed", request("GET / HTTP/1.1", "Connection: close\r\n", then: next),
            "GET / [] closed"),
        Case("after a 1.0 request nothing is parsed", request("GET / HTTP/1.0", then: next), "GET / [] closed"),
        Case(
            "Upgrade is not taken up", request("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c\r\n", then: next),
            "GET / [] GET /next [] open"),
        Case("32 options", request("GET / HTTP/1.1", connection(options: 32)), "GET / [] open"),
        Case("33 options", request("GET / HTTP/1.1", connection(options: 33)), "400 closed"),
        Case(
            "33 options in two lines",
            request("GET / HTTP/1.1", connection(options: 20) + "X: y\r\n" + connection(options: 13)), "400 closed"),
        Case(
            "options are what is between commas", request("GET / HTTP/1.1", "Connection: ,, ,a,,\(commas)\r\n"),
            "GET / [] open"),
    ]

    private static let commas = String(repeating: ",", count: 100)

    private static func connection(options: Int) -> String {
        "Connection: " + (1...options).map { "a\($0)" }.joined(separator: ", ") + "\r\n"
    }

    static let pipelining: [Case] = [
        Case("two requests", request("GET /1 HTTP/1.1") + request("GET /2 HTTP/1.1"), "GET /1 [] GET /2 [] open"),
        Case(
            "bodies between",
            request("POST /1 HTTP/1.1", "Content-Length: 2\r\n", then: "ab") + chunked("1\r\nc\r\n0\r\n\r\n") + next,
            "POST /1 [ab] POST /h [c] GET /next [] open"),
        Case("an empty line between", request("GET /1 HTTP/1.1") + "\r\n" + next, "GET /1 [] GET /next [] open"),
        Case(
            "a body that looks like a request",
            request("POST /1 HTTP/1.1", "Content-Length: \(next.utf8.count)\r\n", then: next), "POST /1 [\(next)] open"),
        Case(
            "a bad request behind a good one", request("GET /1 HTTP/1.1") + "GET /2\r\n\r\n" + next,
            "GET /1 [] 400 closed"),
        Case(
            "a body longer than announced", request("POST /1 HTTP/1.1", "Content-Length: 2\r\n", then: "ab(x)"),
            "POST /1 [ab] 400 closed"),
        Case("half a request behind a good one", request("GET /1 HTTP/1.1") + "GET /2 HT", "GET /1 [] waiting"),
        Case(
            "twenty requests", String(repeating: next, count: 20),
            String(repeating: "GET /next [] ", count: 20) + "open"),
    ]

    static let expectations: [Case] = [
        Case(
            "an invitation is sent", request("POST /h HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 5\r\n"),
            "100 waiting"),
        Case(
            "an invitation in any case",
            request("POST /h HTTP/1.1", "expect: 100-Continue\r\nTransfer-Encoding: chunked\r\n"), "100 waiting"),
        Case(
            "no invitation without a body", request("POST /h HTTP/1.1", "Expect: 100-continue\r\n"), "POST /h [] open"),
        Case(
            "no invitation to an empty body",
            request("POST /h HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 0\r\n"), "POST /h [] open"),
        Case(
            "no invitation to 1.0", request("POST /h HTTP/1.0", "Expect: 100-continue\r\nContent-Length: 5\r\n"),
            "waiting"),
        Case(
            "no invitation before 413", request("POST /h HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 5000\r\n"),
            "413 closed"),
        Case(
            "no invitation before 400",
            request("POST /h HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 5\r\nContent-Length: 5\r\n"),
            "400 closed"),
        Case(
            "an unknown expectation", request("POST /h HTTP/1.1", "Expect: 200-ok\r\nContent-Length: 5\r\n"),
            "417 closed"),
        Case(
            "an unknown expectation in a list",
            request("POST /h HTTP/1.1", "Expect: 100-continue, x\r\nContent-Length: 5\r\n"), "417 closed"),
        Case("an unknown expectation in 1.0", request("GET / HTTP/1.0", "Expect: x\r\n"), "GET / [] closed"),
    ]

    static let interruptions: [Case] = [
        Case("end at once", "", thenEnd: true, "closed"),
        Case("end between requests", request("GET / HTTP/1.1"), thenEnd: true, "GET / [] closed"),
        Case("end in a head", "GET / HTTP/1.1\r\nHo", thenEnd: true, "400 closed"),
        Case(
            "end in a body", request("POST /h HTTP/1.1", "Content-Length: 6\r\n", then: "hello"), thenEnd: true,
            "400 closed"),
        Case("end before a body", request("POST /h HTTP/1.1", "Content-Length: 6\r\n"), thenEnd: true, "400 closed"),
        Case("end in a chunk", chunked("5\r\nhel"), thenEnd: true, "400 closed"),
        Case("end between chunks", chunked("5\r\nhello\r\n"), thenEnd: true, "400 closed"),
        Case("end behind the last chunk's size", chunked("5\r\nhello\r\n0\r\n"), thenEnd: true, "400 closed"),
        Case("end in a trailer", chunked("0\r\nX: y\r\n"), thenEnd: true, "400 closed"),
        Case("end in the second request", next + "GET / HT", thenEnd: true, "GET /next [] 400 closed"),
        Case(
            "half-close behind a whole request", chunked("5\r\nhello\r\n0\r\n\r\n"), thenEnd: true,
            "POST /h [hello] closed"),
    ]

    static let bounds: [Case] = [
        Case(
            "a request line of 8000 octets", request("GET /\(String(repeating: "a", count: 7986)) HTTP/1.1"),
            "GET /\(String(repeating: "a", count: 7986)) [] open"),
        Case("a request line that never ends", "GET /" + String(repeating: "a", count: 16 << 10), "414 closed"),
        Case(
            "a request line too long", request("GET /\(String(repeating: "a", count: 16 << 10)) HTTP/1.1"), "414 closed"
        ),
        Case(
            "no request line, and too long for one", "\u{1}" + String(repeating: "a", count: 16 << 10) + "\r\n",
            "400 closed"),
        Case(
            "a field too long", request("GET / HTTP/1.1", "X: " + String(repeating: "y", count: 64 << 10) + "\r\n"),
            "431 closed"),
        Case(
            "a field that never ends", "GET / HTTP/1.1\r\nX: " + String(repeating: "y", count: 64 << 10), "431 closed"),
        Case("128 fields", request("GET / HTTP/1.1", String(repeating: "X: y\r\n", count: 127)), "GET / [] open"),
        Case("129 fields", request("GET / HTTP/1.1", String(repeating: "X: y\r\n", count: 128)), "431 closed"),
        Case(
            "a field of 32 KiB", request("GET / HTTP/1.1", "X: " + String(repeating: "y", count: 32 << 10) + "\r\n"),
            "GET / [] open"),
    ]
}
