internal import COpenSSL

/// The server's side of TLS on one non-blocking socket, which somebody else owns and closes.
///
/// OpenSSL judges how a call ended by the thread's queue of errors (SSL_get_error(3)), so the queue is emptied before
/// every call and again after a failed one. It writes with write(2): SIGPIPE must be ignored by the process.
package final class TLSSession {
    package enum Progress: Equatable {
        case done(Int)
        /// Nothing more until the socket is readable, or writable.
        case wantsRead
        case wantsWrite
        /// The peer has said or done its last; we may still write.
        case ended
        /// The session is over; close the socket.
        case failed
    }

    private let raw: OpaquePointer
    private var isBroken = false
    private var isEstablished = false

    package init(_ context: TLSContext, socket: Int32) throws(TLSError) {
        ERR_clear_error()
        guard let fresh = SSL_new(context.raw) else {
            dropErrors()
            throw .unavailable(detail: "no memory for a session")
        }
        guard SSL_set_fd(fresh, socket) == 1 else {
            SSL_free(fresh)
            dropErrors()
            throw .unavailable(detail: "no memory for a session")
        }
        SSL_set_accept_state(fresh)
        raw = fresh
    }

    deinit { SSL_free(raw) }

    /// Call again when the socket is ready as wanted, until it says done.
    package func handshake() -> Progress {
        ERR_clear_error()
        let result = SSL_do_handshake(raw)
        if result == 1 { isEstablished = true }
        return progress(after: result, count: 0)
    }

    package func read(into space: UnsafeMutableRawBufferPointer) -> Progress {
        guard !isBroken else { return .failed }
        ERR_clear_error()
        var count = 0
        let result = SSL_read_ex(raw, space.baseAddress, space.count, &count)
        return progress(after: result, count: count)
    }

    /// - Parameter bytes: not empty. What was not taken must be offered again first.
    package func write(_ bytes: UnsafeRawBufferPointer) -> Progress {
        guard !isBroken else { return .failed }
        ERR_clear_error()
        var count = 0
        let result = SSL_write_ex(raw, bytes.baseAddress, bytes.count, &count)
        return progress(after: result, count: count)
    }

    /// Something came from the peer.
    package var hasHeard: Bool { BIO_number_read(SSL_get_rbio(raw)) > 0 }

    /// Decrypted bytes that wait inside: the socket will not become readable for them.
    package var hasPending: Bool { SSL_pending(raw) > 0 }

    /// Says that we send no more (close_notify). Best effort: a full socket loses it.
    package func finish() {
        guard isEstablished, !isBroken else { return }
        ERR_clear_error()
        if SSL_shutdown(raw) < 0 { dropErrors() }
    }

    private func progress(after result: Int32, count: Int) -> Progress {
        if result > 0 { return .done(count) }
        defer { dropErrors() }
        switch SSL_get_error(raw, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            isBroken = true
            return .failed
        }
    }
}
