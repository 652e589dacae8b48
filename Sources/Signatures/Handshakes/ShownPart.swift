/// A part of a handshake for the operator's eyes: a token to put into the route's secrets, or an address to open.
struct ShownPart: Sendable {
    let value: Template
    /// Labels of the hosts that an address may lead to, `*` for any one label; nil when it is no address.
    let hosts: [[Substring]]?

    /// Whether this is what its provider would send: printable, and an address of one of the hosts by https.
    func accepts(_ text: [UInt8]) -> Bool {
        guard text.allSatisfy({ (0x21...0x7e).contains($0) }) else { return false }
        guard let hosts else { return true }
        let start = Array("https://".utf8)
        guard text.starts(with: start) else { return false }
        // A user, a port or anything else than a name before the path would be no host of the provider's.
        let host = text.dropFirst(start.count).prefix { $0 != UInt8(ascii: "/") }
        guard host.allSatisfy(Self.isHostByte), host.count < text.count - start.count else { return false }
        let labels = String(decoding: host, as: UTF8.self).split(separator: ".", omittingEmptySubsequences: false)
        return hosts.contains { pattern in
            pattern.count == labels.count
                && zip(pattern, labels).allSatisfy { !$1.isEmpty && ($0 == "*" || $0 == $1) }
        }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".")
    }
}
