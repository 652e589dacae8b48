import Domain
import HTTPCases
import Testing
import Wire

/// Dotted quads, and `::n` for IPv6: enough for what is tested here.
private func address(_ text: UnsafeRawBufferPointer, _ isV6: Bool) -> IPAddress? {
    let text = Conversation.text(text)
    if isV6 {
        return text.hasPrefix("::") ? UInt64(text.dropFirst(2), radix: 16).map { IPAddress(high: 0, low: $0) } : nil
    }
    let parts = text.split(separator: ".").compactMap { UInt8($0) }
    return parts.count == 4 ? IPAddress(v4: parts.reduce(0) { $0 << 8 | UInt32($1) }) : nil
}

private enum Reading: Equatable { case more, malformed, header(ProxyHeader) }

private func read(_ bytes: [UInt8]) -> Reading {
    bytes.withUnsafeBytes { bytes in
        do {
            return try ProxyHeader.parse(bytes, address: address).map { .header($0) } ?? .more
        } catch {
            return .malformed
        }
    }
}

private let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]
private func second(_ command: UInt8, _ family: UInt8, _ payload: [UInt8]) -> [UInt8] {
    signature + [command, family, UInt8(payload.count >> 8), UInt8(payload.count & 255)] + payload
}
private let v4Payload: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 1, 0xdc, 4, 1, 187]

@Suite("A PROXY header") struct ProxyHeaderTests {
    static let accepted: [([UInt8], IPAddress?)] = [
        (latin1("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"), IPAddress(v4: 0xc000_0201)),
        (latin1("PROXY TCP6 ::1 ::2 56324 443\r\n"), IPAddress(high: 0, low: 1)),
        (latin1("PROXY UNKNOWN\r\n"), nil),
        (latin1("PROXY UNKNOWN ffff:: x y\r\n"), nil),
        (second(0x21, 0x11, v4Payload), IPAddress(v4: 0xc000_0201)),
        (second(0x21, 0x11, v4Payload + [4, 0, 1, 0]), IPAddress(v4: 0xc000_0201)),
        (
            second(0x21, 0x21, [0x20, 1] + Array(repeating: 0, count: 13) + [9] + Array(repeating: 0, count: 20)),
            IPAddress(high: 0x2001_0000_0000_0000, low: 9)
        ),
        (second(0x20, 0x00, []), nil),
        (second(0x20, 0x11, v4Payload), nil),
        (second(0x21, 0x00, [1, 2, 3]), nil),
        (second(0x21, 0x31, Array(repeating: 0, count: 216)), nil),
    ]

    @Test("gives the source, whole or byte by byte, and leaves what follows", arguments: accepted)
    func accepts(_ bytes: [UInt8], _ source: IPAddress?) {
        for end in 0..<bytes.count { #expect(read(Array(bytes[..<end])) == .more) }
        #expect(read(bytes + latin1("GET / HTTP/1.1\r\n")) == readHeader(bytes.count, source))
    }

    private func readHeader(_ length: Int, _ source: IPAddress?) -> Reading {
        let whole = read(Self.accepted.first { $0.0.count == length && $0.1 == source }!.0)
        guard case .header(let header) = whole, header.length == length, header.source == source else { return .more }
        return whole
    }

    @Test(
        "is refused when it is malformed",
        arguments: [
            latin1("GET / HTTP/1.1\r\n"), latin1("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\n"),
            latin1("PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n"), latin1("PROXY TCP4 192.0.2.1  198.51.100.1 1 2\r\n"),
            latin1("PROXY TCP4 192.0.2.256 198.51.100.1 1 2\r\n"), latin1("PROXY TCP4 192.0.2.1 x 1 2\r\n"),
            latin1("PROXY TCP4 192.0.2.1 198.51.100.1 01 2\r\n"),
            latin1("PROXY TCP4 192.0.2.1 198.51.100.1 65536 2\r\n"),
            latin1("PROXY TCP4 192.0.2.1 198.51.100.1 1 2 3\r\n"), latin1("PROXY UDP4 192.0.2.1 198.51.100.1 1 2\r\n"),
            latin1("PROXY\r\n"), latin1("PROXY \r\n"), latin1("proxy UNKNOWN\r\n"),
            latin1("PROXY UNKNOWN " + String(repeating: "x", count: 100)), [0], [13, 11],
            signature + [0x11, 0x11, 0, 12],
            second(0x22, 0x11, v4Payload), second(0x21, 0x12, v4Payload),
            second(0x21, 0x11, Array(v4Payload.dropLast())),
            second(0x21, 0x21, v4Payload), signature + [0x21, 0x11, 0xff, 0xff],
        ])
    func refuses(_ bytes: [UInt8]) { #expect(read(bytes) == .malformed) }
}
