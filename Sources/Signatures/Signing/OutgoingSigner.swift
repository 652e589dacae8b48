package import Crypto

/// Signs for subscribers as Standard Webhooks has it: `v1,` and base 64 of HMAC-SHA256 over `id.timestamp.body`, once
/// for each live key, separated by spaces. Owned by one thread; its keyed contexts are kept.
package final class OutgoingSigner {
    private let keys: [Key]

    private final class Key {
        var mac: HMAC
        init(_ mac: consuming HMAC) { self.mac = mac }
    }

    /// - Parameter keys: decoded, not empty (`StandardWebhooks.key`). Traps if this OpenSSL has no HMAC-SHA256, without
    ///   which nothing here can run.
    package init(_ keys: [Secret]) {
        self.keys = keys.map { secret in
            do throws(CryptoError) { return Key(try HMAC(.sha256, key: secret)) } catch {
                preconditionFailure("cannot sign for subscribers: \(error)")
            }
        }
    }

    /// Bytes of a signature.
    package var length: Int { keys.isEmpty ? 0 : keys.count * (Self.entryLength + 1) - 1 }

    /// `v1,` and 44 characters.
    private static let entryLength = 47

    /// Appends the value of `webhook-signature`, `length` bytes, to `target`; allocates nothing if `target` has the
    /// room.
    ///
    /// - Parameter timestamp: seconds since 1970, as in `webhook-timestamp`.
    package func sign(
        id: UnsafeRawBufferPointer, timestamp: Int64, body: UnsafeRawBufferPointer, into target: inout [UInt8]
    ) {
        withDecimalDigits(timestamp) { digits in
            for (place, key) in keys.enumerated() {
                if place > 0 { target.append(UInt8(ascii: " ")) }
                key.mac.update(id)
                key.mac.update(Self.dot)
                key.mac.update(digits)
                key.mac.update(Self.dot)
                key.mac.update(body)
                var digest = InlineArray<32, UInt8>(repeating: 0)
                withUnsafeMutableBytes(of: &digest) { key.mac.finish(into: $0) }
                target.append(UInt8(ascii: "v"))
                target.append(UInt8(ascii: "1"))
                target.append(UInt8(ascii: ","))
                withUnsafeTemporaryAllocation(byteCount: 44, alignment: 1) { text in
                    withUnsafeBytes(of: &digest) { _ = Base64.encode($0, into: text) }
                    target.append(contentsOf: text)
                }
            }
        }
    }

    package func sign(id: String, timestamp: Int64, body: UnsafeRawBufferPointer, into target: inout [UInt8]) {
        var id = id
        id.withUTF8 { sign(id: UnsafeRawBufferPointer($0), timestamp: timestamp, body: body, into: &target) }
    }

    // A literal lives as long as the process.
    nonisolated(unsafe) private static let dot: UnsafeRawBufferPointer = {
        let text: StaticString = "."
        return UnsafeRawBufferPointer(start: text.utf8Start, count: 1)
    }()
}

private func withDecimalDigits(_ number: Int64, _ body: (UnsafeRawBufferPointer) -> Void) {
    precondition(number >= 0)
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { buffer in
        var (rest, start) = (number, buffer.count)
        repeat {
            start -= 1
            buffer[start] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        body(UnsafeRawBufferPointer(rebasing: buffer[start...]))
    }
}
