internal import Domain
internal import Wire

/// The fields of a request that are kept with the event: the provider's end-to-end fields, order and repeats as received.
/// Left out are those of one hop (RFC 9110 section 7.6.1), those of this connection's framing, and credentials, which
/// must reach neither ledger nor subscribers.
struct KeptFields {
    private let credentials: [FieldName]
    private let tokens: [FieldName]
    /// The traits of the names that are left out: few others have one of them.
    private let traits: UInt64

    /// - Parameter credentials: fields in which this route's provider sends a token.
    init(credentials: [FieldName]) {
        tokens = credentials
        self.credentials =
            credentials + ["authorization", "cookie", "proxy-authorization"].compactMap { FieldName($0) }
        traits =
            Self.hop.reduce(0) {
                $0 | Self.trait(UnsafeRawBufferPointer(start: $1.utf8Start, count: $1.utf8CodeUnitCount))
            }
            | self.credentials.reduce(0) { $0 | Array($1.text.utf8).withUnsafeBytes { Self.trait($0) } }
    }

    private static let hop: [StaticString] = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "te", "trailer", "transfer-encoding",
        "upgrade",
        "content-length", "expect",
    ]

    /// `name: value` and CRLF each.
    func take(from request: RequestView) -> Bytes {
        let named = Self.namedByConnection(request)
        return Self.copy(from: request) { name in keeps(name) && !named.contains { $0.matches(name) } }
    }

    /// The fields in which this route's provider sends a token, for a verifier that is to see them again.
    func takeTokens(from request: RequestView) -> Bytes {
        Self.copy(from: request) { name in tokens.contains { $0.matches(name) } }
    }

    /// Whether this route's provider sends a token in one of these.
    func hasToken(among names: [String]) -> Bool {
        names.contains { name in FieldName(name).map { tokens.contains($0) } ?? true }
    }

    private static func copy(from request: RequestView, _ keeps: (UnsafeRawBufferPointer) -> Bool) -> Bytes {
        var count = 0
        request.forEachField { name, value in if keeps(name) { count += name.count + value.count + 4 } }
        return Bytes(count: count) { target in
            var place = target.baseAddress!  // called for more than none
            request.forEachField { name, value in
                guard keeps(name) else { return }
                put(name, at: &place)
                put(": ", at: &place)
                put(value, at: &place)
                put("\r\n", at: &place)
            }
        }
    }

    private static func put(_ bytes: UnsafeRawBufferPointer, at place: inout UnsafeMutableRawPointer) {
        guard let base = bytes.baseAddress else { return }
        place.copyMemory(from: base, byteCount: bytes.count)
        place += bytes.count
    }

    private static func put(_ literal: StaticString, at place: inout UnsafeMutableRawPointer) {
        put(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount), at: &place)
    }

    /// One bit, the same for a name in any case; of its length and its first letter.
    private static func trait(_ name: UnsafeRawBufferPointer) -> UInt64 {
        1 << UInt64((name.count &+ Int((name.first ?? 0) | 0x20)) & 63)
    }

    private func keeps(_ name: UnsafeRawBufferPointer) -> Bool {
        guard Self.trait(name) & traits != 0 else { return true }
        return !Self.hop.contains { name.equalsIgnoringCase($0) } && !credentials.contains { $0.matches(name) }
    }

    /// `Connection: close, x-secret-hop` makes x-secret-hop a field of this hop alone. Each name once, and only of fields
    /// that are there; the parser bounds how many can be named (`Limits.connectionOptions`).
    private static func namedByConnection(_ request: RequestView) -> [FieldName] {
        var names: [FieldName] = []
        request.forEachValue(of: "connection") { value in
            for part in value.split(separator: UInt8(ascii: ",")) {
                let text = value[value.trimmed(part.startIndex..<part.endIndex)]
                guard let name = FieldName(String(decoding: text, as: UTF8.self)), !names.contains(name) else {
                    continue
                }
                if case .none = request.field(name) { continue }
                names.append(name)
            }
        }
        return names
    }
}
