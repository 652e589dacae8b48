package import Domain

/// The first bytes of a connection from a load balancer that speaks the PROXY protocol, versions 1 and 2
/// (https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt). They say whom it speaks for.
package struct ProxyHeader: Sendable, Equatable {
    /// Bytes to take off before the first byte of the client.
    package let length: Int
    /// Nil when the balancer speaks for itself (LOCAL, a health check) or does not know (UNKNOWN): the address of the
    /// connection counts then.
    package let source: IPAddress?

    package enum Malformed: Error { case malformed }

    /// Version 1 fits in 107 bytes with its CRLF (section 2.1).
    private static let firstMost = 107
    /// Version 2's addresses and extensions; balancers send some 100 to 200 bytes of them.
    private static let secondMost = 4096
    private static let signature: [UInt8] = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
    ]

    /// - Parameters:
    ///   - bytes: all that came on the connection so far; bounded by the caller's read, looked at anew each time.
    ///   - address: reads an address in text; `isV6` is what the header claims it to be.
    /// - Returns: nil while more is needed.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer, address: (_ text: UnsafeRawBufferPointer, _ isV6: Bool) -> IPAddress?
    ) throws(Malformed) -> ProxyHeader? {
        guard let first = bytes.first else { return nil }
        return first == signature[0] ? try second(bytes) : try self.first(bytes, address: address)
    }

    /// `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n`
    private static func first(
        _ bytes: UnsafeRawBufferPointer, address: (UnsafeRawBufferPointer, Bool) -> IPAddress?
    ) throws(Malformed) -> ProxyHeader? {
        let prefix: StaticString = "PROXY "
        for place in 0..<min(bytes.count, 6) where bytes[place] != prefix.utf8Start[place] { throw .malformed }
        guard let lineFeed = bytes.slice(0..<min(bytes.count, firstMost)).firstLineFeed(from: 0) else {
            guard bytes.count < firstMost else { throw .malformed }
            return nil
        }
        guard lineFeed > 6, bytes[lineFeed - 1] == .carriageReturn else { throw .malformed }
        let words = bytes[6..<lineFeed - 1].split(separator: .space, omittingEmptySubsequences: false)
            .map { UnsafeRawBufferPointer(rebasing: $0) }
        // Whatever stands behind UNKNOWN is to be ignored.
        if words[0].equals("UNKNOWN") { return ProxyHeader(length: lineFeed + 1, source: nil) }
        let isV6 = words[0].equals("TCP6")
        guard isV6 || words[0].equals("TCP4"), words.count == 5, let source = address(words[1], isV6),
            address(words[2], isV6) != nil, isPort(words[3]), isPort(words[4])
        else { throw .malformed }
        return ProxyHeader(length: lineFeed + 1, source: source)
    }

    private static func isPort(_ text: UnsafeRawBufferPointer) -> Bool {
        guard (1...5).contains(text.count), text.allSatisfy(\.isDecimalDigit), text.count == 1 || text[0] != 0x30
        else { return false }
        return text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 65535
    }

    private static func second(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> ProxyHeader? {
        for place in 0..<min(bytes.count, signature.count) where bytes[place] != signature[place] { throw .malformed }
        guard bytes.count >= 16 else { return nil }
        let (command, family) = (bytes[12], bytes[13])
        let payload = Int(bytes[14]) << 8 | Int(bytes[15])
        guard command == 0x20 || command == 0x21, payload <= secondMost else { throw .malformed }
        let length = 16 + payload
        guard bytes.count >= length else { return nil }
        if command == 0x20 { return ProxyHeader(length: length, source: nil) }
        switch family {
        case 0x00:  // UNSPEC
            return ProxyHeader(length: length, source: nil)
        case 0x11:  // TCP over IPv4
            guard payload >= 12 else { throw .malformed }
            let v4 = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
            return ProxyHeader(length: length, source: IPAddress(v4: v4))
        case 0x21:  // TCP over IPv6
            guard payload >= 36 else { throw .malformed }
            let high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
            let low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
            return ProxyHeader(length: length, source: IPAddress(high: high, low: low))
        case 0x31:  // a Unix stream has no address that an allow list could name
            guard payload >= 216 else { throw .malformed }
            return ProxyHeader(length: length, source: nil)
        default:  // datagrams, and what later versions may define
            throw .malformed
        }
    }
}
