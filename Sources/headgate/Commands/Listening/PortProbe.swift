internal import Glibc
internal import Net

/// Whether somebody listens already. Headgate's own sockets share their port among loops (SO_REUSEPORT), so listening on
/// a port that another headgate has would succeed, and half of the requests go there.
enum PortProbe {
    static func isTaken(_ address: SocketAddress, isOnlyV6: Bool = false) -> Bool {
        guard address.port != 0 else { return false }
        do {
            _ = try Socket.bound(to: address, isOnlyV6: isOnlyV6, isShared: false)
            return false
        } catch {
            return error.code == EADDRINUSE
        }
    }

    /// - Parameter cure: what to do when it is taken.
    static func demand(_ address: SocketAddress, cure: String) throws {
        if isTaken(address) { throw CommandFailure("port \(address.port) is taken on \(address.text); \(cure)") }
    }
}
