import Domain
import Glibc
import Net
import Testing

@testable import headgate

@Suite("Listeners")
struct ListenersTests {
    private static let hasV6 = access("/proc/net/if_inet6", F_OK) == 0

    private func close(_ listeners: Listeners) { for socket in listeners.descriptors.joined() { Glibc.close(socket) } }

    @Test(
        "of IPv4 and of IPv6 may have the same port, in either order", .enabled(if: hasV6),
        arguments: [["0.0.0.0", "[::]"], ["[::]", "0.0.0.0"], ["127.0.0.1", "[::]"]])
    func bothFamilies(_ hosts: [String]) throws {
        let any = try #require(SocketAddress(text: "[::]:0"))
        let first = try Listeners([any], loops: 1)
        let port = first.addresses[0].port
        close(first)
        let wanted = try hosts.map { try #require(SocketAddress(text: "\($0):\(port)")) }
        let listeners = try Listeners(wanted, loops: 2)
        #expect(listeners.addresses == wanted)
        #expect(listeners.descriptors.map(\.count) == [2, 2])
        close(listeners)
    }

    @Test("do not share a port that somebody else has") func taken() throws {
        let any = try #require(SocketAddress(text: "127.0.0.1:0"))
        let first = try Listeners([any], loops: 1)
        #expect(throws: StartFailure.self) { try Listeners(first.addresses, loops: 1) }
        close(first)
    }
}
