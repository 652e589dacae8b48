import Domain
import Foundation
import HTTPCases
import Net
import Server
import Synchronization
import Wire

/// Stands still until it is moved.
final class HandClock: Clock {
    private let moment = Mutex<Int64>(1_000_000_000)

    func monotonic() -> MonotonicTime { MonotonicTime(nanoseconds: moment.withLock { $0 }) }
    func wall() -> WallTime { WallTime(seconds: 784_111_777) }
    func advance(seconds: Int64) { moment.withLock { $0 += seconds * 1_000_000_000 } }
}

/// Answers by path; see each case.
final class SampleHandler: RequestHandler {
    var waiting: [ReplyTicket] = []
    var answered: [ReplyTicket] = []
    /// What came in, when it is to be written down: then every request is taken, and answered at once.
    var log: [String]?
    /// What came in, for cases of the wire: each request is then taken and answered alike.
    var requests: [String]?
    /// What came to nothing: why, and the path when its head was whole.
    var turnedAway: [String] = []
    unowned let server: HTTPServer

    init(_ server: HTTPServer) { self.server = server }

    func admit(_ request: RequestView, from peer: Peer) -> Admission {
        if log != nil { return .body(limit: Conversation.bodyLimit) }
        switch String(decoding: request.path, as: UTF8.self) {
        case "/small": return .body(limit: 10)
        case "/forbidden": return .reply(Response(.forbidden, error: "no"))
        case "/large": return .body(limit: 8 << 20)
        default: return .body(limit: 64 << 10)
        }
    }

    func turnedAway(_ reason: TurnedAway, _ request: RequestView?, from peer: Peer?) {
        let path = request.map { " " + String(decoding: $0.path, as: UTF8.self) } ?? ""
        turnedAway.append("\(reason.name)\(path) from \(peer?.address.text ?? "nobody")")
    }

    func handle(_ request: RequestView, from peer: Peer, ticket: ReplyTicket) -> Handling {
        if log != nil {
            log?.append(Conversation.describe(request))
            return .reply(Response(.ok, body: .empty))
        }
        switch String(decoding: request.path, as: UTF8.self) {
        case "/later":
            waiting.append(ticket)
            return .later
        case "/inside":
            server.reply(ticket, Response(.accepted))
            return .later
        case "/peer":
            let tls = peer.isTLS ? " tls" : ""
            return .reply(Response(.ok, body: Bytes("\(peer.address.text) via \(peer.connection.text)\(tls)")))
        case "/much":
            return .reply(Response(.ok, body: SampleHandler.much))
        case "/many":
            return .reply(Response(.ok, body: SampleHandler.many))
        case "/drain", "/stop":
            if request.path.last == 0x70 { server.stop() } else { server.drain {} }
            return .reply(Response(.ok, body: Bytes("\(request.body.count { $0 == 0x78 })")))
        case "/count":
            return .reply(Response(.ok, body: Bytes("\(request.body.count)")))
        default:
            return .reply(Response(.ok, body: Bytes(copying: request.body)))
        }
    }

    static let much = Bytes((0..<8 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
    static let many = Bytes([UInt8](repeating: 0x6d, count: 3000))
}

/// A server on a loop and a thread of its own, on 127.0.0.1 and a port that the kernel chose. Everything it does is done on
/// its thread: `on` runs there and hands the result back.
final class LiveServer: Sendable {
    typealias Task = @Sendable (HTTPServer, SampleHandler) -> Void

    let port: UInt16
    let clock: HandClock
    private let tasks: Mailbox<Task>
    private let thread: Mutex<Net.Thread?>

    init(_ configure: @Sendable @escaping (inout ServerSettings) -> Void = { _ in }) throws {
        let tasks = try Mailbox<Task>()
        let clock = HandClock()
        let started = Promise<UInt16>()
        let thread = try Net.Thread(name: "test server") {
            do {
                let loop = try EventLoop(clock: clock)
                var settings = ServerSettings()
                configure(&settings)
                let server = HTTPServer(on: loop, settings: settings, clock: clock)
                let handler = SampleHandler(server)
                server.handler = handler
                try loop.receive(tasks) { $0(server, handler) }
                guard let loopback = SocketAddress(text: "127.0.0.1:0") else { return }
                started.keep(try server.listen(on: loopback).port)
                loop.run()
                withExtendedLifetime(handler) {}
            } catch {
                fatalError("\(error)")
            }
        }
        port = started.value()
        self.tasks = tasks
        self.clock = clock
        self.thread = Mutex(consume thread)
    }

    deinit {
        tasks.post { server, _ in
            server.stop()
            server.loop.stop()
        }
        let thread = thread.withLock { $0.take() }
        thread?.join()
    }

    func on<R: Sendable>(_ body: @Sendable @escaping (HTTPServer, SampleHandler) -> R) -> R {
        let promise = Promise<R>()
        tasks.post { promise.keep(body($0, $1)) }
        return promise.value()
    }

    func post(_ task: @escaping Task) { tasks.post(task) }

    /// Asks turn after turn, so it returns in the turn after the event.
    func wait(until condition: @Sendable @escaping (HTTPServer, SampleHandler) -> Bool) {
        while !on(condition) {}
    }

    func advance(seconds: Int64) {
        clock.advance(seconds: seconds)
        on { _, _ in }
    }

    /// Answers the oldest request that waits.
    func release(_ response: Response = Response(.accepted, body: Bytes("late"))) {
        on { server, handler in
            let ticket = handler.waiting.removeFirst()
            handler.answered.append(ticket)
            server.reply(ticket, response)
        }
    }

    func connect() throws -> Client { try Client(of: self) }
}

/// A value that another thread will give.
final class Promise<Value: Sendable>: Sendable {
    private let given = Mutex<Value?>(nil)
    private let bell = NSCondition()

    func keep(_ value: Value) {
        bell.lock()
        given.withLock { $0 = value }
        bell.broadcast()
        bell.unlock()
    }

    func value() -> Value {
        bell.lock()
        defer { bell.unlock() }
        while true {
            if let value = given.withLock({ $0 }) { return value }
            bell.wait()
        }
    }
}
