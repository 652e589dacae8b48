/// The 32 bytes of a SHA-256, kept in line (no heap).
package struct Digest256: Sendable {
    package var bytes: InlineArray<32, UInt8>

    package init(_ bytes: InlineArray<32, UInt8>) { self.bytes = bytes }

    /// Nil unless there are exactly 32 bytes.
    package init?(copying source: UnsafeRawBufferPointer) {
        guard source.count == 32 else { return nil }
        bytes = InlineArray { source[$0] }
    }

    package static let zero = Digest256(InlineArray(repeating: 0))

    package func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let copy = bytes
        return try copy.span.withUnsafeBytes(body)
    }

    package var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 64) { text in
            for place in 0..<32 {
                text[2 * place] = digits[Int(bytes[place] >> 4)]
                text[2 * place + 1] = digits[Int(bytes[place] & 15)]
            }
            return 64
        }
    }
}

extension Digest256: Hashable {
    /// Not in constant time: digests of bodies are no secrets. Secrets are compared in Crypto.
    package static func == (a: Digest256, b: Digest256) -> Bool {
        for place in 0..<32 where a.bytes[place] != b.bytes[place] { return false }
        return true
    }
    package func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
    }
}
