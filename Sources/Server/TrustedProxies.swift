import Domain
import Net
import Wire

/// Follows X-Forwarded-For from the connection outwards for as long as trusted proxies wrote it: each appends the address
/// it saw, so the last entry is the nearest, and what stands left of an untrusted address is that sender's own story.
struct TrustedProxies {
    let ranges: [IPRange]

    func trusts(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

    /// - Parameter nearest: who is at the other end, as the kernel or a PROXY header says.
    /// - Returns: the first address that is not a trusted proxy; the last one known when an entry cannot be read.
    func source(of request: RequestView, nearest: IPAddress) -> IPAddress {
        guard !ranges.isEmpty, trusts(nearest) else { return nearest }
        var lines: [UnsafeRawBufferPointer] = []
        request.forEachValue(of: "x-forwarded-for") { lines.append($0) }
        var source = nearest
        for line in lines.reversed() {
            for entry in line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).reversed() {
                guard let hop = Self.address(entry) else { return source }
                source = hop
                guard trusts(hop) else { return source }
            }
        }
        return source
    }

    /// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`.
    static func address(_ entry: Slice<UnsafeRawBufferPointer>) -> IPAddress? {
        guard entry.count <= 64 else { return nil }
        var text = Substring(decoding: entry, as: UTF8.self)
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            text = text[..<end].dropFirst()
            return text.contains(":") ? IPAddress(text: text) : nil
        }
        if let colon = text.firstIndex(of: ":"), text.contains("."), colon == text.lastIndex(of: ":") {
            guard isPort(text[colon...]) else { return nil }
            text = text[..<colon]
        }
        return IPAddress(text: text)
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && UInt16(text.dropFirst()) != nil
    }
}
