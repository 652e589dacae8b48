internal import Crypto
internal import Wire

/// A template as written, before secrets and places are known.
struct TemplateText {
    enum Part: Equatable {
        case literal(String)
        case reference(name: String, argument: String?, isOptional: Bool, filters: [String])
    }
    let parts: [Part]

    struct Problem: Error {
        let text: String
        let cure: String
    }

    /// `{{` and `}}` are literal braces.
    init(_ text: String) throws(Problem) {
        var parts: [Part] = []
        var literal = ""
        var rest = Substring(text)
        while let character = rest.first {
            if rest.hasPrefix("{{") || rest.hasPrefix("}}") {
                literal.append(character)
                rest.removeFirst(2)
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}") else {
                    throw Problem(text: "a { is not closed", cure: "close it with }, or write {{ for a literal brace")
                }
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                parts.append(try Self.reference(rest[rest.index(after: rest.startIndex)..<end]))
                rest = rest[rest.index(after: end)...]
            } else if character == "}" {
                throw Problem(text: "a } closes nothing", cure: "write }} for a literal brace")
            } else {
                literal.append(character)
                rest.removeFirst()
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        self.parts = parts
    }

    private static func reference(_ text: Substring) throws(Problem) -> Part {
        let pieces = text.split(separator: "|", omittingEmptySubsequences: false)
        var source = pieces[0]
        let isOptional = source.hasSuffix("?")
        if isOptional { source.removeLast() }
        guard !source.isEmpty else { throw Problem(text: "{} names nothing", cure: "name a part of the request") }
        let colon = source.firstIndex(of: ":")
        return .reference(
            name: String(source[..<(colon ?? source.endIndex)]),
            argument: colon.map { String(source[source.index(after: $0)...]) }, isOptional: isOptional,
            filters: pieces.dropFirst().map(String.init))
    }
}

extension Filter {
    static let names = [
        "lower", "upper", "trim", "hex", "unhex", "base64", "unbase64", "sha1", "sha256", "sha512", "crc32", "map",
        "append", "sorted", "escape", "withPort", "noPort", "decode", "without", "only", "date", "length", "hmac",
    ]

    /// Nil when there is no such filter or its argument is wrong.
    init?(_ text: String) {
        let colon = text.firstIndex(of: ":")
        let argument = colon.map { String(text[text.index(after: $0)...]) }
        switch (text[..<(colon ?? text.endIndex)], argument) {
        case ("lower", nil): self = .lower
        case ("upper", nil): self = .upper
        case ("trim", nil): self = .trim
        case ("hex", nil): self = .hex
        case ("unhex", nil): self = .unhex
        case ("base64", nil): self = .base64
        case ("unbase64", nil): self = .unbase64
        case ("crc32", nil): self = .crc32
        case ("sorted", nil): self = .sorted
        case ("escape", nil): self = .escape
        case ("withPort", nil): self = .withPort
        case ("noPort", nil): self = .noPort
        case ("date", nil): self = .date
        case ("length", let argument?):
            guard let length = Int(argument), length > 0 else { return nil }
            self = .length(length)
        case ("append", let argument?): self = .append(Self.unescaped(argument))
        case ("decode", let argument?): self = .decode(Array(argument.utf8))
        case ("without", let argument?): self = .without(Array(argument.utf8))
        case ("only", let argument?): self = .only(Self.characters(argument))
        case ("map", let argument?):
            let pairs = argument.split(separator: ",").map {
                $0.split(separator: "=", omittingEmptySubsequences: false)
            }
            guard !pairs.isEmpty, pairs.allSatisfy({ $0.count == 2 }) else { return nil }
            self = .map(pairs.map { Pair(from: Array($0[0].utf8), to: Array($0[1].utf8)) })
        case ("hmac", let argument?):
            guard let hash = HashAlgorithm(rawValue: argument) else { return nil }
            self = .hmac(hash)
        case (let name, nil):
            guard let hash = HashAlgorithm(rawValue: String(name)) else { return nil }
            self = .digest(hash)
        default: return nil
        }
    }

    /// `a-z` is a range; a `-` at either end is itself.
    private static func characters(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.popFirst() {
            if rest.count >= 2, rest.first == UInt8(ascii: "-"), let last = rest.dropFirst().first, last >= first {
                result += Array(first...last)
                rest = rest.dropFirst(2)
            } else {
                result.append(first)
            }
        }
        return result
    }

    /// `\n`, `\r`, `\t` and `\\`.
    private static func unescaped(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        var escaped = false
        for character in text.utf8 {
            if escaped {
                switch character {
                case UInt8(ascii: "n"): result.append(0x0a)
                case UInt8(ascii: "r"): result.append(0x0d)
                case UInt8(ascii: "t"): result.append(0x09)
                default: result.append(character)
                }
                escaped = false
            } else if character == UInt8(ascii: "\\") {
                escaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}
