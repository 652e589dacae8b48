import COpenSSL
import Domain
import Foundation
import Glibc
import Net

struct Answer: Equatable {
    var status: Int
    var head: String
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var closes: Bool { head.contains("\r\nConnection: close\r\n") }
}

/// A blocking client that gives up after some seconds.
final class Client {
    enum Trouble: Error { case connect(Int32), handshake, write(Int32), truncated(String) }

    private let fd: Int32
    private var ssl: OpaquePointer?
    private var received: [UInt8] = []
    private var isClosed = false
    private(set) var wasReset = false

    /// A server lives as long as it has clients.
    private let server: LiveServer

    init(of server: LiveServer) throws {
        self.server = server
        signal(SIGPIPE, SIG_IGN)  // SSL_write has no other way to be told
        fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        setsockopt(fd, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        let address = SocketAddress(IPAddress(v4: 0x7f00_0001), port: server.port)
        let result = address.withSockaddr { Glibc.connect(fd, $0, $1) }
        guard result == 0 else { throw Trouble.connect(errno) }
    }

    deinit {
        if let ssl { SSL_free(ssl) }
        if !isClosed { Glibc.close(fd) }
    }

    func startTLS(version: Int32? = nil, protocols: [String] = []) throws -> Client {
        guard let context = SSL_CTX_new(TLS_client_method()), let fresh = SSL_new(context) else {
            throw Trouble.handshake
        }
        SSL_CTX_free(context)
        SSL_set_fd(fresh, fd)
        if let version {
            SSL_ctrl(fresh, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(version), nil)
            SSL_ctrl(fresh, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
            SSL_set_security_level(fresh, 0)
        }
        let offered = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !offered.isEmpty { SSL_set_alpn_protos(fresh, offered, UInt32(offered.count)) }
        ERR_clear_error()
        guard SSL_connect(fresh) == 1 else {
            SSL_free(fresh)
            throw Trouble.handshake
        }
        ssl = fresh
        return self
    }

    /// What the server chose by ALPN.
    var chosenProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &length)
        return name.map { String(decoding: UnsafeBufferPointer(start: $0, count: Int(length)), as: UTF8.self) }
    }

    /// The name in the server's certificate.
    var certificateName: String {
        guard let certificate = SSL_get1_peer_certificate(ssl) else { return "" }
        defer { X509_free(certificate) }
        var text = [UInt8](repeating: 0, count: 256)
        let count = text.withUnsafeMutableBytes {
            X509_NAME_get_text_by_NID(
                X509_get_subject_name(certificate), NID_commonName, $0.baseAddress?.assumingMemoryBound(to: CChar.self),
                256)
        }
        return String(decoding: text.prefix(max(0, Int(count))), as: UTF8.self)
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { bytes in
                if let ssl {
                    ERR_clear_error()
                    return Int(SSL_write(ssl, bytes.baseAddress, Int32(bytes.count)))
                }
                return Glibc.send(fd, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw Trouble.write(errno) }
            rest = rest.dropFirst(sent)
        }
    }

    /// Of TLS 1.3: a record without a byte of content.
    func updateKeys() throws {
        guard SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1, SSL_do_handshake(ssl) == 1 else {
            throw Trouble.handshake
        }
    }

    /// One byte a packet (and a TLS record).
    func drip(_ text: String) throws { for byte in text.utf8 { try send([byte]) } }

    /// The server said close_notify.
    var endedCleanly: Bool { SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 }

    func closeWriting() {
        if let ssl { SSL_shutdown(ssl) }
        shutdown(fd, Int32(SHUT_WR))
    }

    /// Closes with a reset.
    func abort() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        Glibc.close(fd)
        isClosed = true
    }

    /// False at the end of the stream.
    private func receiveSome() -> Bool {
        var space = [UInt8](repeating: 0, count: 64 << 10)
        let count: Int
        if let ssl {
            ERR_clear_error()
            count = Int(SSL_read(ssl, &space, Int32(space.count)))
        } else {
            count = recv(fd, &space, space.count, 0)
            if count < 0 { wasReset = true }
        }
        if count > 0 { received += space[..<count] }
        return count > 0
    }

    func answer(toHead: Bool = false) throws -> Answer {
        var end: Int?
        while true {
            end = received.indices.dropLast(3).first { Array(received[$0..<$0 + 4]) == [13, 10, 13, 10] }
            if end != nil { break }
            guard receiveSome() else { throw Trouble.truncated(String(decoding: received, as: UTF8.self)) }
        }
        let head = String(decoding: received[..<(end! + 4)], as: UTF8.self)
        received.removeFirst(end! + 4)
        let status = Int(head.split(separator: " ")[1]) ?? 0
        let length =
            head.range(of: "Content-Length: ").flatMap { Int(head[$0.upperBound...].prefix { $0.isNumber }) } ?? 0
        guard !toHead, status != 100 else { return Answer(status: status, head: head, body: []) }
        while received.count < length { guard receiveSome() else { throw Trouble.truncated(head) } }
        let body = Array(received[..<length])
        received.removeFirst(length)
        return Answer(status: status, head: head, body: body)
    }

    /// Everything until the server closes.
    func rest() -> String { String(decoding: restBytes(), as: UTF8.self) }

    func restBytes() -> [UInt8] {
        while receiveSome() {}
        defer { received = [] }
        return received
    }

    func exchange(_ request: String) throws -> Answer {
        try send(request)
        return try answer()
    }
}

func get(_ path: String, _ fields: String = "") -> String { "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n" }

func post(_ path: String, _ body: String, _ fields: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
}
