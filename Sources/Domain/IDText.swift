/// Outward forms of ids: `evt_` and 13 characters of Crockford's base 32 (https://www.crockford.com/base32.html),
/// in lower case, so that ids sort as text in the order of their time; `dlv_…-n` for the n-th delivery of an event.
extension ID where Of == Event {
    package static var prefix: String { "evt_" }
    /// Characters of the text after the prefix: 13 × 5 bits hold 64.
    package static var digits: Int { 13 }

    package var text: String { Self.prefix + base32 }

    package init?(text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix), let raw = decodeBase32(text.dropFirst(Self.prefix.count)) else { return nil }
        self.init(raw)
    }

    fileprivate var base32: String {
        String(unsafeUninitializedCapacity: Self.digits) { buffer in
            var rest = UInt64(bitPattern: raw)
            for place in stride(from: Self.digits - 1, through: 0, by: -1) {
                buffer[place] = alphabet[Int(rest & 31)]
                rest >>= 5
            }
            return Self.digits
        }
    }
}

extension ID where Of == Quarantined {
    package static var prefix: String { "qtn_" }

    package var text: String { Self.prefix + EventID(raw).base32 }

    package init?(text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix), let raw = decodeBase32(text.dropFirst(Self.prefix.count)) else { return nil }
        self.init(raw)
    }

    /// None that was given its id at `time` or later has a smaller one.
    package static func first(at time: WallTime) -> QuarantineID { QuarantineID(EventID.first(at: time).raw) }
}

extension DeliveryID {
    package static var prefix: String { "dlv_" }

    package var text: String { Self.prefix + event.base32 + "-" + String(ordinal) }

    package init?(text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let parts = text.dropFirst(Self.prefix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let raw = decodeBase32(parts[0]), let ordinal = Int32(parts[1]), ordinal > 0 else {
            return nil
        }
        self.init(event: EventID(raw), ordinal: ordinal)
    }
}

private let alphabet: [UInt8] = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

private func decodeBase32(_ text: some StringProtocol) -> Int64? {
    guard text.utf8.count == EventID.digits else { return nil }
    var value: UInt64 = 0
    for (place, character) in text.utf8.enumerated() {
        guard let digit = alphabet.firstIndex(of: character), place > 0 || digit < 16 else { return nil }
        value = value << 5 | UInt64(digit)
    }
    return Int64(bitPattern: value)
}
