import Domain
import Testing
import Wire

@testable import Server

@Suite("A client's time", .timeLimit(.minutes(1))) struct TimeTests {
    private func accepted(_ server: LiveServer) throws -> Client {
        let client = try server.connect()
        server.wait { server, _ in server.counters.open == 1 }
        return client
    }

    @Test("ends silently when it says nothing") func silent() throws {
        let server = try LiveServer()
        let client = try accepted(server)
        server.advance(seconds: 9)
        #expect(server.on { server, _ in server.counters.open } == 1)
        server.advance(seconds: 1)
        #expect(client.rest().isEmpty)
    }

    @Test("ends with 408 when its head drips") func slowHead() throws {
        let server = try LiveServer()
        let client = try accepted(server)
        try client.send("GET / HT")
        server.advance(seconds: 6)
        try client.send("TP/1.1\r\n")
        server.advance(seconds: 6)
        let answer = try client.answer()
        #expect(answer.status == 408)
        #expect(answer.closes)
    }

    @Test("ends with 408 when its body drips") func slowBody() throws {
        let server = try LiveServer()
        let client = try accepted(server)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.answer().status == 100)
        for _ in 0..<3 {
            server.advance(seconds: 9)
            try client.send("x")
        }
        server.advance(seconds: 9)
        #expect(try client.answer().status == 408)
    }

    @Test("between requests is longer, and ends silently") func idle() throws {
        let server = try LiveServer()
        let client = try server.connect()
        _ = try client.exchange(get("/echo"))
        server.advance(seconds: 59)
        _ = try client.exchange(get("/echo"))
        server.advance(seconds: 59)
        #expect(server.on { server, _ in server.counters.open } == 1)
        server.advance(seconds: 1)
        #expect(client.rest().isEmpty)
    }

    @Test("does not run while the handler works") func handler() throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send(get("/later"))
        server.wait { _, handler in handler.waiting.count == 1 }
        server.advance(seconds: 3600)
        server.release()
        #expect(try client.answer().text == "late")
        #expect(try client.exchange(post("/echo", "on")).text == "on")
    }

    @Test("ends when it does not read its answer") func stuck() throws {
        let server = try LiveServer { $0.times.rate = 1 << 30 }
        let client = try server.connect()
        try client.send(get("/much"))
        server.wait { server, _ in server.counters.requests == 1 }
        server.advance(seconds: 29)
        #expect(server.on { server, _ in server.counters.open } == 1)
        server.advance(seconds: 2)
        #expect(server.on { server, _ in server.counters.open } == 0)
        #expect(client.restBytes().count < 8 << 20)
    }

    @Test("after its last answer is short") func linger() throws {
        let server = try LiveServer()
        let client = try accepted(server)
        try client.send("BAD\r\n")
        #expect(try client.answer().status == 400)
        #expect(client.rest().isEmpty)
        #expect(server.on { server, _ in server.counters.open } == 1)
        server.advance(seconds: 2)
        #expect(server.on { server, _ in server.counters.open } == 0)
    }
}

