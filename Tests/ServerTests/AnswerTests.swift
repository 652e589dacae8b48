import Domain
import Server
import Testing
import Wire

@Suite("A server", .timeLimit(.minutes(1))) struct AnswerTests {
    @Test("answers one request after another on one connection") func keepAlive() throws {
        let server = try LiveServer()
        let client = try server.connect()
        for text in ["one", "two", "three"] {
            let answer = try client.exchange(post("/echo", text))
            #expect(answer.status == 200)
            #expect(answer.text == text)
            #expect(!answer.closes)
        }
        #expect(server.on { server, _ in server.counters.requests } == 3)
        #expect(server.on { server, _ in server.counters.accepted } == 1)
    }

    @Test("answers pipelined requests in their order, also when the first one takes long") func pipelining() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send(get("/later") + post("/echo", "second") + get("/later") + post("/echo", "fourth"))
        server.wait { _, handler in handler.waiting.count == 1 }
        server.release(Response(.ok, body: Bytes("first")))
        server.wait { _, handler in handler.waiting.count == 1 }
        server.release(Response(.ok, body: Bytes("third")))
        let texts = try (0..<4).map { _ in try client.answer().text }
        #expect(texts == ["first", "second", "third", "fourth"])
    }

    @Test("takes what was pipelined behind a request that waits, however it comes") func pipelinedLater() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send(get("/later"))
        server.wait { _, handler in handler.waiting.count == 1 }
        try client.send(post("/echo", String(repeating: "x", count: 30_000)))
        server.on { _, _ in }
        server.release()
        #expect(try client.answer().text == "late")
        #expect(try client.answer().body.count == 30_000)
    }

    @Test("hands a chunked body over joined") func chunked() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.drip("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        try client.drip("5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nT: u\r\n\r\n")
        #expect(try client.answer().text == "hello world")
        #expect(try client.exchange(get("/echo")).status == 200)
    }

    @Test("takes a body of megabytes") func largeBody() throws {
        let server = try LiveServer()
        let client = try server.connect()
        let body = String(repeating: "0123456789abcdef", count: 1 << 19)
        #expect(try client.exchange(post("/large", body)).body.count == 8 << 20)
        try client.send("POST /large HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<64 { try client.send("10000\r\n\(body.prefix(65536))\r\n") }
        try client.send("0\r\n\r\n")
        #expect(try client.answer().body.count == 4 << 20)
    }

    @Test("invites a body only after admission") func continues() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.answer().status == 100)
        try client.send("hello")
        #expect(try client.answer().text == "hello")
    }

    @Test("invites no body that it will not take", arguments: [("/small", 413), ("/forbidden", 403)])
    func noInvitation(_ path: String, _ status: Int) throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n")
        let answer = try client.answer()
        #expect(answer.status == status)
        #expect(answer.closes)
        #expect(client.rest().isEmpty)
    }

    @Test("lets a sender of too much read its 413") func lingers() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send(post("/small", String(repeating: "x", count: 200_000)))
        let answer = try client.answer()
        #expect(answer.status == 413)
        #expect(answer.text.hasSuffix(#""status":413,"detail":"body too large"}"#))
        client.closeWriting()
        #expect(client.rest().isEmpty)
        #expect(!client.wasReset)
        #expect(server.on { server, _ in server.counters.refused(.contentTooLarge) } == 1)
    }

    @Test("answers at the head and goes on when the body is already there") func earlyAnswer() throws {
        let server = try LiveServer()
        let client = try server.connect()
        #expect(try client.exchange(post("/forbidden", "hello")).status == 403)
        #expect(try client.exchange(post("/echo", "next")).text == "next")
    }

    @Test("answers a bad request once and parses nothing behind it") func badRequest() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send(
            "GET /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n" + get("/echo"))
        let answer = try client.answer()
        #expect(answer.status == 400)
        #expect(answer.closes)
        client.closeWriting()
        #expect(client.rest().isEmpty)
        #expect(server.on { server, _ in server.counters.requests } == 0)
    }

    @Test("answers HEAD without a body") func head() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send("HEAD /many HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer(toHead: true).head.contains("Content-Length: 3000\r\n"))
        #expect(try client.exchange(post("/echo", "x")).text == "x")
    }

    @Test("answers who closed the sending side behind a whole request") func halfClose() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send(get("/later"))
        client.closeWriting()
        server.wait { _, handler in handler.waiting.count == 1 }
        server.release()
        #expect(try client.answer().text == "late")
        #expect(client.rest().isEmpty)
    }

    @Test("never hands an interrupted body over") func interrupted() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nhello")
        client.closeWriting()
        #expect(try client.answer().status == 400)
        #expect(client.rest().isEmpty)
        let torn = try server.connect()
        try torn.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nhello")
        server.wait { server, _ in server.counters.open == 1 }
        torn.abort()
        server.wait { server, _ in server.counters.open == 0 }
        #expect(server.on { server, _ in server.counters.requests } == 0)
    }

    @Test("sends a large answer to one who reads slowly") func largeAnswer() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send(get("/much") + post("/echo", "behind"))
        server.wait { server, _ in server.counters.requests == 1 }
        #expect(try client.answer().body.elementsEqual(SampleHandler.much.buffer))
        #expect(try client.answer().text == "behind")
    }

    @Test("gathers the answers of many pipelined requests") func manyAnswers() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send(String(repeating: get("/many"), count: 50))
        for _ in 0..<50 { #expect(try client.answer().body.count == 3000) }
    }

    @Test("says Connection: close when it was asked to") func close() throws {
        let server = try LiveServer()
        let client = try server.connect()
        #expect(try client.exchange(get("/echo", "Connection: close\r\n")).closes)
        #expect(client.rest().isEmpty)
        let old = try server.connect()
        #expect(try old.exchange("GET /echo HTTP/1.0\r\n\r\n").closes)
        #expect(old.rest().isEmpty)
        server.wait { server, _ in server.counters.open == 0 }
    }

    @Test("answers 503 without a handler") func noHandler() throws {
        let server = try LiveServer()
        server.on { server, _ in server.handler = nil }
        #expect(try server.connect().exchange(get("/echo")).status == 503)
    }
}

@Suite("A ticket", .timeLimit(.minutes(1))) struct TicketTests {
    @Test("may be answered inside the handler") func inside() throws {
        let server = try LiveServer()
        #expect(try server.connect().exchange(get("/inside")).status == 202)
    }

    @Test("is stale once its connection is gone, also for the next one in its place") func stale() throws {
        let server = try LiveServer()
        let gone = try server.connect()
        try gone.send(get("/later"))
        server.wait { _, handler in handler.waiting.count == 1 }
        gone.abort()
        server.wait { server, _ in server.counters.open == 0 }
        let client = try server.connect()
        try client.send(get("/later"))
        server.wait { _, handler in handler.waiting.count == 2 }
        server.release(Response(.ok, body: Bytes("for the one that went")))
        server.release(Response(.ok, body: Bytes("for the one that is here")))
        #expect(try client.answer().text == "for the one that is here")
    }

    @Test("is answered once") func once() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send(get("/later"))
        server.wait { _, handler in handler.waiting.count == 1 }
        server.release()
        try client.send(get("/later"))
        server.wait { _, handler in handler.waiting.count == 1 }
        server.on { server, handler in server.reply(handler.answered[0], Response(.ok, body: Bytes("again"))) }
        server.release(Response(.ok, body: Bytes("its own")))
        #expect(try client.answer().text == "late")
        #expect(try client.answer().text == "its own")
    }
}
