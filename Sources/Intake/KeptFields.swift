internal import Domain
internal import Wire

/// The fields of a request that are kept with the event: the provider's end-to-end fields, order and repeats as received.
/// Left out are those of one hop (RFC 9110 section 7.6.1), those of this connection's framing, and credentials, which
/// must reach neither ledger nor subscribers.
struct KeptFields {
    private let credentials: [FieldName]

    /// - Parameter credentials: fields in which this route's provider sends a token.
    init(credentials: [FieldName]) {
        self.credentials = credentials + ["authorization", "cookie", "proxy-authorization"].compactMap { FieldName($0) }
    }

    private static let hop: [StaticString] = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade",
        "content-length", "expect",
    ]

    /// `name: value` and CRLF each.
    func take(from request: RequestView) -> Bytes {
        let named = Self.namedByConnection(request)
        var count = 0
        var kept: [(UnsafeRawBufferPointer, UnsafeRawBufferPointer)] = []
        kept.reserveCapacity(request.head.fields.count)
        request.forEachField { name, value in
            guard keeps(name), !named.contains(where: { $0.equalsIgnoringCase(name) }) else { return }
            kept.append((name, value))
            count += name.count + value.count + 4
        }
        return Bytes(count: count) { target in
            var place = 0
            func put(_ bytes: UnsafeRawBufferPointer) {
                UnsafeMutableRawBufferPointer(rebasing: target[place..<place + bytes.count]).copyMemory(from: bytes)
                place += bytes.count
            }
            for (name, value) in kept {
                put(name)
                put(Self.separator)
                put(value)
                put(Self.lineEnd)
            }
        }
    }

    private static let separator = bytes(": ")
    private static let lineEnd = bytes("\r\n")

    // Literals live as long as the process.
    nonisolated(unsafe) private static func bytes(_ literal: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
    }

    private func keeps(_ name: UnsafeRawBufferPointer) -> Bool {
        !Self.hop.contains { name.equalsIgnoringCase($0) } && !credentials.contains { $0.matches(name) }
    }

    /// `Connection: close, x-secret-hop` makes x-secret-hop a field of this hop alone.
    private static func namedByConnection(_ request: RequestView) -> [UnsafeRawBufferPointer] {
        var names: [UnsafeRawBufferPointer] = []
        request.forEachValue(of: "connection") { value in
            for part in value.split(separator: UInt8(ascii: ",")) {
                names.append(UnsafeRawBufferPointer(rebasing: part).trimmed)
            }
        }
        return names
    }
}
