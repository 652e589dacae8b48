/// Walks over the tokens of a JSON text (RFC 8259) and refuses what is none.
struct JSONScanner {
    let text: UnsafeRawBufferPointer
    var place = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// The next byte that is no white space; `place` is then on it.
    mutating func nextSignificant() throws(JSONFailure) -> UInt8 {
        while place < text.count {
            let byte = text[place]
            switch byte {
            case 0x20, 0x09, 0x0a, 0x0d: place += 1
            default: return byte
            }
        }
        throw .malformed
    }

    /// Whether only white space is left.
    mutating func isAtEnd() -> Bool {
        while place < text.count {
            switch text[place] {
            case 0x20, 0x09, 0x0a, 0x0d: place += 1
            default: return false
            }
        }
        return true
    }

    /// From the opening quote to behind the closing one; whether there were escapes.
    mutating func skipString() throws(JSONFailure) -> Bool {
        var escaped = false
        var place = self.place + 1
        while place < text.count {
            place += plainBytes(from: place)
            guard place < text.count else { break }
            let byte = text[place]
            switch byte {
            case UInt8(ascii: "\""):
                self.place = place + 1
                return escaped
            case UInt8(ascii: "\\"):
                escaped = true
                place += try escapeLength(at: place)
            case 0..<0x20: throw .malformed
            case 0x20..<0x80: place += 1
            default:
                let length = utf8Length(text, at: place)
                guard length > 0 else { throw .malformed }
                place += length
            }
        }
        throw .malformed
    }

    /// How many bytes from `place` on are ASCII and neither quote, backslash nor control: eight are looked at together.
    private func plainBytes(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var place = start
        while place + 8 <= text.count {
            let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            let quote = word ^ ones &* UInt64(UInt8(ascii: "\""))
            let backslash = word ^ ones &* UInt64(UInt8(ascii: "\\"))
            // A byte's high bit is set where the byte is zero (or follows such a byte): the lowest hit is exact.
            let hits =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word | word)
                & highs
            if hits != 0 { return place + hits.trailingZeroBitCount / 8 - start }
            place += 8
        }
        return place - start
    }

    private func escapeLength(at place: Int) throws(JSONFailure) -> Int {
        guard place + 1 < text.count else { throw .malformed }
        switch text[place + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            guard place + 6 <= text.count, hexUnit(text, at: place + 2) != nil else { throw .malformed }
            return 6
        default: throw .malformed
        }
    }

    /// `true`, `false` or `null`.
    mutating func skipWord() throws(JSONFailure) {
        let word: StaticString =
            switch text[place] {
            case UInt8(ascii: "t"): "true"
            case UInt8(ascii: "f"): "false"
            default: "null"
            }
        let length = word.utf8CodeUnitCount
        guard text.count - place >= length,
            word.withUTF8Buffer({ $0.elementsEqual(text[place..<place + length]) })
        else { throw .malformed }
        place += length
    }

    mutating func skipNumber() throws(JSONFailure) {
        if text[place] == UInt8(ascii: "-") { place += 1 }
        guard place < text.count else { throw .malformed }
        if text[place] == UInt8(ascii: "0") { place += 1 } else { try skipDigits() }
        if place < text.count, text[place] == UInt8(ascii: ".") {
            place += 1
            try skipDigits()
        }
        if place < text.count, text[place] | 0x20 == UInt8(ascii: "e") {
            place += 1
            if place < text.count, text[place] == UInt8(ascii: "+") || text[place] == UInt8(ascii: "-") { place += 1 }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(JSONFailure) {
        let start = place
        while place < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[place]) { place += 1 }
        guard place > start else { throw .malformed }
    }
}

/// Bytes of the well-formed sequence at `place` (Unicode table 3-7); 0 when it is malformed.
func utf8Length(_ text: UnsafeRawBufferPointer, at place: Int) -> Int {
    func follows(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xbf) -> Bool {
        place + offset < text.count && range.contains(text[place + offset])
    }
    switch text[place] {
    case 0..<0x80: return 1
    case 0xc2...0xdf: return follows(1) ? 2 : 0
    case 0xe0: return follows(1, 0xa0...0xbf) && follows(2) ? 3 : 0
    case 0xed: return follows(1, 0x80...0x9f) && follows(2) ? 3 : 0
    case 0xe1...0xef: return follows(1) && follows(2) ? 3 : 0
    case 0xf0: return follows(1, 0x90...0xbf) && follows(2) && follows(3) ? 4 : 0
    case 0xf1...0xf3: return follows(1) && follows(2) && follows(3) ? 4 : 0
    case 0xf4: return follows(1, 0x80...0x8f) && follows(2) && follows(3) ? 4 : 0
    default: return 0
    }
}

/// Four hexadecimal digits as a UTF-16 unit.
func hexUnit(_ text: UnsafeRawBufferPointer, at place: Int) -> UInt16? {
    guard place + 4 <= text.count else { return nil }
    var unit: UInt16 = 0
    for character in text[place..<place + 4] {
        let digit: UInt8
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
        default: return nil
        }
        unit = unit << 4 | UInt16(digit)
    }
    return unit
}
