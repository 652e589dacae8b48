internal import Domain

/// A text that is looked for in headers and bodies, ASCII letters in either case: from the beginning of a word on, in the
/// first `Limits.searchedBytes` of each. One that begins with `*` is looked for anywhere, which no index helps with.
package struct TextPattern: Sendable {
    package let text: String
    /// Within words, and to the end of every body.
    package let isAnywhere: Bool
    private let bytes: [UInt8]
    /// How far the window moves on, by the byte at its end (R. N. Horspool, Practical fast searching in strings, 1980).
    private let moves: [Int]
    private let beginsWithWord: Bool
    private let isASCII: Bool
    /// As JSON may write it: `ü` as `\u00fc`. One or none.
    private let spellings: [TextPattern]

    /// Nil when there is nothing to look for, or more than `Limits.searchTextBytes`.
    package init?(_ text: String) {
        let isAnywhere = text.utf8.count > 1 && text.hasPrefix("*")
        let bytes = text.utf8.dropFirst(isAnywhere ? 1 : 0).map(Self.folded)
        guard (1...Limits.searchTextBytes).contains(bytes.count) else { return nil }
        let escaped = Self.escaped(text.dropFirst(isAnywhere ? 1 : 0))
        self.init(
            text, bytes, isAnywhere: isAnywhere,
            spellings: escaped.map { [TextPattern(text, $0, isAnywhere: isAnywhere, spellings: [])] } ?? [])
    }

    private init(_ text: String, _ bytes: [UInt8], isAnywhere: Bool, spellings: [TextPattern]) {
        self.text = text
        self.isAnywhere = isAnywhere
        self.spellings = spellings
        self.bytes = bytes
        var moves = [Int](repeating: bytes.count, count: 256)
        for (place, byte) in bytes.dropLast().enumerated() { moves[Int(byte)] = bytes.count - 1 - place }
        self.moves = moves
        beginsWithWord = Words.folding(isText: true)[Int(bytes[0])] != 0
        isASCII = !bytes.contains { $0 >= 0x80 }
    }

    /// RFC 8259 section 7; nil when it is all ASCII.
    private static func escaped(_ text: Substring) -> [UInt8]? {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return nil }
        return text.utf16.flatMap { unit -> [UInt8] in
            if unit < 0x80 { return [folded(UInt8(unit))] }
            let digits = String(unit, radix: 16)
            return Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
        }
    }

    /// Of each way to write it: words that a content it is found in has, and the beginning of one.
    var words: [(whole: [[UInt8]], beginning: [UInt8]?)] { [ownWords] + spellings.map(\.ownWords) }

    private var ownWords: (whole: [[UInt8]], beginning: [UInt8]?) {
        var found: [[UInt8]] = []
        var endsWithWord = false
        bytes.withUnsafeBytes { bytes in
            Words.forEach(in: bytes, Words.folding(isText: true)) { range in
                found.append(Array(bytes[range].prefix(Words.mostBytes)))
                endsWithWord = range.upperBound == bytes.count
                return true
            }
        }
        // What was cut is kept cut: a whole word of the index.
        guard endsWithWord, let last = found.last, last.count < Words.mostBytes else { return (found, nil) }
        return (found.dropLast(), last)
    }

    /// Whether it is found in these header fields, or in this body.
    package func isFound(in content: UnsafeRawBufferPointer) -> Bool {
        isFoundAsWritten(in: content) || spellings.contains { $0.isFoundAsWritten(in: content) }
    }

    private func isFoundAsWritten(in content: UnsafeRawBufferPointer) -> Bool {
        if isAnywhere { return occurs(in: content) }
        let content = Words.searched(content)
        var start = 0
        var folding: [UInt8]?
        while let place = first(in: content, from: start) {
            // Asked only of contents that have it at all.
            let known = folding ?? Words.folding(isText: Words.isText(content))
            folding = known
            if !isASCII, known[0xff] == 0 { return false }
            if !beginsWithWord || place == 0 || known[Int(content[place - 1])] == 0 { return true }
            start = place + 1
        }
        return false
    }

    package func occurs(in text: UnsafeRawBufferPointer) -> Bool { first(in: text, from: 0) != nil }

    private func first(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let last = bytes.count - 1
        return bytes.withUnsafeBufferPointer { wanted in
            moves.withUnsafeBufferPointer { moves in
                var end = start + last
                while end < text.count {
                    var place = 0
                    while place <= last, Self.folded(text[end - place]) == wanted[last - place] { place += 1 }
                    if place > last { return end - last }
                    end += moves[Int(Self.folded(text[end]))]
                }
                return nil
            }
        }
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
