/// An IPv4 or IPv6 address as 16 bytes; IPv4 is kept in its mapped form (::ffff:0:0/96, RFC 4291 section 2.5.5.2),
/// so that an address has one spelling however the kernel reported it. Text forms are in Net.
package struct IPAddress: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }
    package init(v4: UInt32) { (high, low) = (0, 0xffff_0000_0000 | UInt64(v4)) }

    /// The four bytes in network order's value, when this is an IPv4 address.
    package var v4: UInt32? {
        high == 0 && low >> 32 == 0xffff ? UInt32(truncatingIfNeeded: low) : nil
    }

    package static let unspecified = IPAddress(v4: 0)
}

/// A range of addresses by prefix length, counted on the 128 bits of the mapped form for both families.
package struct IPRange: Hashable, Sendable {
    package let network: IPAddress
    /// 0…128; an IPv4 prefix of n is kept as 96 + n.
    package let prefix: Int

    /// - Parameter prefix: bits of the 128-bit form. Bits of `network` beyond it are cleared.
    package init(_ network: IPAddress, prefix: Int) {
        precondition((0...128).contains(prefix))
        let (high, low) = Self.masks(prefix)
        self.network = IPAddress(high: network.high & high, low: network.low & low)
        self.prefix = prefix
    }

    package func contains(_ address: IPAddress) -> Bool {
        let (high, low) = Self.masks(prefix)
        return address.high & high == network.high && address.low & low == network.low
    }

    private static func masks(_ prefix: Int) -> (high: UInt64, low: UInt64) {
        (prefix >= 64 ? .max : ~(UInt64.max >> UInt64(prefix)), prefix <= 64 ? 0 : ~(UInt64.max >> UInt64(prefix - 64)))
    }
}
