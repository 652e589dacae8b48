/// Hexadecimal text (RFC 4648 section 8): written in lower case, read in any.
package enum Hex {
    package static func decode(_ text: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int? {
        guard text.count % 2 == 0, text.count / 2 <= target.count else { return nil }
        for place in 0..<text.count / 2 {
            guard let high = nibble(text[2 * place]), let low = nibble(text[2 * place + 1]) else { return nil }
            target[place] = high << 4 | low
        }
        return text.count / 2
    }

    /// - Parameter target: at least twice as long as `bytes`.
    @discardableResult
    package static func encode(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int {
        precondition(target.count >= 2 * bytes.count)
        for (place, byte) in bytes.enumerated() {
            target[2 * place] = digit(byte >> 4)
            target[2 * place + 1] = digit(byte & 15)
        }
        return 2 * bytes.count
    }

    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let text = Array(text.utf8)
        return text.withUnsafeBytes { text in
            var count: Int?
            let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 2) { target, written in
                count = decode(text, into: UnsafeMutableRawBufferPointer(target))
                written = count ?? 0
            }
            return count == nil ? nil : bytes
        }
    }

    package static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: 2 * bytes.count) { target in
            bytes.withUnsafeBytes { encode($0, into: UnsafeMutableRawBufferPointer(target)) }
        }
    }

    private static func nibble(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}
