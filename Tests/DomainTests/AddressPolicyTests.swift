import Domain
import Testing

@Suite("An address") struct AddressClassTests {
    static func v4(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> IPAddress {
        IPAddress(v4: a << 24 | b << 16 | c << 8 | d)
    }

    @Test(
        "of IPv4 is sorted by its range, to the edges",
        arguments: [
            (v4(8, 8, 8, 8), AddressClass.global), (v4(1, 0, 0, 0), .global), (v4(223, 255, 255, 255), .global),
            (v4(0, 0, 0, 0), .unspecified), (v4(0, 255, 255, 255), .unspecified),
            (v4(9, 255, 255, 255), .global), (v4(10, 0, 0, 0), .private), (v4(10, 255, 255, 255), .private),
            (v4(11, 0, 0, 0), .global),
            (v4(100, 63, 255, 255), .global), (v4(100, 64, 0, 0), .private), (v4(100, 127, 255, 255), .private),
            (v4(100, 128, 0, 0), .global), (v4(100, 100, 100, 200), .metadata), (v4(100, 100, 100, 201), .private),
            (v4(127, 0, 0, 1), .loopback), (v4(127, 255, 255, 255), .loopback),
            (v4(168, 63, 129, 16), .metadata), (v4(168, 63, 129, 17), .global),
            (v4(169, 254, 0, 0), .linkLocal), (v4(169, 254, 169, 254), .metadata), (v4(169, 254, 255, 255), .linkLocal),
            (v4(172, 15, 255, 255), .global), (v4(172, 16, 0, 0), .private), (v4(172, 31, 255, 255), .private),
            (v4(172, 32, 0, 0), .global), (v4(192, 0, 0, 1), .reserved), (v4(192, 0, 0, 192), .metadata),
            (v4(192, 0, 1, 0), .global), (v4(192, 0, 2, 7), .documentation), (v4(192, 88, 99, 1), .reserved),
            (v4(192, 168, 0, 1), .private), (v4(192, 169, 0, 0), .global), (v4(198, 17, 255, 255), .global),
            (v4(198, 18, 0, 1), .private), (v4(198, 51, 100, 7), .documentation), (v4(203, 0, 113, 7), .documentation),
            (v4(224, 0, 0, 1), .multicast), (v4(239, 255, 255, 255), .multicast), (v4(240, 0, 0, 1), .reserved),
            (v4(255, 255, 255, 255), .broadcast), (v4(255, 255, 255, 254), .reserved),
        ])
    func classOfV4(_ address: IPAddress, _ expected: AddressClass) { #expect(AddressClass(address) == expected) }

    @Test(
        "of IPv6 is sorted by its range",
        arguments: [
            (0x2606_4700_4700_0000, 0x1111, AddressClass.global), (0x2001_0200_0000_0000, 1, .global),
            (0, 0, .unspecified), (0, 1, .loopback), (0xfe80 << 48, 1, .linkLocal), (0xfebf << 48, 1, .linkLocal),
            (0xfec0 << 48, 1, .private), (0xfc00 << 48, 1, .private), (0xfdff << 48, 1, .private),
            (0xfd00_0ec2_0000_0000, 0x254, .metadata), (0xfd20_00ce_0000_0000, 0x254, .metadata),
            (0xff02 << 48, 1, .multicast), (0x2001_0db8_0000_0000, 1, .documentation),
            (0x3fff << 48, 1, .documentation),
            (0x2001_0010_0000_0000, 1, .reserved), (0x0100 << 48, 1, .reserved), (0x5f00 << 48, 1, .reserved),
            (0x4000 << 48, 1, .reserved), (0x0064_ff9b_0002_0000, 1, .reserved),
        ] as [(UInt64, UInt64, AddressClass)])
    func classOfV6(_ high: UInt64, _ low: UInt64, _ expected: AddressClass) {
        #expect(AddressClass(IPAddress(high: high, low: low)) == expected)
    }

    /// The ways an IPv4 address travels inside an IPv6 one.
    static let carriers: [(name: String, make: @Sendable (UInt64) -> IPAddress)] = [
        ("mapped", { IPAddress(high: 0, low: 0xffff_0000_0000 | $0) }),
        ("compatible", { IPAddress(high: 0, low: $0) }),
        ("translated", { IPAddress(high: 0, low: 0xffff_0000_0000_0000 | $0) }),
        ("NAT64", { IPAddress(high: 0x0064_ff9b_0000_0000, low: $0) }),
        ("local NAT64, /96", { IPAddress(high: 0x0064_ff9b_0001_0000, low: $0) }),
        ("local NAT64, /64", { IPAddress(high: 0x0064_ff9b_0001_0000, low: $0 << 24) }),
        ("local NAT64, /56", { IPAddress(high: 0x0064_ff9b_0001_0000 | $0 >> 24, low: ($0 & 0xff_ffff) << 32) }),
        ("local NAT64, /48", { IPAddress(high: 0x0064_ff9b_0001_0000 | $0 >> 16, low: ($0 & 0xffff) << 40) }),
        ("6to4", { IPAddress(high: 0x2002 << 48 | $0 << 16, low: 1) }),
        ("Teredo client", { IPAddress(high: 0x2001_0000_0808_0808, low: 0x0000_ffff_0000_0000 | ~$0 & 0xffff_ffff) }),
        ("Teredo server", { IPAddress(high: 0x2001_0000 << 32 | $0, low: ~0x0808_0808 & 0xffff_ffff) }),
    ]

    @Test("that carries IPv4 is judged by what it carries", arguments: carriers.indices)
    func carried(_ place: Int) {
        let carrier = Self.carriers[place]
        let cases: [(UInt64, AddressClass)] = [
            (0x7f00_0001, .loopback), (0x0a00_0001, .private), (0xa9fe_a9fe, .metadata), (0xa9fe_0101, .linkLocal),
            (0xe000_0001, .multicast), (0xa83f_8110, .metadata), (0xffff_ffff, .broadcast),
            (0xcb00_7107, .documentation),
            (0xc0a8_0101, .private), (0x0808_0808, .global),
        ]
        for (v4, expected) in cases {
            #expect(AddressClass(carrier.make(v4)) == expected, "\(carrier.name) of \(String(v4, radix: 16))")
        }
    }

    @Test("of local NAT64 that reads as nothing is refused")
    func emptyLocalNAT64() {
        #expect(AddressClass(IPAddress(high: 0x0064_ff9b_0001_0000, low: 0)) == .unspecified)
    }
}

@Suite("The address policy") struct AddressPolicyTests {
    static let classes: [(AddressClass, IPAddress)] = [
        (.global, IPAddress(v4: 0x0808_0808)), (.loopback, IPAddress(v4: 0x7f00_0001)),
        (.private, IPAddress(v4: 0x0a00_0001)), (.linkLocal, IPAddress(v4: 0xa9fe_0101)),
        (.metadata, IPAddress(v4: 0xa9fe_a9fe)), (.multicast, IPAddress(v4: 0xe000_0001)),
        (.broadcast, IPAddress(v4: 0xffff_ffff)), (.unspecified, .unspecified),
        (.documentation, IPAddress(v4: 0xc000_0201)), (.reserved, IPAddress(v4: 0xf000_0001)),
    ]

    @Test("lets route files name private addresses, and nothing else that is special", arguments: classes)
    func routeFile(_ kind: AddressClass, _ address: IPAddress) {
        let allowed: Set<AddressClass> = [.global, .private, .loopback]
        #expect(AddressPolicy.routeFile.refusal(of: address) == (allowed.contains(kind) ? nil : kind))
    }

    @Test("lets strangers name global addresses only", arguments: classes)
    func registered(_ kind: AddressClass, _ address: IPAddress) {
        #expect(AddressPolicy(allowsPrivate: false).refusal(of: address) == (kind == .global ? nil : kind))
    }

    @Test("has a sample of every class here") func complete() {
        #expect(Set(Self.classes.map(\.0)) == Set(AddressClass.allCases))
    }
}
