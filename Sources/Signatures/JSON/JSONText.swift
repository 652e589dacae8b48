/// The text of a string whose escapes were already found well formed; nil when it holds half of a surrogate pair,
/// which is no character.
func unescapedJSON(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
        let byte = text[place]
        guard byte == UInt8(ascii: "\\"), place + 1 < text.count else {
            result.append(byte)
            place += 1
            continue
        }
        let kind = text[place + 1]
        place += 2
        switch kind {
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0c)
        case UInt8(ascii: "n"): result.append(0x0a)
        case UInt8(ascii: "r"): result.append(0x0d)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            guard let scalar = unescapedScalar(text, &place) else { return nil }
            result.append(contentsOf: UTF8.encode(scalar)!)  // every Unicode scalar has a UTF-8 form
        default: result.append(kind)
        }
    }
    return result
}

/// - Parameter place: behind `\u`; afterwards behind the whole escape, or pair of them.
private func unescapedScalar(_ text: UnsafeRawBufferPointer, _ place: inout Int) -> Unicode.Scalar? {
    guard let unit = hexUnit(text, at: place) else { return nil }
    place += 4
    guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) }
    guard place + 6 <= text.count, text[place] == UInt8(ascii: "\\"), text[place + 1] == UInt8(ascii: "u"),
        let low = hexUnit(text, at: place + 2), UTF16.isTrailSurrogate(low)
    else { return nil }
    place += 6
    return Unicode.Scalar(0x10000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(low) - 0xdc00))
}

/// Whether a member's name is the asked one, however it is spelled.
func jsonName(_ name: UnsafeRawBufferPointer, escaped: Bool, is asked: [UInt8]) -> Bool {
    escaped ? unescapedJSON(name) == asked : name.elementsEqual(asked)
}

/// A string literal's text with everything escaped that JSON demands (RFC 8259 section 7).
func escapedJSON(_ text: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for byte in text {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
        case 0..<0x20:
            result += Array("\\u00".utf8) + [0x30 + byte >> 4, Array("0123456789abcdef".utf8)[Int(byte & 15)]]
        default: result.append(byte)
        }
    }
    return result
}
