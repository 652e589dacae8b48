internal import Domain

/// What an event can be found by: a byte that says what it is, and the value.
enum SearchTerm {
    enum Kind: UInt8 {
        /// The number of a class of deliveries (`DeliveryClasses`), of those that were delivered when the event was indexed.
        case delivered = 0x64  // d
        /// No value: its words are not all here.
        case unread = 0x6f  // o
        case providerID = 0x70  // p
        case route = 0x72  // r
        case source = 0x73  // s
        case type = 0x74  // t
        /// Of header fields or body.
        case word = 0x77  // w
    }

    static func bytes(_ kind: Kind, _ value: some Sequence<UInt8>) -> [UInt8] { [kind.rawValue] + value }

    static func bytes(_ kind: Kind, _ value: Int64) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { bytes(kind, $0) }
    }

    static func source(_ address: IPAddress) -> [UInt8] {
        withUnsafeBytes(of: (address.high.bigEndian, address.low.bigEndian)) { bytes(.source, $0) }
    }

    /// The first and the last address of a range.
    static func sources(_ range: IPRange) -> (first: [UInt8], last: [UInt8]) {
        let (high, low) = (
            range.prefix >= 64 ? UInt64.max : ~(UInt64.max >> UInt64(range.prefix)),
            range.prefix <= 64 ? 0 : ~(UInt64.max >> UInt64(range.prefix - 64))
        )
        return (
            source(range.network), source(IPAddress(high: range.network.high | ~high, low: range.network.low | ~low))
        )
    }

    /// Behind everything that begins with this.
    static func end(of prefix: [UInt8]) -> [UInt8] {
        var end = prefix
        while let last = end.last, last == 0xff { end.removeLast() }
        if let last = end.popLast() { end.append(last + 1) }
        return end
    }
}
