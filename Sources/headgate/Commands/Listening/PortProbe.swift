internal import CLinux
internal import Glibc
internal import Net

/// Whether somebody listens already. Headgate's own sockets share their port among loops (SO_REUSEPORT), so listening on
/// a port that another headgate has would succeed, and half of the requests go there.
enum PortProbe {
    static func isTaken(_ address: SocketAddress) -> Bool {
        guard address.port != 0 else { return false }
        let descriptor = headgate_tcp_socket(address.isV4 ? AF_INET : AF_INET6)
        guard descriptor >= 0 else { return false }
        let socket = FileDescriptor(adopting: descriptor)
        // Without it, connections of a listener that has just ended would count (TIME_WAIT).
        _ = headgate_set_option(socket.raw, SOL_SOCKET, SO_REUSEADDR, 1)
        return address.withSockaddr { bind(socket.raw, $0, $1) } < 0 && errno == EADDRINUSE
    }

    /// - Parameter cure: what to do when it is taken.
    static func demand(_ address: SocketAddress, cure: String) throws {
        if isTaken(address) { throw CommandFailure("port \(address.port) is taken on \(address.text); \(cure)") }
    }
}
