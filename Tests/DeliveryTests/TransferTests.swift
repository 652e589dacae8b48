import CCurl
import Crypto
import Domain
import Glibc
import Ledgers
import Routes
import Testing

@testable import Delivery

/// A server on loopback without a thread: `step` accepts, and answers every request with 200.
private final class LoopbackServer {
    let port: UInt16
    private let listener: Int32
    private var open: [Int32] = []
    private(set) var accepted = 0

    init() {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener, size) = (listener, length)
        port = withUnsafeMutableBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { address in
                _ = bind(listener, address.baseAddress, size)
                _ = listen(listener, 8)
                getsockname(listener, address.baseAddress, &length)
            }
            return UInt16(bigEndian: bytes.loadUnaligned(as: sockaddr_in.self).sin_port)
        }
    }

    deinit { for fd in open + [listener] { close(fd) } }

    func step() {
        let fresh = accept(listener, nil, nil)
        if fresh >= 0 {
            accepted += 1
            open.append(fresh)
        }
        var request = [UInt8](repeating: 0, count: 4096)
        let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
        for fd in open where recv(fd, &request, request.count, Int32(MSG_DONTWAIT)) > 0 {
            _ = send(fd, answer, answer.count, 0)
        }
    }
}

@Suite("A transfer", .timeLimit(.minutes(1)))
struct TransferTests {
    private static let strangers = AddressPolicy(allowsPrivate: false)

    private func delivery(to url: String) -> ClaimedDelivery {
        let event = Event(
            route: RouteID(1), receivedAt: WallTime(seconds: 0), source: .unspecified, providerID: nil, type: nil,
            headers: .empty, body: .empty, bodyDigest: .zero, coverage: .full, provenBy: "")
        return ClaimedDelivery(
            id: DeliveryID(event: EventID(1), ordinal: 1), event: event, url: url, attempts: 0,
            dueAt: WallTime(seconds: 0),
            conflictsWith: nil)
    }

    /// Runs it to its end, on connections that `multi` may have kept.
    private func run(
        _ url: String, under policy: AddressPolicy, on multi: UnsafeMutableRawPointer, _ server: LoopbackServer
    ) throws -> Attempt {
        let transfer = Transfer(to: try loadedSubscriber(), under: policy)
        transfer.headers.reset()
        transfer.prepare(delivery(to: url), at: WallTime(seconds: 0), MonotonicTime(nanoseconds: 0))
        curl_multi_add_handle(multi, transfer.easy)
        defer { curl_multi_remove_handle(multi, transfer.easy) }
        while true {
            var (running, left): (Int32, Int32) = (0, 0)
            curl_multi_perform(multi, &running)
            server.step()
            if let message = curl_multi_info_read(multi, &left) {
                return try #require(transfer.end(headgate_message_result(message), at: MonotonicTime(nanoseconds: 0)))
            }
            curl_multi_poll(multi, nil, 0, 5, nil)
        }
    }

    @Test(
        "to a stranger's URL dials no private address, however it is spelled",
        arguments: [
            "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "localhost",
            "LOCALHOST.", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "0", "0.0.0.0", "[::]",
            "127.0.0.1.", "%31%32%37.0.0.1",
        ])
    func spellings(_ host: String) throws {
        let server = LoopbackServer()
        let multi = try #require(curl_multi_init())
        defer { curl_multi_cleanup(multi) }
        let attempt = try run("http://\(host):\(server.port)/", under: Self.strangers, on: multi, server)
        server.step()
        #expect([.blocked, .dns, .protocol].contains(attempt.outcome), "\(attempt.outcome)")
        #expect(server.accepted == 0)
    }

    @Test("does not use a connection that a more lenient policy let in")
    func reuse() throws {
        let server = LoopbackServer()
        let multi = try #require(curl_multi_init())
        defer { curl_multi_cleanup(multi) }
        let url = "http://127.0.0.1:\(server.port)/"
        #expect(try run(url, under: .routeFile, on: multi, server).outcome == .ok)
        #expect(try run(url, under: .routeFile, on: multi, server).outcome == .ok)
        #expect(server.accepted == 1, "the connection is kept for those who may use it")
        #expect(try run(url, under: Self.strangers, on: multi, server).outcome == .blocked)
        #expect(server.accepted == 1)
    }

    @Test(
        "speaks HTTP and nothing else",
        arguments: ["file:///etc/passwd", "gopher://127.0.0.1:1/", "dict://127.0.0.1:1/", "http://u:p@127.0.0.1:1/"])
    func schemes(_ url: String) throws {
        let server = LoopbackServer()
        let multi = try #require(curl_multi_init())
        defer { curl_multi_cleanup(multi) }
        let attempt = try run(url, under: .routeFile, on: multi, server)
        #expect(attempt.outcome == .protocol)
        #expect(attempt.response.isEmpty && attempt.address == nil)
    }
}
