import Admin
import Config
import Domain
import Net
import Routes
import Server
import Synchronization
import Testing
import Wire

@testable import headgate

@Suite("Asking", .timeLimit(.minutes(1)))
struct AskingTests {
    @Test(arguments: [("a-Z.0_~", "a-Z.0_~"), ("a b/c?d&e=f", "a%20b%2Fc%3Fd%26e%3Df"), ("ü\n", "%C3%BC%0A")])
    func `queries are encoded`(_ text: String, _ encoded: String) { #expect(AdminSource.encoded(text) == encoded) }

    @Test(arguments: [
        (nil, "http://127.0.0.1:8081"), ("127.0.0.1:9", "http://127.0.0.1:9"), ("0.0.0.0:9", "http://127.0.0.1:9"),
        ("[::1]:9", "http://[::1]:9"), ("[::]:9", "http://127.0.0.1:9"),
        ("https://admin.example.com/", "https://admin.example.com"),
    ])
    func `a listener on every address is asked at this machine's`(_ value: String?, _ url: String) throws {
        var diagnostics = Diagnostics()
        let values = FlagValues(
            value.map { ["--admin", $0] } ?? [], of: AdminSource.flags, environment: [:], into: &diagnostics)
        let call = Invocation(
            words: [], values: values, surroundings: Surroundings(environment: [:]), console: Written().console)
        #expect(try AdminSource.url(call) == url)
    }

    @Test func `a tree is written as it was read`() throws {
        let text = #"{"a":1.50,"b":[true,null,"x\u001b"],"c":{"d":-7}}"#
        let tree = try JSONDocument.read(Array(text.utf8))
        var json = JSONWriter()
        json.value(tree.value)
        #expect(json.text == text)
    }

    @Test func `a port that somebody listens on is taken, another is not`() throws {
        let socket = try Socket.listen(on: SocketAddress(.loopback, port: 0))
        let address = try Socket.localAddress(of: socket.raw)
        #expect(PortProbe.isTaken(address))
        #expect(!PortProbe.isTaken(SocketAddress(.loopback, port: 0)))
        let port = address.port
        _ = consume socket
        #expect(!PortProbe.isTaken(SocketAddress(.loopback, port: port)))
    }

    @Test func `nobody there is a failure that says so`() throws {
        let socket = try Socket.listen(on: SocketAddress(.loopback, port: 0))
        let address = try Socket.localAddress(of: socket.raw)
        _ = consume socket
        do {
            _ = try HTTPExchange(url: "http://\(address.text)/").run()
            Issue.record("somebody answered")
        } catch let failure as HTTPExchange.Failure {
            #expect(failure.isRefused)
        }
    }
}

@Suite("A development subscriber", .timeLimit(.minutes(1)))
struct DevelopmentSubscriberTests {
    @Test func `fails the first requests, then answers as told, and tells what came`() throws {
        let ready = try Mailbox<UInt16>()
        let done = try Mailbox<Int>()
        var manners = DevelopmentSubscriber.Manners()
        manners.failFirst = 2
        manners.status = .accepted
        manners.delay = .milliseconds(5)
        let heard = HeardLog()
        _ = try Net.Thread(name: "subscriber") { [manners] in
            guard let loop = try? EventLoop(clock: SystemClock()) else { return }
            let subscriber = DevelopmentSubscriber(on: loop, check: nil, manners: manners) { request, _ in
                heard.append(String(decoding: request.body, as: UTF8.self))
            }
            guard let bound = try? subscriber.server.listen(on: SocketAddress(.loopback, port: 0)) else { return }
            try? loop.receive(done) { _ in loop.stop() }
            ready.post(bound.port)
            withExtendedLifetime(subscriber) { loop.run() }
            subscriber.server.stop()
        }
        let loop = try EventLoop(clock: SystemClock())
        var port: UInt16 = 0
        try loop.receive(ready) {
            port = $0
            loop.stop()
        }
        loop.run()
        let exchange = HTTPExchange(method: "POST", url: "http://127.0.0.1:\(port)/in", body: Array("hi".utf8))
        let statuses = try (1...3).map { _ in try exchange.run().status }
        done.post(1)
        #expect(statuses == [500, 500, 202])
        #expect(heard.all == ["hi", "hi", "hi"])
    }
}

final class HeardLog: Sendable {
    private let texts = Mutex<[String]>([])
    func append(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
}
