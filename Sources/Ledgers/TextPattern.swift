internal import Domain

/// A text that is looked for in headers and bodies: anywhere, ASCII letters in either case.
package struct TextPattern: Sendable {
    package let text: String
    private let bytes: [UInt8]
    /// How far the window moves on, by the byte at its end (R. N. Horspool, Practical fast searching in strings, 1980).
    private let moves: [Int]

    /// Nil when there is nothing to look for, or more than `Limits.searchTextBytes`.
    package init?(_ text: String) {
        let bytes = text.utf8.map(Self.folded)
        guard (1...Limits.searchTextBytes).contains(bytes.count) else { return nil }
        self.text = text
        self.bytes = bytes
        var moves = [Int](repeating: bytes.count, count: 256)
        for (place, byte) in bytes.dropLast().enumerated() { moves[Int(byte)] = bytes.count - 1 - place }
        self.moves = moves
    }

    package func occurs(in text: UnsafeRawBufferPointer) -> Bool {
        let last = bytes.count - 1
        return bytes.withUnsafeBufferPointer { wanted in
            moves.withUnsafeBufferPointer { moves in
                var end = last
                while end < text.count {
                    var place = 0
                    while place <= last, Self.folded(text[end - place]) == wanted[last - place] { place += 1 }
                    if place > last { return true }
                    end += moves[Int(Self.folded(text[end]))]
                }
                return false
            }
        }
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
