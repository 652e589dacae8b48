extension RequestHead {
    /// `method SP request-target SP HTTP-version`, RFC 9112 section 3: exactly one space each.
    mutating func takeRequestLine(_ line: Range<Int>, of bytes: UnsafeRawBufferPointer) throws(Refusal) {
        let tokens = ByteSet.token
        var place = line.lowerBound
        while place < line.upperBound, tokens.contains(bytes[place]) { place += 1 }
        guard place > line.lowerBound, place < line.upperBound, bytes[place] == .space else { throw .badRequestLine }
        let name = line.lowerBound..<place

        let targetStart = place + 1
        place = targetStart
        while place < line.upperBound, bytes[place] != .space { place += 1 }
        guard place > targetStart, place < line.upperBound else { throw .badRequestLine }
        minorVersion = try Self.minorVersion(place + 1..<line.upperBound, of: bytes)

        let methodBytes = bytes.slice(name)
        // Tunnels and echoes are no business of a gateway that ends requests itself.
        if methodBytes.equals("CONNECT") || methodBytes.equals("TRACE") { throw .unsupportedMethod }
        try takeTarget(targetStart..<place, of: bytes, isOptions: methodBytes.equals("OPTIONS"))
        method = name
        keepAlive = minorVersion == 1
    }

    private static func minorVersion(
        _ range: Range<Int>, of bytes: UnsafeRawBufferPointer
    ) throws(Refusal) -> Int {
        let version = bytes.slice(range)
        guard version.count == 8, version.slice(0..<5).equals("HTTP/"), version[5].isDecimalDigit,
            version[6] == UInt8(ascii: "."), version[7].isDecimalDigit
        else { throw .badRequestLine }
        guard version[5] == UInt8(ascii: "1"), version[7] <= UInt8(ascii: "1") else { throw .badVersion }
        return Int(version[7] - UInt8(ascii: "0"))
    }

    private mutating func takeTarget(
        _ target: Range<Int>, of bytes: UnsafeRawBufferPointer, isOptions: Bool
    ) throws(Refusal) {
        if bytes[target.lowerBound] == .slash {
            try takePath(target, of: bytes)
        } else if isOptions, bytes.slice(target).equals("*") {
            path = target
        } else {
            try takeAbsoluteForm(target, of: bytes)
        }
    }

    /// RFC 9112 section 3.2.2; only our own schemes.
    private mutating func takeAbsoluteForm(
        _ target: Range<Int>, of bytes: UnsafeRawBufferPointer
    ) throws(Refusal) {
        let text = bytes.slice(target)
        let prefix =
            if text.count > 7, text.slice(0..<7).equalsIgnoringCase("http://") {
                7
            } else if text.count > 8, text.slice(0..<8).equalsIgnoringCase("https://") {
                8
            } else {
                throw Refusal.badTarget
            }
        let authorityStart = target.lowerBound + prefix
        var place = authorityStart
        while place < target.upperBound, bytes[place] != .slash, bytes[place] != UInt8(ascii: "?") { place += 1 }
        let authority = authorityStart..<place
        guard !authority.isEmpty, isAuthority(bytes.slice(authority)) else { throw .badTarget }
        host = authority
        if place < target.upperBound, bytes[place] == .slash {
            try takePath(place..<target.upperBound, of: bytes)
        } else {
            // An empty path means "/" (RFC 9110 section 4.2.3): the scheme's second slash lends its byte.
            path = authorityStart - 1..<authorityStart
            if place < target.upperBound { try takeQuery(place + 1..<target.upperBound, of: bytes) }
        }
    }

    private mutating func takePath(_ target: Range<Int>, of bytes: UnsafeRawBufferPointer) throws(Refusal) {
        let members = ByteSet.path
        var place = target.lowerBound
        while place < target.upperBound, bytes[place] != UInt8(ascii: "?") {
            guard members.contains(bytes[place]) else { throw .badTarget }
            if bytes[place] == UInt8(ascii: "%") {
                guard place + 2 < target.upperBound, bytes[place + 1].hexDigitValue != nil,
                    bytes[place + 2].hexDigitValue != nil
                else { throw .badTarget }
            }
            place += 1
        }
        path = target.lowerBound..<place
        if place < target.upperBound { try takeQuery(place + 1..<target.upperBound, of: bytes) }
    }

    private mutating func takeQuery(_ range: Range<Int>, of bytes: UnsafeRawBufferPointer) throws(Refusal) {
        guard ByteSet.query.containsAll(bytes.slice(range)) else { throw .badTarget }
        query = range
    }
}

/// `uri-host [ ":" port ]`, RFC 9110 section 7.2 and RFC 3986 section 3.2.2: no user information. An empty registered
/// name is within the grammar.
func isAuthority(_ text: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    if text.first == UInt8(ascii: "[") {
        let members = ByteSet.ipLiteral
        place = 1
        while place < text.count, members.contains(text[place]) { place += 1 }
        guard place > 1, place < text.count, text[place] == UInt8(ascii: "]") else { return false }
        place += 1
    } else {
        let members = ByteSet.registeredName
        while place < text.count, text[place] != .colon {
            if text[place] == UInt8(ascii: "%") {
                guard place + 2 < text.count, text[place + 1].hexDigitValue != nil, text[place + 2].hexDigitValue != nil
                else { return false }
                place += 3
            } else {
                guard members.contains(text[place]) else { return false }
                place += 1
            }
        }
    }
    if place == text.count { return true }
    guard text[place] == .colon else { return false }
    var port = 0
    for digit in text[(place + 1)...] {
        guard digit.isDecimalDigit else { return false }
        port = port * 10 + Int(digit - UInt8(ascii: "0"))
        guard port <= 65535 else { return false }
    }
    return true
}
