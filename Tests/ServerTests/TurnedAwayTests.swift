import Domain
import Server
import Testing
import Wire

private let certificate = Result { try TestCertificate(name: "headgate.test") }
private let large = "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n"

@Suite("A handler hears of what came to nothing", .timeLimit(.minutes(1))) struct TurnedAwayTests {
    @Test(
        "when a request breaks the rules, with its head when that was whole",
        arguments: [
            ("GET /x\r\n\r\n", "bad-request-line from 127.0.0.1"),
            ("GET /x HTTP/1.1\r\n\r\n", "bad-host from 127.0.0.1"),
            (large, "body-too-large /small from 127.0.0.1"),
            (post("/small", "eleven byte"), "body-too-large /small from 127.0.0.1"),
            ("POST /h HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "bad-chunk /h from 127.0.0.1"),
            (get("/echo") + "GET /y HTTP/1.1\r\nX\r\n\r\n", "bad-field from 127.0.0.1"),
        ])
    func requests(_ bytes: String, _ expected: String) throws {
        let server = try LiveServer()
        let client = try server.connect()
        try client.send(bytes)
        client.closeWriting()
        _ = client.rest()
        #expect(server.on { _, handler in handler.turnedAway } == [expected])
    }

    @Test("and learns who the sender is behind a trusted proxy") func source() throws {
        let server = try LiveServer { $0.trustedProxies = [IPRange(IPAddress(v4: 0x7f00_0001), prefix: 128)] }
        #expect(
            try server.connect().exchange(post("/small", "eleven byte", "X-Forwarded-For: 192.0.2.1\r\n")).status == 413
        )
        #expect(server.on { _, handler in handler.turnedAway } == ["body-too-large /small from 192.0.2.1"])
    }

    @Test("when there is no room for a connection") func connections() throws {
        let server = try LiveServer { $0.connections = 1 }
        let busy = try server.connect()
        try busy.send(get("/later"))
        server.wait { _, handler in handler.waiting.count == 1 }
        #expect(try server.connect().rest().isEmpty)
        #expect(server.on { _, handler in handler.turnedAway } == ["too-many-connections from 127.0.0.1"])
    }

    @Test("when a PROXY header is missing") func proxyHeader() throws {
        let server = try LiveServer { $0.proxyProtocol = true }
        let client = try server.connect()
        try client.send(get("/peer"))
        #expect(client.rest().isEmpty)
        #expect(server.on { _, handler in handler.turnedAway } == ["proxy-header from 127.0.0.1"])
    }

    @Test("when a TLS handshake fails, or takes too long", arguments: [false, true]) func handshake(_ isSlow: Bool)
        throws
    {
        let context = try certificate.get().context()
        let server = try LiveServer { $0.tls = context }
        let client = try server.connect()
        if isSlow {
            server.wait { server, _ in server.counters.open == 1 }
            server.advance(seconds: 10)
        } else {
            try client.send(get("/peer"))
        }
        _ = client.rest()
        #expect(server.on { _, handler in handler.turnedAway } == ["tls-handshake from 127.0.0.1"])
    }

    @Test("but not of a connection that ended without a word", arguments: [false, true]) func looks(_ isTLS: Bool)
        throws
    {
        let context = try certificate.get().context()
        let server = try LiveServer { if isTLS { $0.tls = context } else { $0.proxyProtocol = true } }
        let client = try server.connect()
        client.closeWriting()
        #expect(client.rest().isEmpty)
        #expect(server.on { _, handler in handler.turnedAway } == [])
        #expect(server.on { server, _ in server.counters.accepted } == 1)
    }
}

@Suite("Reasons to turn away") struct TurnedAwayNameTests {
    @Test("have names of their own") func names() {
        #expect(Set(TurnedAway.allCases.map(\.name)).count == TurnedAway.allCases.count)
        #expect(TurnedAway.allCases.allSatisfy { $0.name.allSatisfy { $0.isLowercase || $0 == "-" } })
    }
}
