import Domain
import Glibc
import Net
import Testing

@testable import Server

private let loopback: [IPRange] = [IPRange(IPAddress(v4: 0x7f00_0000), prefix: 104)]

@Suite("A source behind proxies", .timeLimit(.minutes(1))) struct SourceTests {
    @Test(
        "is the first address that no trusted proxy has",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("192.0.2.1, 127.0.0.9", "192.0.2.1"), ("127.0.0.8,127.0.0.9", "127.0.0.8"),
            ("6.6.6.6, 192.0.2.1", "192.0.2.1"), ("192.0.2.1:4711", "192.0.2.1"), ("[2001:db8::1]:80", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"), ("6.6.6.6, nonsense", "127.0.0.1"),
            ("6.6.6.6, nonsense, 127.0.0.9", "127.0.0.9"),
            ("", "127.0.0.1"), ("192.0.2.1,", "127.0.0.1"), ("192.0.2.1\r\nX-Forwarded-For: 192.0.2.2", "192.0.2.2"),
            ("192.0.2.1\r\nX-Forwarded-For: 127.0.0.3", "192.0.2.1"), ("127.1", "127.0.0.1"), ("unknown", "127.0.0.1"),
        ])
    func forwarded(_ field: String, _ source: String) throws {
        let server = try LiveServer { $0.trustedProxies = loopback }
        let answer = try server.connect().exchange(get("/peer", "X-Forwarded-For: \(field)\r\n"))
        #expect(answer.text == "\(source) via 127.0.0.1")
    }

    @Test("is not taken from a stranger") func untrusted() throws {
        let server = try LiveServer { $0.trustedProxies = [IPRange(IPAddress(v4: 0x0a00_0000), prefix: 104)] }
        let answer = try server.connect().exchange(get("/peer", "X-Forwarded-For: 192.0.2.1\r\n"))
        #expect(answer.text == "127.0.0.1 via 127.0.0.1")
    }

    @Test(
        "is read from its text",
        arguments: [
            ("1.2.3.4", true), (" 1.2.3.4\t", true), ("1.2.3.4:80", true), ("::1", true), ("[::1]", true),
            ("[::1]:80", true),
            ("1.2.3.4:", false), ("1.2.3.4:99999", false), ("[::1", false), ("[::1]x", false), ("[1.2.3.4]", false),
            ("1.2.3", false), ("1.2.3.4.5", false), ("a.b", false), ("", false),
            (String(repeating: "1", count: 65), false),
        ])
    func address(_ text: String, _ isOne: Bool) {
        let found = Array(text.utf8).withUnsafeBytes { TrustedProxies.address($0[...]) != nil }
        #expect(found == isOne)
    }
}

@Suite("A PROXY header on a connection", .timeLimit(.minutes(1))) struct ProxyConnectionTests {
    private static let second: [UInt8] =
        [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10, 0x21, 0x11, 0, 12]
        + [192, 0, 2, 1, 198, 51, 100, 1, 0xdc, 4, 1, 187]

    private func server(trusting: [IPRange] = loopback) throws -> LiveServer {
        try LiveServer {
            $0.proxyProtocol = true
            $0.trustedProxies = trusting
        }
    }

    @Test(
        "names the source, together with its request or byte by byte",
        arguments: [Array("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n".utf8), second], [false, true])
    func named(_ header: [UInt8], _ drips: Bool) throws {
        let client = try server().connect()
        if drips {
            for byte in header { try client.send([byte]) }
            try client.drip(get("/peer"))
        } else {
            try client.send(header + Array(get("/peer").utf8))
        }
        #expect(try client.answer().text == "192.0.2.1 via 127.0.0.1")
    }

    @Test("that says nothing leaves the connection's address") func unknown() throws {
        let server = try server()
        #expect(try server.connect().exchange("PROXY UNKNOWN\r\n" + get("/peer")).text == "127.0.0.1 via 127.0.0.1")
    }

    @Test("of a stranger is not believed") func untrusted() throws {
        let server = try server(trusting: [])
        let client = try server.connect()
        let answer = try client.exchange("PROXY TCP4 192.0.2.1 198.51.100.1 1 2\r\n" + get("/peer"))
        #expect(answer.text == "127.0.0.1 via 127.0.0.1")
    }

    @Test("that is missing or malformed closes it unanswered", arguments: [get("/peer"), "PROXY TCP4 x\r\n"])
    func malformed(_ text: String) throws {
        let server = try server()
        let client = try server.connect()
        try client.send(text)
        #expect(client.rest().isEmpty)
        #expect(server.on { server, _ in server.counters.handshakesFailed } == 1)
    }

    @Test("that does not come in time closes it") func slow() throws {
        let server = try server()
        let client = try server.connect()
        try client.send("PROXY TCP4 ")
        server.wait { server, _ in server.counters.open == 1 }
        server.advance(seconds: 10)
        #expect(client.rest().isEmpty)
    }
}

@Suite("A list of slots") struct SlotListTests {
    @Test("keeps the order in which slots were appended") func order() {
        var list = SlotList()
        var model: [Int] = []
        var state: UInt64 = 7
        for _ in 0..<5000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let slot = Int(state >> 60)
            model.removeAll { $0 == slot }
            if state >> 33 & 1 == 0 {
                list.append(slot)
                model.append(slot)
            } else {
                list.remove(slot)
            }
            #expect(list.oldest == model.first)
            #expect(list.contains(slot) == model.contains(slot))
        }
    }
}
