package import Domain
package import Glibc

/// An address and a port.
package struct SocketAddress: Hashable, Sendable {
    package let address: IPAddress
    package let port: UInt16
    /// IPv4 even when the unspecified address alone could not tell.
    package var isV4: Bool { address.v4 != nil }

    package init(_ address: IPAddress, port: UInt16) { (self.address, self.port) = (address, port) }

    /// `127.0.0.1:8080` or `[::1]:8080`. Port 0 asks the kernel for a free one.
    package init?(text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard let address = IPAddress(text: host) else { return nil }
        self.init(address, port: port)
    }

    package var text: String { isV4 ? "\(address.text):\(port)" : "[\(address.text)]:\(port)" }

    /// The address in the form that bind(2) and connect(2) take.
    package func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        if let v4 = address.v4 {
            var raw = sockaddr_in()
            raw.sin_family = sa_family_t(AF_INET)
            raw.sin_port = port.bigEndian
            raw.sin_addr.s_addr = v4.bigEndian
            return Self.pass(&raw, body)
        }
        var raw = sockaddr_in6()
        raw.sin6_family = sa_family_t(AF_INET6)
        raw.sin6_port = port.bigEndian
        raw.sin6_addr = address.networkOrder
        return Self.pass(&raw, body)
    }

    /// Nil for families other than IPv4 and IPv6.
    package init?(_ raw: UnsafePointer<sockaddr>) {
        guard let address = IPAddress(raw) else { return nil }
        // Both families keep the port at the same offset.
        self.init(
            address, port: UInt16(bigEndian: UnsafeRawPointer(raw).loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
    }

    private static func pass<Raw, R>(_ raw: inout Raw, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        withUnsafeBytes(of: &raw) {
            // The buffer is never empty, so its address is never nil.
            body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }
}
