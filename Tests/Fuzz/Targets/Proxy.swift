import Domain
import Net
import Wire

extension FuzzTarget {
    /// The first bytes of a connection from a load balancer.
    ///
    /// A verdict on the beginning is the verdict on the whole: neither a header nor a refusal changes when more bytes come,
    /// and no beginning of a good header is refused. What is read can be written and read again.
    static let proxy = FuzzTarget(name: "proxy") { input throws(Violation) in
        var earlier = Read.unfinished
        for count in 0...min(input.count, 300) {
            let read = read(input[..<count])
            if earlier != .unfinished {
                try hold(read == earlier, "\(earlier), and with \(count) bytes \(read)")
            } else if case .header(let header) = read {
                try hold(header.length == count, "\(header) out of \(count) bytes")
            }
            earlier = read
        }
        guard case .header(let header) = earlier, let source = header.source else { return }
        let family = source.text.contains(":") ? "TCP6" : "TCP4"
        let line = Array("PROXY \(family) \(source.text) \(source.text) 1 65535\r\n".utf8)
        let again = read(line[...])
        try hold(again == .header(ProxyHeaderValue(length: line.count, source: source)), "\(text(line)) is \(again)")
    }

    private struct ProxyHeaderValue: Equatable {
        let length: Int
        let source: IPAddress?
    }

    private enum Read: Equatable {
        case unfinished, malformed
        case header(ProxyHeaderValue)
    }

    private static func read(_ bytes: ArraySlice<UInt8>) -> Read {
        bytes.withUnsafeBytes { bytes in
            do {
                // As the server reads addresses.
                let header = try ProxyHeader.parse(bytes) { text, isV6 in
                    IPAddress(text: String(decoding: text, as: UTF8.self)).flatMap {
                        isV6 == text.contains(0x3a) ? $0 : nil
                    }
                }
                return header.map { .header(ProxyHeaderValue(length: $0.length, source: $0.source)) } ?? .unfinished
            } catch {
                return .malformed
            }
        }
    }
}
