internal import Crypto
internal import Domain

/// A compact JWS taken apart (RFC 7515 section 7.1); nothing of it is believed yet.
struct JWTText {
    let header: [UInt8]
    let payload: [UInt8]
    let signature: [UInt8]
    /// Header and payload as they were signed.
    let signed: UnsafeRawBufferPointer

    init?(_ token: UnsafeRawBufferPointer) {
        guard token.count <= Limits.jwtBytes, !token.contains(UInt8(ascii: "=")),
            let first = token.firstIndex(of: UInt8(ascii: ".")),
            let second = token[(first + 1)...].firstIndex(of: UInt8(ascii: ".")),
            let header = Self.decode(token[..<first]), let payload = Self.decode(token[(first + 1)..<second]),
            let signature = Self.decode(token[(second + 1)...])
        else { return nil }
        (self.header, self.payload, self.signature) = (header, payload, signature)
        signed = UnsafeRawBufferPointer(rebasing: token[..<second])
    }

    private static func decode(_ text: Slice<UnsafeRawBufferPointer>) -> [UInt8]? {
        Base64.decode(String(decoding: text, as: UTF8.self), .url)
    }
}

/// A JSON object's members by name, as far as they were asked for.
struct JSONMembers {
    private let text: [UInt8]
    private let names: [[UInt8]]
    private let values: [JSONValue?]

    /// Nil when the text is no JSON object or repeats one of the names.
    init?(_ text: [UInt8], names: [[UInt8]]) {
        guard text.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) == UInt8(ascii: "{") else { return nil }
        let finder = JSONFinder(names.map { JSONPath(components: [$0]) })
        var values: [JSONValue?] = []
        let failed = text.withUnsafeBytes { bytes in
            do throws(JSONFailure) {
                try finder.find(in: bytes, into: &values)
                return false
            } catch { return true }
        }
        if failed { return nil }
        (self.text, self.names, self.values) = (text, names, values)
    }

    func value(_ name: String) -> JSONValue? { value(Array(name.utf8)) }

    func value(_ name: [UInt8]) -> JSONValue? { names.firstIndex(of: name).flatMap { values[$0] } }

    /// As it stands in the text.
    func raw(_ value: JSONValue) -> [UInt8] { Array(text[value.range]) }

    /// The text of a string; nil for other kinds.
    func string(_ value: JSONValue?) -> [UInt8]? {
        switch value?.kind {
        case .string: value.map(raw)
        case .escapedString: value.flatMap { raw($0).withUnsafeBytes { unescapedJSON($0) } }
        case .number, .bool, .null, .container, nil: nil
        }
    }

    func string(_ name: String) -> [UInt8]? { string(value(name)) }

    /// A scalar as text, or the strings of a list of strings; nil for anything else.
    func texts(_ value: JSONValue) -> [[UInt8]]? {
        switch value.kind {
        case .string, .escapedString: string(value).map { [$0] }
        case .number, .bool: [raw(value)]
        case .null: nil
        case .container: stringsOfList(raw(value))
        }
    }

    private func stringsOfList(_ list: [UInt8]) -> [[UInt8]]? {
        guard list.first == UInt8(ascii: "[") else { return nil }
        let most = 32
        let finder = JSONFinder((0..<most).map { JSONPath(components: [Array(String($0).utf8)]) })
        var elements: [JSONValue?] = []
        return list.withUnsafeBytes { bytes in
            do throws(JSONFailure) { try finder.find(in: bytes, into: &elements) } catch { return nil }
            var strings: [[UInt8]] = []
            for case let element? in elements {
                let text = UnsafeRawBufferPointer(rebasing: bytes[element.range])
                switch element.kind {
                case .string: strings.append(Array(text))
                case .escapedString:
                    guard let plain = unescapedJSON(text) else { return nil }
                    strings.append(plain)
                case .number, .bool, .null, .container: return nil
                }
            }
            return strings
        }
    }

    /// A NumericDate (RFC 7519 section 2): seconds, perhaps with a fraction. Outer nil when absent, inner when it is no
    /// such number.
    func date(_ name: String) -> WallTime?? {
        guard let value = value(name) else { return nil }
        guard value.kind == .number else { return .some(nil) }
        let parts = raw(value).split(separator: UInt8(ascii: "."), maxSplits: 1)
        guard let whole = parts.first, (1...12).contains(whole.count), whole.allSatisfy({ (0x30...0x39).contains($0) })
        else { return .some(nil) }
        if parts.count > 1, !parts[1].allSatisfy({ (0x30...0x39).contains($0) }) { return .some(nil) }
        return WallTime(seconds: whole.reduce(0) { $0 * 10 + Int64($1 - 0x30) })
    }
}
