internal import Domain

/// What the search takes for words: runs of ASCII letters and digits and, in text that is UTF-8, of all characters beyond
/// ASCII. ASCII letters count in lower case.
enum Words {
    /// Kept of a word: longer ones are signatures and keys, and what they share in so many bytes is sorted out by a look at the
    /// event.
    static let mostBytes = 24
    /// Of one event. What has more is text to nobody: it is a candidate for every search.
    static let mostOfEvent = 8192

    /// What of a body or of header fields is searched.
    static func searched(_ content: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: content.prefix(Limits.searchedBytes))
    }

    /// By byte: what it counts as within a word, 0 for what stands between words.
    static func folding(isText: Bool) -> [UInt8] { isText ? textFolding : asciiFolding }

    private static let asciiFolding: [UInt8] = (0...255).map { (byte: UInt8) in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        default: 0
        }
    }
    private static let textFolding: [UInt8] = (0...255).map { (byte: UInt8) in
        byte >= 0x80 ? byte : asciiFolding[Int(byte)]
    }

    /// Whether it is UTF-8; its end may be cut.
    static func isText(_ content: UnsafeRawBufferPointer) -> Bool {
        guard content.contains(where: { $0 >= 0x80 }) else { return true }
        var end = content.count
        while end > 0, content.count - end < 3, content[end - 1] & 0xc0 == 0x80 { end -= 1 }
        if end > 0, content[end - 1] >= 0xc0 { end -= 1 } else { end = content.count }
        return content.prefix(end).withContiguousStorageIfAvailable { String(validating: $0, as: UTF8.self) != nil }
            ?? (String(validating: content.prefix(end), as: UTF8.self) != nil)
    }

    /// Calls `each` with the place of every word, until it returns false.
    static func forEach(in content: UnsafeRawBufferPointer, _ folding: [UInt8], _ each: (Range<Int>) -> Bool) {
        folding.withUnsafeBufferPointer { folding in
            var place = 0
            while place < content.count {
                while place < content.count, folding[Int(content[place])] == 0 { place += 1 }
                let start = place
                while place < content.count, folding[Int(content[place])] != 0 { place += 1 }
                if place > start, !each(start..<place) { return }
            }
        }
    }
}
