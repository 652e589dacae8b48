import COpenSSL
import Crypto
import Domain
import Foundation
import Server
import Testing
import Wire

private let certificate = Result { try TestCertificate(name: "headgate.test") }

@Suite("TLS", .timeLimit(.minutes(1))) struct TLSTests {
    private func server(_ configure: @Sendable @escaping (inout ServerSettings) -> Void = { _ in }) throws -> LiveServer
    {
        let context = try certificate.get().context()
        return try LiveServer {
            $0.tls = context
            configure(&$0)
        }
    }

    @Test("carries requests and answers", arguments: [TLS1_2_VERSION, TLS1_3_VERSION]) func carries(_ version: Int32)
        throws
    {
        let client = try server().connect().startTLS(version: version)
        #expect(try client.exchange(get("/peer")).text == "127.0.0.1 via 127.0.0.1 tls")
        let body = String(repeating: "0123456789abcdef", count: 1 << 18)
        #expect(try client.exchange(post("/large", body)).body.count == 4 << 20)
        #expect(try client.exchange(get("/much")).body.elementsEqual(SampleHandler.much.buffer))
        try client.send(String(repeating: get("/many"), count: 20))
        for _ in 0..<20 { #expect(try client.answer().body.count == 3000) }
    }

    @Test("keeps pipelined requests that wait inside it behind one that takes long") func pending() throws {
        let server = try server()
        let client = try server.connect().startTLS()
        // One record, larger than a connection's first buffer can take together with what it holds.
        try client.send(get("/later") + post("/echo", String(repeating: "x", count: 15_000)) + post("/echo", "last"))
        server.wait { _, handler in handler.waiting.count == 1 }
        server.release()
        #expect(try client.answer().text == "late")
        #expect(try client.answer().body.count == 15_000)
        #expect(try client.answer().text == "last")
    }

    @Test("answers what comes behind records without content") func keyUpdates() throws {
        let server = try server()
        let client = try server.connect().startTLS(version: TLS1_3_VERSION)
        for _ in 0..<100 { try client.updateKeys() }
        #expect(try client.exchange(post("/echo", "behind")).text == "behind")
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
        for byte in "body".utf8 {
            for _ in 0..<10 { try client.updateKeys() }
            try client.send([byte])
        }
        #expect(try client.answer().text == "body")
    }

    @Test("reads one record in one call, also when it has no content") func oneRecord() throws {
        let rules = SSL_CTX_new(TLS_client_method())
        let client = SSL_new(rules)
        defer {
            SSL_free(client)
            SSL_CTX_free(rules)
        }
        let (near, far) = try pair()
        let session = try TLSSession(try certificate.get().context(), socket: near)
        SSL_set_fd(client, far)
        while SSL_connect(client) != 1 { _ = session.handshake() }
        while session.handshake() != .done(0) {}
        for _ in 0..<3 {
            #expect(SSL_key_update(client, SSL_KEY_UPDATE_NOT_REQUESTED) == 1)
            #expect(SSL_do_handshake(client) == 1)
        }
        #expect(SSL_write(client, "x", 1) == 1)
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 1)
        defer { space.deallocate() }
        #expect((0..<4).map { _ in session.read(into: space) } == [.wantsRead, .wantsRead, .wantsRead, .done(1)])
        for socket in [near, far] { close(socket) }
    }

    /// Two connected sockets that never block.
    private func pair() throws -> (Int32, Int32) {
        var sockets: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        try #require(socketpair(AF_UNIX, kind, 0, &sockets) == 0)
        return (sockets[0], sockets[1])
    }

    @Test("older than 1.2 is refused") func old() throws {
        let server = try server()
        let client = try server.connect()
        #expect(throws: Client.Trouble.self) { try client.startTLS(version: TLS1_1_VERSION) }
        server.wait { server, _ in server.counters.open == 0 && server.counters.handshakesFailed == 1 }
    }

    @Test("agrees on http/1.1 and nothing else") func protocols() throws {
        let server = try server()
        #expect(try server.connect().startTLS(protocols: ["h2", "http/1.1"]).chosenProtocol == "http/1.1")
        #expect(try server.connect().startTLS().chosenProtocol == nil)
        #expect(throws: Client.Trouble.self) { try server.connect().startTLS(protocols: ["h2"]) }
    }

    @Test("does not answer plain HTTP") func plain() throws {
        let server = try server()
        let client = try server.connect()
        try client.send(get("/peer"))
        #expect(!client.rest().contains("HTTP/1.1"))
        #expect(server.on { server, _ in server.counters.requests } == 0)
    }

    @Test("must stand in time", arguments: [[], [0x16, 3, 1] as [UInt8]]) func slow(_ bytes: [UInt8]) throws {
        let server = try server()
        let client = try server.connect()
        try client.send(bytes)
        server.wait { server, _ in server.counters.open == 1 }
        server.advance(seconds: 10)
        #expect(client.rest().isEmpty)
        #expect(server.on { server, _ in server.counters.handshakesFailed } == 1)
    }

    @Test("ends with close_notify") func closeNotify() throws {
        let client = try server().connect().startTLS()
        #expect(try client.exchange(get("/echo", "Connection: close\r\n")).status == 200)
        #expect(client.rest().isEmpty)
        #expect(client.endedCleanly)
    }

    @Test("answers who closed the sending side behind a whole request") func halfClose() throws {
        let server = try server()
        let client = try server.connect().startTLS()
        try client.send(get("/later"))
        client.closeWriting()
        server.wait { _, handler in handler.waiting.count == 1 }
        server.release()
        #expect(try client.answer().text == "late")
    }

    @Test("follows a PROXY header") func proxied() throws {
        let server = try server {
            $0.proxyProtocol = true
            $0.trustedProxies = [IPRange(IPAddress(v4: 0x7f00_0001), prefix: 128)]
        }
        let client = try server.connect()
        try client.send("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n")
        #expect(try client.startTLS().exchange(get("/peer")).text == "192.0.2.1 via 127.0.0.1 tls")
    }

    @Test("uses a new certificate for new connections, and open ones go on") func reload() throws {
        let server = try server()
        let open = try server.connect().startTLS()
        #expect(open.certificateName == "headgate.test")
        let renewed = try TestCertificate(name: "renewed.test")
        let context = try renewed.context()
        server.on { server, _ in server.use(context) }
        #expect(try server.connect().startTLS().certificateName == "renewed.test")
        #expect(try open.exchange(post("/echo", "still")).text == "still")
    }
}

