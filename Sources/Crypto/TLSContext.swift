internal import COpenSSL
internal import Glibc

/// A server's certificate chain, its key, and the rules of its TLS: 1.2 and 1.3 only, forward-secret AEAD suites,
/// `http/1.1` by ALPN. Made once and never changed: a reload makes another one for the connections to come, those that
/// are open keep theirs.
package final class TLSContext: Sendable {
    // Configured in init only. SSL_new, the only later use, counts its reference atomically (threads(7) of OpenSSL).
    nonisolated(unsafe) let raw: OpaquePointer

    /// - Parameters:
    ///   - certificates: path of a PEM file, the server's own certificate first, then the intermediate ones.
    ///   - key: path of a PEM file with its private key, not encrypted.
    package init(certificates: String, key: String) throws(TLSError) {
        ERR_clear_error()
        defer { dropErrors() }
        guard let fresh = SSL_CTX_new(TLS_server_method()) else { throw .unavailable(detail: TLSError.reason()) }
        do throws(TLSError) {
            try Self.setRules(of: fresh)
            try Self.load(certificates: certificates, key: key, into: fresh)
        } catch {
            SSL_CTX_free(fresh)
            throw error
        }
        raw = fresh
    }

    deinit { SSL_CTX_free(raw) }

    private static func setRules(of context: OpaquePointer) throws(TLSError) {
        SSL_CTX_set_options(context, HEADGATE_TLS_OPTIONS)
        SSL_CTX_ctrl(context, SSL_CTRL_MODE, modes, nil)
        // One call reads one record: else a flood of KeyUpdates, which bring no bytes, would keep the loop inside SSL_read.
        // What follows in the socket makes it readable again; OpenSSL reads nothing ahead.
        SSL_CTX_ctrl(context, SSL_CTRL_CLEAR_MODE, Int(SSL_MODE_AUTO_RETRY), nil)
        // Tickets carry what resumption needs; a cache in memory would only grow.
        SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        SSL_CTX_set_num_tickets(context, 1)
        SSL_CTX_set_alpn_select_cb(context, selectProtocol, nil)
        // Without this OpenSSL asks the terminal.
        SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
        guard SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil) == 1,
            SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1
        else { throw .unavailable(detail: TLSError.reason()) }
    }

    /// A write may take part of the bytes, and the rest may come from elsewhere in memory; idle connections give their
    /// buffers back.
    private static let modes =
        Int(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS)

    private static func load(certificates: String, key: String, into context: OpaquePointer) throws(TLSError) {
        for path in [certificates, key] where access(path, R_OK) != 0 {
            throw .unreadable(path: path, detail: String(cString: strerror(errno)))
        }
        guard SSL_CTX_use_certificate_chain_file(context, certificates) == 1 else {
            throw .badCertificate(path: certificates, detail: TLSError.reason())
        }
        guard SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 else {
            if ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH {
                throw .mismatch(certificates, key)
            }
            throw .badKey(path: key, detail: TLSError.reason())
        }
        guard SSL_CTX_check_private_key(context) == 1 else { throw .mismatch(certificates, key) }
    }

    /// RFC 7301: a client that names protocols and not ours gets an alert; one that names none speaks HTTP/1.1 anyway.
    private static let selectProtocol: SSL_CTX_alpn_select_cb_func = { _, out, outLength, offered, offeredLength, _ in
        guard let out, let outLength, let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        var place = 0
        while place < Int(offeredLength) {
            let length = Int(offered[place])
            guard place + 1 + length <= Int(offeredLength) else { break }
            let name = UnsafeBufferPointer(start: offered + place + 1, count: length)
            if name.elementsEqual("http/1.1".utf8) {
                out.pointee = offered + place + 1
                outLength.pointee = UInt8(length)
                return SSL_TLSEXT_ERR_OK
            }
            place += 1 + length
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }
}

/// Why a certificate or key cannot be used. Paths and OpenSSL's reasons only: nothing of a file's content.
package enum TLSError: Error, Equatable, CustomStringConvertible {
    case unreadable(path: String, detail: String)
    case badCertificate(path: String, detail: String)
    case badKey(path: String, detail: String)
    case mismatch(_ certificates: String, _ key: String)
    case unavailable(detail: String)

    package var description: String { "\(problem); \(cure)" }

    package var problem: String {
        switch self {
        case .unreadable(let path, let detail): "\(path) cannot be read: \(detail)"
        case .badCertificate(let path, let detail): "\(path) holds no certificate chain: \(detail)"
        case .badKey(let path, let detail): "\(path) holds no private key that can be used: \(detail)"
        case .mismatch(let certificates, let key):
            "the key in \(key) does not belong to the certificate in \(certificates)"
        case .unavailable(let detail): "OpenSSL cannot set TLS up: \(detail)"
        }
    }

    package var cure: String {
        switch self {
        case .unreadable: "check its path and permissions"
        case .badCertificate: "it must be PEM, the server's own certificate first"
        case .badKey: "it must be PEM without a passphrase"
        case .mismatch: "give the pair that was issued together"
        case .unavailable: "see whether this build of OpenSSL 3 has TLS 1.2"
        }
    }

    /// The reason of the last error: a fixed text of OpenSSL's tables.
    fileprivate static func reason() -> String {
        ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) } ?? "unknown reason"
    }
}
