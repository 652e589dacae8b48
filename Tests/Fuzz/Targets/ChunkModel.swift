/// RFC 9112 section 7.1 read off the page: the whole body at once, by lines.
enum ChunkModel {
    /// Nil unless the bytes begin with a whole chunked body within the limit; `rest` counts what follows it.
    static func body(of bytes: [UInt8], limit: Int) -> (body: [UInt8], rest: Int)? {
        var body: [UInt8] = []
        var rest = bytes[...]
        while true {
            guard let line = line(&rest), let size = size(of: line), size <= limit - body.count else { return nil }
            if size == 0 { break }
            guard rest.count >= size + 2 else { return nil }
            body += rest.prefix(size)
            rest = rest.dropFirst(size)
            guard rest.starts(with: [13, 10]) else { return nil }
            rest = rest.dropFirst(2)
        }
        while let trailer = line(&rest) {
            if trailer.isEmpty { return (body, rest.count) }
            guard let colon = trailer.firstIndex(of: UInt8(ascii: ":")), colon > trailer.startIndex,
                trailer[..<colon].allSatisfy(isToken), trailer[colon...].allSatisfy(isText)
            else { return nil }
        }
        return nil
    }

    /// Up to a carriage return, which a line feed must follow.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: 13), end + 1 < rest.endIndex, rest[end + 1] == 10 else { return nil }
        defer { rest = rest[(end + 2)...] }
        return rest[..<end]
    }

    private static func size(of line: ArraySlice<UInt8>) -> Int? {
        let digits = line.prefix { isHex($0) }
        guard (1...16).contains(digits.count), isExtensions(line[digits.endIndex...]) else { return nil }
        return Int(text(digits), radix: 16)
    }

    /// `*( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )`; the product also passes blanks behind the last.
    private static func isExtensions(_ line: ArraySlice<UInt8>) -> Bool {
        var rest = line
        func skipBlanks() { rest = rest.drop { $0 == 32 || $0 == 9 } }
        while !rest.isEmpty {
            skipBlanks()
            guard rest.popFirst() == UInt8(ascii: ";") else { return false }
            skipBlanks()
            let name = rest.prefix(while: isToken)
            guard !name.isEmpty else { return false }
            rest = rest[name.endIndex...]
            let behindName = rest
            skipBlanks()
            guard rest.first == UInt8(ascii: "=") else {
                // Blanks belong to the semicolon that follows; a line does not end with them.
                if rest.isEmpty, !behindName.isEmpty { return false }
                continue
            }
            rest = rest.dropFirst()
            skipBlanks()
            if rest.first == UInt8(ascii: "\"") {
                guard skipQuoted(&rest) else { return false }
            } else {
                let value = rest.prefix(while: isToken)
                guard !value.isEmpty else { return false }
                rest = rest[value.endIndex...]
            }
            let behindValue = rest
            skipBlanks()
            if rest.isEmpty { return true }
            rest = behindValue
        }
        return true
    }

    private static func skipQuoted(_ rest: inout ArraySlice<UInt8>) -> Bool {
        rest = rest.dropFirst()
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return true }
            guard isText(byte) else { return false }
            if byte == UInt8(ascii: "\\") {
                guard let escaped = rest.popFirst(), isText(escaped) else { return false }
            }
        }
        return false
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & ~0x20)
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func isText(_ byte: UInt8) -> Bool { byte == 9 || byte >= 0x20 && byte != 0x7f }
}
