/// `*` stands for any run of bytes, everything else for itself.
package enum Glob {
    /// Linear in practice: one remembered star, no recursion.
    /// - Parameter foldingCase: ASCII letters of `text` count as lower case; `pattern` must be in lower case then.
    package static func matches(
        _ pattern: [UInt8], _ text: UnsafeRawBufferPointer, foldingCase: Bool = false
    ) -> Bool {
        var (p, t) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == (foldingCase ? lowercase(text[t]) : text[t]) {
                p += 1
                t += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                (p, t) = (last.pattern + 1, last.text + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
