internal import CLinux
internal import Glibc

/// TCP sockets, non-blocking and closed on exec.
package enum Socket {
    /// A listening socket; SO_REUSEPORT lets several loops share one port, the kernel spreading connections over them.
    ///
    /// - Parameter isOnlyV6: for `[::]`, which else takes IPv4 connections too: another socket has these.
    package static func listen(
        on address: SocketAddress, isOnlyV6: Bool = false, backlog: Int32 = 4096
    ) throws(SystemError) -> FileDescriptor {
        let socket = try bound(to: address, isOnlyV6: isOnlyV6, isShared: true)
        try check("listen") { Glibc.listen(socket.raw, backlog) }
        return socket
    }

    /// A socket that has its address, and does not listen.
    ///
    /// - Parameter isShared: other sockets of this user may have the same one (SO_REUSEPORT).
    package static func bound(
        to address: SocketAddress, isOnlyV6: Bool, isShared: Bool
    ) throws(SystemError) -> FileDescriptor {
        let family = address.isV4 ? AF_INET : AF_INET6
        let socket = FileDescriptor(adopting: try check("socket") { headgate_tcp_socket(family) })
        // Without it, connections of a listener that has just ended would count (TIME_WAIT).
        try check("setsockopt") { headgate_set_option(socket.raw, SOL_SOCKET, SO_REUSEADDR, 1) }
        if isShared {
            try check("setsockopt") { headgate_set_option(socket.raw, SOL_SOCKET, SO_REUSEPORT, 1) }
        }
        if !address.isV4 {
            try check("setsockopt") {
                headgate_set_option(socket.raw, Int32(IPPROTO_IPV6), IPV6_V6ONLY, isOnlyV6 ? 1 : 0)
            }
        }
        try check("bind") { address.withSockaddr { bind(socket.raw, $0, $1) } }
        return socket
    }

    /// Where a socket is bound: the port that the kernel chose for port 0.
    package static func localAddress(of fd: Int32) throws(SystemError) -> SocketAddress {
        let (code, address) = withAddress { getsockname(fd, $0, $1) }
        try check("getsockname") { code }
        guard let address else { throw SystemError(call: "getsockname", code: EAFNOSUPPORT) }
        return address
    }

    package enum Accepted: ~Copyable {
        case connection(FileDescriptor, from: SocketAddress)
        /// Nothing waits now.
        case none
        /// EMFILE, ENFILE, ENOBUFS, ENOMEM: accepting must rest until something was freed.
        case exhausted
    }

    package static func accept(from listener: Int32) -> Accepted {
        while true {
            let (fd, address) = withAddress { headgate_accept(listener, $0, $1) }
            if fd >= 0 {
                let connection = FileDescriptor(adopting: fd)
                guard let address else { continue }
                _ = headgate_set_option(fd, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
                return .connection(connection, from: address)
            }
            switch errno {
            case EAGAIN: return .none
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            default: continue  // EINTR, and connections that died in the queue (accept(2), "Error handling")
            }
        }
    }

    private static func withAddress(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> (Int32, SocketAddress?) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &storage) { bytes in
            // The buffer is never empty, so its address is never nil.
            let raw = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            let result = call(raw, &length)
            return (result, result >= 0 ? SocketAddress(raw) : nil)
        }
    }
}