@Suite("A TLS context", .timeLimit(.minutes(1))) struct TLSContextTests {
    private func error(_ certificates: String, _ key: String) -> TLSError? {
        do {
            _ = try TLSContext(certificates: certificates, key: key)
            return nil
        } catch {
            return error
        }
    }

    @Test("refuses files that do not serve, and names the file and the cure") func refuses() throws {
        let pair = try certificate.get()
        let other = try TestCertificate(name: "other.test")
        #expect(error(pair.certificate, other.key) == .mismatch(pair.certificate, other.key))
        guard case .unreadable("/nonexistent", _) = error("/nonexistent", pair.key) else { return #expect(Bool(false)) }
        guard case .badCertificate(pair.key, _) = error(pair.key, pair.key) else { return #expect(Bool(false)) }
        guard case .badKey(pair.certificate, _) = error(pair.certificate, pair.certificate) else {
            return #expect(Bool(false))
        }
    }

    @Test("never asks for a passphrase, and tells nothing of the key") func encrypted() throws {
        let pair = try certificate.get()
        let path = pair.directory + "/encrypted.pem"
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "pkcs8", "-topk8", "-in", pair.key, "-out", path, "-passout", "pass:secret-words",
        ]
        try openssl.run()
        openssl.waitUntilExit()
        let found = try #require(error(pair.certificate, path))
        guard case .badKey(path, _) = found else { return #expect(Bool(false)) }
        #expect(found.description.contains("without a passphrase"))
        #expect(!found.description.contains("secret-words"))
    }
}
