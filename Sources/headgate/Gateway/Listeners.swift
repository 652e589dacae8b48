import Domain
import Glibc
import Net

/// Where the gateway listens.
struct ListenAddresses: Sendable {
    let intake: [SocketAddress]
    let admin: SocketAddress
}

/// Bound sockets, one for each address and loop, opened before anything else so that a taken port is told at once.
struct Listeners {
    /// By loop; each is owned by whoever takes it.
    let descriptors: [[Int32]]
    let addresses: [SocketAddress]

    /// - Throws: `StartFailure.listen`.
    init(_ wanted: [SocketAddress], loops: Int) throws {
        var descriptors = [[Int32]](repeating: [], count: loops)
        var addresses: [SocketAddress] = []
        for address in wanted {
            do {
                // `[::]` would take IPv4 too, and so be in the way of an IPv4 address of the same port.
                let isOnlyV6 = !address.isV4 && wanted.contains { $0.isV4 && $0.port == address.port }
                if PortProbe.isTaken(address, isOnlyV6: isOnlyV6) { throw SystemError(call: "bind", code: EADDRINUSE) }
                var bound = address
                for place in 0..<loops {
                    let socket = try Socket.listen(on: bound, isOnlyV6: isOnlyV6)
                    // Port 0: the kernel chose for the first loop, the others share it.
                    bound = try Socket.localAddress(of: socket.raw)
                    descriptors[place].append(socket.release())
                }
                addresses.append(bound)
            } catch {
                throw StartFailure.listen(address, error)
            }
        }
        self.descriptors = descriptors
        self.addresses = addresses
    }
}
