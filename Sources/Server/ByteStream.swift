import CLinux
import Crypto
import Domain
import Glibc
import Net

/// One accepted socket as a stream of plain bytes, through TLS or not.
final class ByteStream {
    enum Outcome: Equatable {
        case bytes(Int)
        /// Nothing moves until the socket is ready for this.
        case blocked(Interest)
        /// The peer sends no more.
        case ended
        case failed
    }

    private var socket: FileDescriptor?
    /// Stays when the socket is closed; only compared then.
    let fd: Int32
    private var tls: TLSSession?

    init(_ socket: consuming FileDescriptor) {
        fd = socket.raw
        self.socket = consume socket
    }

    var isTLS: Bool { tls != nil }

    /// Decrypted bytes that epoll knows nothing of.
    var hasPending: Bool { tls?.hasPending ?? false }

    // MARK: Before the first byte of HTTP

    func begin(_ context: TLSContext) throws(TLSError) { tls = try TLSSession(context, socket: fd) }

    /// The peer has said something to the session.
    var hasHeard: Bool { tls?.hasHeard ?? false }

    /// `.bytes` when the session stands.
    func handshake() -> Outcome { tls.map { Self.outcome($0.handshake()) } ?? .bytes(0) }

    /// Looks at what waits in the socket and leaves it there.
    func peek(into space: UnsafeMutableRawBufferPointer) -> Outcome { receive(space, Int32(MSG_PEEK)) }

    /// Something has come that was not read yet.
    var hasWaiting: Bool {
        var byte: UInt8 = 0
        return hasPending || recv(fd, &byte, 1, Int32(MSG_PEEK)) > 0
    }

    // MARK: Reading and writing

    func read(into space: UnsafeMutableRawBufferPointer) -> Outcome {
        if let tls { return Self.outcome(tls.read(into: space)) }
        return receive(space, 0)
    }

    /// Both in one system call where that is possible; what remains is to be offered again.
    func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Outcome {
        if let tls { return Self.outcome(tls.write(first.isEmpty ? second : first)) }
        // Never written through: sendmsg(2) takes mutable pointers for historical reasons.
        var parts = [
            iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count),
            iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count),
        ]
        return parts.withUnsafeMutableBufferPointer { parts in
            var message = msghdr()
            message.msg_iov = parts.baseAddress
            message.msg_iovlen = parts.count
            return Self.outcome(retrying { sendmsg(fd, &message, Int32(MSG_NOSIGNAL)) }, blocked: .write)
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        if let tls { return Self.outcome(tls.write(bytes)) }
        return Self.outcome(
            retrying { send(fd, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) }, blocked: .write)
    }

    /// Says that no more will be sent; reading goes on.
    func finish() {
        tls?.finish()
        _ = shutdown(fd, Int32(SHUT_WR))
    }

    func close() {
        tls?.finish()
        tls = nil
        socket = nil
    }

    private func receive(_ space: UnsafeMutableRawBufferPointer, _ flags: Int32) -> Outcome {
        let count = retrying { recv(fd, space.baseAddress, space.count, flags) }
        return count == 0 ? .ended : Self.outcome(count, blocked: .read)
    }

    private static func outcome(_ count: Int, blocked: Interest) -> Outcome {
        if count >= 0 { return .bytes(count) }
        return errno == EAGAIN ? .blocked(blocked) : .failed
    }

    private static func outcome(_ progress: TLSSession.Progress) -> Outcome {
        switch progress {
        case .done(let count): .bytes(count)
        case .wantsRead: .blocked(.read)
        case .wantsWrite: .blocked(.write)
        case .ended: .ended
        case .failed: .failed
        }
    }
}

private func retrying(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