@Suite("A full server", .timeLimit(.minutes(1))) struct FullServerTests {
    @Test("lets the longest idle connection go for a new one") func displaces() throws {
        let server = try LiveServer { $0.connections = 2 }
        let first = try server.connect()
        _ = try first.exchange(get("/echo"))
        let second = try server.connect()
        _ = try second.exchange(get("/echo"))
        _ = try first.exchange(get("/echo"))
        let third = try server.connect()
        #expect(try third.exchange(post("/echo", "3")).text == "3")
        #expect(second.rest().isEmpty)
        #expect(try first.exchange(post("/echo", "1")).text == "1")
        #expect(server.on { server, _ in server.counters.displaced } == 1)
    }

    @Test("turns a new connection away when all are busy") func turnsAway() throws {
        let server = try LiveServer { $0.connections = 1 }
        let busy = try server.connect()
        try busy.send(get("/later"))
        server.wait { _, handler in handler.waiting.count == 1 }
        let late = try server.connect()
        #expect(late.rest().isEmpty)
        #expect(server.on { server, _ in server.counters.turnedAway } == 1)
        server.release()
        #expect(try busy.answer().text == "late")
    }

    @Test("answers 503 when requests outgrow the memory for them, and serves again") func memory() throws {
        let server = try LiveServer { $0.memory = ReceiveMemory(most: 100_000) }
        let hoarder = try server.connect()
        let part = String(repeating: "x", count: 60_000)
        try hoarder.send("POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n" + part + part)
        #expect(try hoarder.answer().status == 503)
        #expect(server.on { server, _ in server.counters.refused(.outOfMemory) } == 1)
        #expect(try server.connect().exchange(post("/count", part)).text == "60000")
        #expect(try server.connect().exchange(post("/count", part)).text == "60000")
    }

    @Test("takes the memory of a request that stands still for one that comes in", arguments: [false, true])
    func stalled(_ drips: Bool) throws {
        let memory = ReceiveMemory(most: 100_000)
        let server = try LiveServer { $0.memory = memory }
        let hoarder = try server.connect()
        let part = String(repeating: "x", count: 60_000)
        try hoarder.send(
            "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + part + part.prefix(30_000))
        server.wait { _, _ in
            let lent = memory.take(upTo: 1)
            memory.give(lent)
            return lent == 0
        }
        #expect(try server.connect().exchange(post("/count", part)).status == 503, "it may still be sending")
        server.advance(seconds: 1)
        if drips {
            try hoarder.send("y")
            #expect(try server.connect().exchange(post("/echo", "after that byte")).status == 200)
        }
        #expect(try server.connect().exchange(post("/count", part)).text == "60000")
        #expect(try hoarder.answer().status == 503)
    }

    @Test("lets nobody go whose next request already came") func sparesWaiting() throws {
        let server = try LiveServer { $0.connections = 1 }
        let first = try server.connect()
        _ = try first.exchange(get("/echo"))
        let (isBusy, isSent) = (Promise<Bool>(), Promise<Bool>())
        server.post { _, _ in
            isBusy.keep(true)
            _ = isSent.value()
        }
        _ = isBusy.value()
        let second = try server.connect()
        try first.send(post("/echo", "spared"))
        isSent.keep(true)
        #expect(try first.answer().text == "spared")
        #expect(second.rest().isEmpty)
        #expect(server.on { server, _ in server.counters.turnedAway } == 1)
    }

    // What accept(2) reports is played, because descriptors are the whole process's, and so would their shortage be.

    @Test("out of descriptors makes room by an idle connection") func exhaustedWithIdle() throws {
        let server = try LiveServer()
        let idle = try server.connect()
        _ = try idle.exchange(get("/echo"))
        #expect(server.on { server, _ in server.madeRoomAfterExhaustion() })
        #expect(idle.rest().isEmpty)
        #expect(try server.connect().exchange(post("/echo", "on")).text == "on")
        #expect(server.on { server, _ in server.counters.acceptRests } == 0)
    }

    @Test("out of descriptors rests until a while has passed, or a connection closes", arguments: [false, true])
    func exhausted(_ byClosing: Bool) throws {
        let server = try LiveServer { $0.acceptRest = .seconds(5) }
        let busy = try server.connect()
        try busy.send(get("/later"))
        server.wait { _, handler in handler.waiting.count == 1 }
        #expect(!server.on { server, _ in server.madeRoomAfterExhaustion() })
        let waiting = try server.connect()
        try waiting.send(post("/echo", "patient"))
        for _ in 0..<100 { server.on { _, _ in } }
        #expect(server.on { server, _ in server.counters.accepted } == 1)
        if byClosing { busy.abort() } else { server.advance(seconds: 5) }
        #expect(try waiting.answer().text == "patient")
        #expect(server.on { server, _ in server.counters.acceptRests } == 1)
    }
}

@Suite("A draining server", .timeLimit(.minutes(1))) struct DrainTests {
    @Test("closes idle connections, finishes requests, and says when it is empty") func drains() throws {
        let server = try LiveServer()
        let idle = try server.connect()
        _ = try idle.exchange(get("/echo"))
        let busy = try server.connect()
        try busy.send(get("/later"))
        let half = try server.connect()
        try half.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(try half.answer().status == 100)
        server.wait { server, handler in handler.waiting.count == 1 && server.counters.open == 3 }

        let drained = Promise<Bool>()
        server.on { server, _ in server.drain { drained.keep(true) } }
        #expect(idle.rest().isEmpty)
        #expect(throws: Client.Trouble.self) { try server.connect() }
        try half.send("hello")
        let last = try half.answer()
        #expect(last.text == "hello")
        #expect(last.closes)
        #expect(half.rest().isEmpty)
        half.closeWriting()
        server.release()
        #expect(try busy.answer().closes)
        busy.closeWriting()
        #expect(busy.rest().isEmpty)
        #expect(drained.value())
        #expect(server.on { server, _ in server.counters.open } == 0)
    }

    @Test("answers what already lies in a socket") func inFlight() throws {
        let server = try LiveServer()
        let client = try server.connect()
        _ = try client.exchange(get("/echo"))
        // The loop is kept busy from before the sending until the drain, so it has no chance to read first.
        let (isBusy, isSent) = (Promise<Bool>(), Promise<Bool>())
        server.post { server, _ in
            isBusy.keep(true)
            _ = isSent.value()
            server.drain {}
        }
        _ = isBusy.value()
        try client.send(post("/echo", "just in time"))
        isSent.keep(true)
        let answer = try client.answer()
        #expect(answer.text == "just in time")
        #expect(answer.closes)
    }

    @Test("may be told so by its handler, and may be stopped by it", arguments: ["/drain", "/stop"])
    func insideHandler(_ path: String) throws {
        let server = try LiveServer()
        let client = try server.connect()
        let bystander = try server.connect()
        _ = try bystander.exchange(get("/echo"))
        try client.send(post(path, String(repeating: "x", count: 50_000)))
        if path == "/drain" {
            let answer = try client.answer()
            #expect(answer.text == "50000")
            #expect(answer.closes)
            client.closeWriting()
        }
        #expect(client.rest().isEmpty)
        #expect(bystander.rest().isEmpty)
        server.wait { server, _ in server.counters.open == 0 }
    }

    @Test("that has no connections is done at once") func empty() throws {
        let server = try LiveServer()
        let done = server.on { server, _ in
            var done = false
            server.drain { done = true }
            return done
        }
        #expect(done)
    }
}
