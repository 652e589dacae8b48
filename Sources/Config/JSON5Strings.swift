/// Text in quotes, and names without.
extension JSON5Scanner {
    mutating func string() throws(JSON5Fault) -> String {
        let start = index
        guard let quote = take() else { return "" }
        var result = String.UnicodeScalarView()
        while let scalar = next {
            switch scalar {
            case quote:
                take()
                return String(result)
            case "\\":
                if let escaped = try escape() { result.append(escaped) }
            case "\n", "\r":
                throw fault(
                    "the string is not closed in its line",
                    cure: "close it with \(quote), or end the line with a backslash",
                    at: start)
            default:
                result.append(scalar)
                take()
            }
        }
        throw fault("the string is not closed", cure: "close it with \(quote)", at: start)
    }

    /// An identifier, whose escapes must spell what could stand there unescaped.
    mutating func name() throws(JSON5Fault) -> String {
        var result = String.UnicodeScalarView()
        while let scalar = next {
            let place = index
            var part = scalar
            if scalar == "\\" {
                take()
                guard take("u") else {
                    throw fault("a name has only \\u escapes", cure: "put the key in quotes", at: place)
                }
                part = try unicodeEscape(at: place)
                guard result.isEmpty ? part.startsJSON5Name : part.continuesJSON5Name else {
                    throw fault("this escape does not belong in a name", cure: "put the key in quotes", at: place)
                }
            } else if scalar.continuesJSON5Name {
                take()
            } else {
                break
            }
            result.append(part)
        }
        return String(result)
    }

    /// Nil for a line continuation, which stands for nothing.
    private mutating func escape() throws(JSON5Fault) -> Unicode.Scalar? {
        let start = index
        take()
        guard let scalar = take() else { throw fault("the string is not closed", cure: "close it", at: start) }
        switch scalar {
        case "b": return "\u{08}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "0" where next?.isDecimalDigit != true: return "\0"
        case "0"..."9": throw fault("there are no octal escapes", cure: "write \\x and two digits", at: start)
        case "x":
            guard let value = hex(digits: 2) else {
                throw fault(
                    "\\x needs two hexadecimal digits", cure: "write \\x41, or \\\\x for a backslash", at: start)
            }
            return Unicode.Scalar(UInt8(truncatingIfNeeded: value))
        case "u": return try unicodeEscape(at: start)
        case "\r":
            _ = take("\n")
            return nil
        case "\n", "\u{2028}", "\u{2029}": return nil
        default: return scalar
        }
    }

    /// After `\u`; a surrogate must be half of a pair, because text cannot hold it alone.
    private mutating func unicodeEscape(at start: String.UnicodeScalarView.Index) throws(JSON5Fault) -> Unicode.Scalar {
        guard let first = hex(digits: 4) else {
            throw fault("\\u needs four hexadecimal digits", cure: "write \\u0041, or \\\\u for a backslash", at: start)
        }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take("\\"), take("u"), let second = hex(digits: 4), (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else {
            throw fault("\\u\(String(first, radix: 16)) is half of a pair", cure: "write both halves", at: start)
        }
        return scalar
    }

    private mutating func hex(digits: Int) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = next?.hexDigit else { return nil }
            value = value << 4 | digit
            take()
        }
        return value
    }
}
