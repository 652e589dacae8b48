/// Base 64 (RFC 4648). How text may be spelled depends on who wrote it: signatures have one spelling, so that a second
/// one cannot pass for another event; keys are pasted by people.
package enum Base64 {
    package enum Reading: Sendable {
        /// The standard alphabet, padded, unused bits zero: each byte string has exactly one text.
        case canonical
        /// The URL alphabet, unused bits zero; without padding (RFC 7515 section 2) or with all of it.
        case url
        /// Either alphabet, padding optional, unused bits ignored; any other character is refused.
        case key
        /// As Node's `Buffer.from(text, "base64")`: either alphabet, other characters skipped, an end at `=`, the
        /// last partial group kept.
        case lenient
    }

    /// How many bytes `count` characters hold at most.
    package static func decodedMost(_ count: Int) -> Int { count / 4 * 3 + 2 }

    /// The number of bytes written; nil when the text is malformed or holds more than `target`.
    package static func decode(
        _ text: UnsafeRawBufferPointer, _ reading: Reading, into target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        switch reading {
        case .lenient: return decodeLeniently(text, into: target)
        case .canonical, .url, .key: break
        }
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        let padding = text.count - end
        switch reading {
        case .canonical: guard text.count % 4 == 0, padding == (4 - end % 4) % 4 else { return nil }
        case .url, .key: guard padding == 0 || text.count % 4 == 0 && padding == (4 - end % 4) % 4 else { return nil }
        case .lenient: break
        }
        guard end % 4 != 1, end / 4 * 3 + max(end % 4 - 1, 0) <= target.count else { return nil }
        var (bits, held, written): (UInt32, Int, Int) = (0, 0, 0)
        for place in 0..<end {
            let value = values[Int(text[place])]
            switch reading {
            case .canonical: guard value < 64 else { return nil }
            case .url:
                guard value < 64 && text[place] != plus && text[place] != slash || value >= 64 && value < 128 else {
                    return nil
                }
            case .key, .lenient: guard value < 128 else { return nil }
            }
            bits = bits << 6 | UInt32(value & 63)
            held += 6
            if held >= 8 {
                held -= 8
                target[written] = UInt8(truncatingIfNeeded: bits >> UInt32(held))
                written += 1
            }
        }
        if reading != .key, bits & (1 << UInt32(held) - 1) != 0 { return nil }
        return written
    }

    private static func decodeLeniently(
        _ text: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        var (bits, held, written): (UInt32, Int, Int) = (0, 0, 0)
        for character in text {
            if character == UInt8(ascii: "=") { break }
            let value = values[Int(character)]
            guard value < 128 else { continue }
            bits = bits << 6 | UInt32(value & 63)
            held += 6
            if held >= 8 {
                guard written < target.count else { return nil }
                held -= 8
                target[written] = UInt8(truncatingIfNeeded: bits >> UInt32(held))
                written += 1
            }
        }
        return written
    }

    package static func decode(_ text: some StringProtocol, _ reading: Reading) -> [UInt8]? {
        let text = Array(text.utf8)
        return text.withUnsafeBytes { text in
            var count: Int?
            let bytes = [UInt8](unsafeUninitializedCapacity: decodedMost(text.count)) { target, written in
                count = decode(text, reading, into: UnsafeMutableRawBufferPointer(target))
                written = count ?? 0
            }
            return count == nil ? nil : bytes
        }
    }

    /// Characters that `count` bytes take, padded.
    package static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    /// - Parameter target: at least `encodedCount` bytes long.
    @discardableResult
    package static func encode(
        _ bytes: UnsafeRawBufferPointer, url: Bool = false, into target: UnsafeMutableRawBufferPointer
    ) -> Int {
        precondition(target.count >= encodedCount(bytes.count))
        let alphabet = url ? urlAlphabet : standardAlphabet
        return alphabet.withUTF8Buffer { alphabet in
            var (place, written) = (0, 0)
            while place < bytes.count {
                let left = bytes.count - place
                var group = UInt32(bytes[place]) << 16
                if left > 1 { group |= UInt32(bytes[place + 1]) << 8 }
                if left > 2 { group |= UInt32(bytes[place + 2]) }
                for digit in 0..<(left > 2 ? 4 : left + 1) {
                    target[written] = alphabet[Int(group >> UInt32(18 - 6 * digit) & 63)]
                    written += 1
                }
                place += 3
            }
            while !url, written % 4 != 0 {
                target[written] = UInt8(ascii: "=")
                written += 1
            }
            return written
        }
    }

    /// The text of `bytes`: standard and padded, or for URLs without padding.
    package static func encode(_ bytes: [UInt8], url: Bool = false) -> String {
        String(unsafeUninitializedCapacity: encodedCount(bytes.count)) { target in
            bytes.withUnsafeBytes { encode($0, url: url, into: UnsafeMutableRawBufferPointer(target)) }
        }
    }

    private static let standardAlphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let urlAlphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    /// 0…63; 64 more for the two characters of the URL alphabet alone; 255 for all others.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        standardAlphabet.withUTF8Buffer {
            for (value, character) in $0.enumerated() { values[Int(character)] = UInt8(value) }
        }
        values[Int(UInt8(ascii: "-"))] = 64 + 62
        values[Int(UInt8(ascii: "_"))] = 64 + 63
        return values
    }()

    private static let plus = UInt8(ascii: "+")
    private static let slash = UInt8(ascii: "/")
}
