internal import Crypto

func trimmed(_ value: [UInt8]) -> [UInt8] {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    let start = value.drop(while: isSpace)
    return Array(start[..<(start.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start.startIndex)])
}

/// Box signs the body as JSON in ASCII: what is no ASCII as `\uXXXX` (in UTF-16 units), `/` as `\/`.
func boxEscaped(_ value: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for scalar in String(decoding: value, as: UTF8.self).unicodeScalars {
        if scalar == "/" {
            result += Array("\\/".utf8)
        } else if scalar.isASCII {
            result.append(UInt8(scalar.value))
        } else {
            for unit in UTF16.encode(scalar) ?? .init() {
                let digits = String(unit, radix: 16)
                result += Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            }
        }
    }
    return result
}

/// The place of `:port` in a URL, and where it would be; nil when this is no URL with a host.
private func port(in url: [UInt8]) -> (present: Range<Int>?, end: Int)? {
    guard let scheme = url.firstIndex(of: UInt8(ascii: ":")), url[scheme...].starts(with: Array("://".utf8)) else {
        return nil
    }
    let start = scheme + 3
    let end = url[start...].firstIndex { [UInt8](arrayLiteral: 0x2f, 0x3f, 0x23).contains($0) } ?? url.endIndex
    let host = url[start..<end]
    // Behind `]`, for a literal IPv6 address is full of colons.
    let from = host.lastIndex(of: UInt8(ascii: "]")) ?? start
    return (host[from...].firstIndex(of: UInt8(ascii: ":")).map { $0..<end }, end)
}

func urlWithoutPort(_ url: [UInt8]) -> [UInt8] {
    guard let present = port(in: url)?.present else { return url }
    return Array(url[..<present.lowerBound] + url[present.upperBound...])
}

/// With the scheme's own port written out, when the URL names none.
func urlWithPort(_ url: [UInt8]) -> [UInt8] {
    guard let place = port(in: url), place.present == nil else { return url }
    let port = url.starts(with: Array("https".utf8)) ? ":443" : ":80"
    return Array(url[..<place.end]) + Array(port.utf8) + Array(url[place.end...])
}

/// Resolves `%XX` where it stands for one of `characters`, leaves all others as they are.
func decodingPercents(_ value: [UInt8], of characters: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var place = 0
    while place < value.count {
        if value[place] == UInt8(ascii: "%"), place + 2 < value.count,
            let byte = Hex.decode(String(decoding: value[place + 1...place + 2], as: UTF8.self))?.first,
            characters.contains(byte)
        {
            result.append(byte)
            place += 3
        } else {
            result.append(value[place])
            place += 1
        }
    }
    return result
}
