internal import COpenSSL
package import Domain

/// A hash over a message that comes in pieces. One context is kept for all messages: after `finish` the next begins.
package struct Digest: ~Copyable {
    package let algorithm: HashAlgorithm
    private let context: OpaquePointer

    package init(_ algorithm: HashAlgorithm) throws(CryptoError) {
        guard let implementation = algorithm.implementation, let context = EVP_MD_CTX_new() else {
            dropErrors()
            throw .openSSL(operation: "provide \(algorithm.rawValue)")
        }
        guard EVP_DigestInit_ex2(context, implementation, nil) == 1 else {
            EVP_MD_CTX_free(context)
            dropErrors()
            throw .openSSL(operation: "begin \(algorithm.rawValue)")
        }
        self.algorithm = algorithm
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    package var size: Int { algorithm.size }

    /// Forgets what was hashed since the last `finish`.
    package mutating func restart() { mustSucceed(EVP_DigestInit_ex2(context, nil, nil)) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        mustSucceed(EVP_DigestUpdate(context, base, bytes.count))
    }

    /// Writes the digest, `size` bytes, to the beginning of `target`, and begins anew.
    package mutating func finish(into target: UnsafeMutableRawBufferPointer) {
        precondition(target.count >= size)
        mustSucceed(EVP_DigestFinal_ex(context, target.baseAddress?.assumingMemoryBound(to: UInt8.self), nil))
        restart()
    }
}

extension HashAlgorithm {
    /// One digest, for what is not on the way of every event.
    package func digest(_ bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
        try bytes.span.withUnsafeBytes { bytes throws(CryptoError) in try digest(bytes) }
    }

    /// One digest, for what is not on the way of every event.
    package func digest(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) -> [UInt8] {
        var digest = try Digest(self)
        digest.update(bytes)
        return [UInt8](unsafeUninitializedCapacity: size) { target, count in
            digest.finish(into: UnsafeMutableRawBufferPointer(target))
            count = size
        }
    }
}

/// SHA-256 with a kept context: for the digest of a body and for the ledger's chain.
package struct SHA256: ~Copyable {
    private var digest: Digest

    package init() throws(CryptoError) { digest = try Digest(.sha256) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) { digest.update(bytes) }

    /// Of all bytes since the last `finish`.
    package mutating func finish() -> Digest256 {
        var result = Digest256.zero
        withUnsafeMutableBytes(of: &result.bytes) { digest.finish(into: $0) }
        return result
    }

    /// Of these bytes alone.
    package mutating func hash(_ bytes: UnsafeRawBufferPointer) -> Digest256 {
        digest.restart()
        digest.update(bytes)
        return finish()
    }
}
