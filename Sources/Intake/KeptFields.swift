internal import Domain
internal import Wire

/// The fields of a request that are kept with the event: the provider's end-to-end fields, order and repeats as received.
/// Left out are those of one hop (RFC 9110 section 7.6.1), those of this connection's framing, and credentials, which
/// must reach neither ledger nor subscribers.
struct KeptFields {
    private let credentials: [FieldName]
    private let tokens: [FieldName]

    /// - Parameter credentials: fields in which this route's provider sends a token.
    init(credentials: [FieldName]) {
        tokens = credentials
        self.credentials =
            credentials + ["authorization", "cookie", "proxy-authorization"].compactMap { FieldName($0) }
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
        var kept: [Field] = []
        kept.reserveCapacity(request.head.fields.count)
        var count = 0
        for field in request.head.fields {
            guard keeps(request[field.name]) else { continue }
            kept.append(field)
            count += field.name.count + field.value.count + 4
        }
        return Bytes(count: count) { target in
            var rest = target[...]
            for field in kept {
                put(request[field.name], into: &rest)
                put(": ", into: &rest)
                put(request[field.value], into: &rest)
                put("\r\n", into: &rest)
            }
        }
    }

    private static func put(_ bytes: UnsafeRawBufferPointer, into rest: inout Slice<UnsafeMutableRawBufferPointer>) {
        UnsafeMutableRawBufferPointer(rebasing: rest.prefix(bytes.count)).copyMemory(from: bytes)
        rest = rest.dropFirst(bytes.count)
    }

    private static func put(_ literal: StaticString, into rest: inout Slice<UnsafeMutableRawBufferPointer>) {
        put(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount), into: &rest)
    }

    private func keeps(_ name: UnsafeRawBufferPointer) -> Bool {
        !Self.hop.contains { name.equalsIgnoringCase($0) } && !credentials.contains { $0.matches(name) }
    }

    /// `Connection: close, x-secret-hop` makes x-secret-hop a field of this hop alone.
    private static func namedByConnection(_ request: RequestView) -> [FieldName] {
        var names: [FieldName] = []
        request.forEachValue(of: "connection") { value in
            for part in value.split(separator: UInt8(ascii: ",")) {
                let name = value.trimmed(part.startIndex..<part.endIndex)
                if let name = FieldName(String(decoding: value[name], as: UTF8.self)) { names.append(name) }
            }
        }
        return names
    }
}
