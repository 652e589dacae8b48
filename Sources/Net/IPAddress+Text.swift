package import Domain
package import Glibc

extension IPAddress {
    /// Reads the dotted or colon form that inet_pton(3) accepts, and no other spelling (no octal, no short forms).
    package init?(text: some StringProtocol) {
        let text = String(text)
        // To inet_pton a text ends at its first zero byte.
        guard !text.utf8.contains(0) else { return nil }
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self.init(v4: UInt32(bigEndian: v4.s_addr))
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        self.init(networkOrder: v6)
    }

    package var text: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let base = buffer.baseAddress else { return "" }
            if let v4 {
                var address = in_addr(s_addr: v4.bigEndian)
                inet_ntop(AF_INET, &address, base, socklen_t(buffer.count))
            } else {
                var address = networkOrder
                inet_ntop(AF_INET6, &address, base, socklen_t(buffer.count))
            }
            return String(cString: base)
        }
    }

    /// The 16 bytes in network order.
    package init(networkOrder bytes: in6_addr) {
        let words = withUnsafeBytes(of: bytes) {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        self.init(high: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1))
    }

    package var networkOrder: in6_addr {
        var address = in6_addr()
        withUnsafeMutableBytes(of: &address) {
            $0.storeBytes(of: high.bigEndian, as: UInt64.self)
            $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        return address
    }

    /// Nil for families other than IPv4 and IPv6.
    package init?(_ address: UnsafePointer<sockaddr>) {
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let v4 = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
            self.init(v4: UInt32(bigEndian: v4.sin_addr.s_addr))
        case AF_INET6:
            self.init(networkOrder: UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self).sin6_addr)
        default: return nil
        }
    }
}

extension IPRange {
    /// `203.0.113.0/24`, `2001:db8::/32`, or a single address.
    package init?(text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddress(text: parts[0]) else { return nil }
        let width = address.v4 == nil || parts[0].contains(":") ? 128 : 32
        var bits = width
        if parts.count == 2 {
            guard let written = Int(parts[1]), (0...width).contains(written), String(written) == parts[1] else {
                return nil
            }
            bits = written
        }
        self.init(address, prefix: 128 - width + bits)
    }

    package var text: String {
        network.v4 != nil && prefix >= 96 ? "\(network.text)/\(prefix - 96)" : "\(network.text)/\(prefix)"
    }
}
