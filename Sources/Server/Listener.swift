import Glibc
import Net

/// One listening socket of a server, which it keeps alive until it is closed.
final class Listener: Watcher {
    private let server: HTTPServer
    private let socket: FileDescriptor
    private var token: Token?

    /// Connections taken in one turn: a storm of them must not starve those that are open.
    private static let perTurn = 64

    init(_ socket: consuming FileDescriptor, server: HTTPServer) throws(SystemError) {
        self.server = server
        self.socket = socket
        token = try server.loop.watch(self.socket.raw, for: .read, by: self)
    }

    func ready(_ readiness: Readiness, token: Token) {
        for _ in 0..<Self.perTurn {
            switch Socket.accept(from: socket.raw) {
            case .connection(let connection, let address): server.accepted(connection, from: address.address)
            case .none: return
            case .exhausted: guard isAwaited, server.madeRoomAfterExhaustion() else { return }
            }
        }
    }

    /// Without a free descriptor accept(2) fails before it looks whether anybody waits.
    private var isAwaited: Bool {
        var question = pollfd(fd: socket.raw, events: Int16(POLLIN), revents: 0)
        return poll(&question, 1, 0) > 0
    }

    func rest() { if let token { server.loop.change(token, to: []) } }
    func resume() { if let token { server.loop.change(token, to: .read) } }

    /// Must come before the listener is let go.
    func close() {
        if let token { server.loop.unwatch(token) }
        token = nil
    }
}
