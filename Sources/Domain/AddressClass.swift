/// What kind of place an address is, after the IANA special-purpose registries
/// (https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry).
/// Where an address only carries an IPv4 address through IPv6, the carried address decides.
package enum AddressClass: String, Sendable, CaseIterable {
    case global
    case loopback
    /// RFC 1918, RFC 4193, carrier-grade NAT (RFC 6598), site-local (RFC 3879), benchmarks (RFC 2544).
    case `private`
    case linkLocal = "link-local"
    /// A cloud's instance metadata: credentials for whoever can reach it.
    case metadata
    case multicast
    case broadcast
    case unspecified
    case documentation
    case reserved

    package init(_ address: IPAddress) {
        if let v4 = address.v4 {
            self = Self.named(v4)
        } else if address.high != 0 || address.low > 1, let worst = Self.worst(Self.carried(by: address)) {
            self = worst
        } else {
            self = Self.v6.first { $0.range.contains(address) }?.class ?? Self.unnamed(address)
        }
    }

    /// The more reason to refuse, the greater.
    private var severity: Int {
        switch self {
        case .global: 0
        case .private, .loopback: 1
        case .linkLocal, .metadata, .multicast, .broadcast, .unspecified, .documentation, .reserved: 2
        }
    }

    private static func named(_ v4: UInt32) -> AddressClass {
        let address = IPAddress(v4: v4)
        return self.v4.first { $0.range.contains(address) }?.class ?? .global
    }

    private static func worst(_ carried: [UInt32]) -> AddressClass? {
        carried.map(named).max { $0.severity < $1.severity }
    }

    /// 2000::/3 is all that is global unicast so far (RFC 4291 section 2.4, IANA's IPv6 address space).
    private static func unnamed(_ address: IPAddress) -> AddressClass {
        address.high >> 61 == 1 ? .global : .reserved
    }
}

/// IPv4 addresses inside IPv6 ones.
extension AddressClass {
    private static func carried(by address: IPAddress) -> [UInt32] {
        let last = UInt32(truncatingIfNeeded: address.low)
        if address.high == 0 {
            switch address.low >> 32 {
            case 0: return [last]  // IPv4-compatible, RFC 4291 section 2.5.5.1
            case 0xffff_0000: return [last]  // IPv4-translated, RFC 2765 section 2.1
            default: return []
            }
        }
        if address.high == 0x0064_ff9b_0000_0000, address.low >> 32 == 0 { return [last] }  // NAT64, RFC 6052
        if address.high >> 16 == 0x0064_ff9b_0001 { return localNAT64(address) }
        if address.high >> 48 == 0x2002 { return [UInt32(truncatingIfNeeded: address.high >> 16)] }  // 6to4, RFC 3056
        if address.high >> 32 == 0x2001_0000 {  // Teredo, RFC 4380 section 4: server, and the client inverted
            return [UInt32(truncatingIfNeeded: address.high), ~last]
        }
        return []
    }

    /// 64:ff9b:1::/48 (RFC 8215): the network chose one of RFC 6052's layouts and nothing says which, so each counts that
    /// does not read as 0.0.0.0/8, which is how the unused bits of the others look.
    private static func localNAT64(_ address: IPAddress) -> [UInt32] {
        let (high, low) = (address.high, address.low)
        let layouts = [
            UInt32(truncatingIfNeeded: high & 0xffff) << 16 | UInt32(truncatingIfNeeded: low >> 40 & 0xffff),  // /48
            UInt32(truncatingIfNeeded: high & 0xff) << 24 | UInt32(truncatingIfNeeded: low >> 32 & 0xff_ffff),  // /56
            UInt32(truncatingIfNeeded: low >> 24),  // /64
            UInt32(truncatingIfNeeded: low),  // /96
        ]
        let plausible = layouts.filter { $0 >> 24 != 0 }
        return plausible.isEmpty ? [0] : plausible
    }
}

/// The ranges with a name, the narrower before the wider.
extension AddressClass {
    private static let v4: [(range: IPRange, class: AddressClass)] = [
        (v4(169, 254, 169, 254, 32), .metadata),  // AWS, Google, Azure, and most others
        (v4(168, 63, 129, 16, 32), .metadata),  // Azure's wire server: a public address that is none
        (v4(100, 100, 100, 200, 32), .metadata),  // Alibaba
        (v4(192, 0, 0, 192, 32), .metadata),  // Oracle
        (v4(0, 0, 0, 0, 8), .unspecified),
        (v4(10, 0, 0, 0, 8), .private),
        (v4(100, 64, 0, 0, 10), .private),
        (v4(127, 0, 0, 0, 8), .loopback),
        (v4(169, 254, 0, 0, 16), .linkLocal),
        (v4(172, 16, 0, 0, 12), .private),
        (v4(192, 0, 0, 0, 24), .reserved),
        (v4(192, 0, 2, 0, 24), .documentation),
        (v4(192, 88, 99, 0, 24), .reserved),
        (v4(192, 168, 0, 0, 16), .private),
        (v4(198, 18, 0, 0, 15), .private),
        (v4(198, 51, 100, 0, 24), .documentation),
        (v4(203, 0, 113, 0, 24), .documentation),
        (v4(224, 0, 0, 0, 4), .multicast),
        (v4(255, 255, 255, 255, 32), .broadcast),
        (v4(240, 0, 0, 0, 4), .reserved),
    ]

    private static let v6: [(range: IPRange, class: AddressClass)] = [
        (v6(0, 0, 128), .unspecified),
        (v6(0, 1, 128), .loopback),
        (v6(0xfd00_0ec2_0000_0000, 0x254, 128), .metadata),  // AWS
        (v6(0xfd20_00ce_0000_0000, 0x254, 128), .metadata),  // Google
        (v6(0xfc00 << 48, 0, 7), .private),
        (v6(0xfe80 << 48, 0, 10), .linkLocal),
        (v6(0xfec0 << 48, 0, 10), .private),
        (v6(0xff00 << 48, 0, 8), .multicast),
        (v6(0x2001_0db8 << 32, 0, 32), .documentation),
        (v6(0x3fff << 48, 0, 20), .documentation),
        (v6(0x2001_0000 << 32, 0, 23), .reserved),  // IETF protocol assignments; Teredo is judged before
    ]

    private static func v4(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ bits: Int) -> IPRange {
        IPRange(IPAddress(v4: a << 24 | b << 16 | c << 8 | d), prefix: 96 + bits)
    }

    private static func v6(_ high: UInt64, _ low: UInt64, _ bits: Int) -> IPRange {
        IPRange(IPAddress(high: high, low: low), prefix: bits)
    }
}
