internal import COpenSSL

/// A keyed MAC (RFC 2104) whose context keeps the key's schedule: each further message costs only its own bytes.
///
/// A message may come in pieces, so that nobody has to join them. After `finish` the next message begins.
package struct HMAC: ~Copyable {
    package let algorithm: HashAlgorithm
    private let context: OpaquePointer

    /// - Parameter key: read during the call; the context keeps what it needs and cleanses it when freed. An empty key
    ///   is refused: it would let everybody sign.
    package init(_ algorithm: HashAlgorithm, key: UnsafeRawBufferPointer) throws(CryptoError) {
        guard let base = key.baseAddress, !key.isEmpty else { throw .weakKey(reason: "it is empty") }
        guard let implementation = Self.implementation, let context = EVP_MAC_CTX_new(implementation) else {
            dropErrors()
            throw .openSSL(operation: "provide HMAC")
        }
        guard Self.begin(context, algorithm, UnsafeRawBufferPointer(start: base, count: key.count)) else {
            EVP_MAC_CTX_free(context)
            dropErrors()
            throw .openSSL(operation: "key HMAC with \(algorithm.rawValue)")
        }
        self.algorithm = algorithm
        self.context = context
    }

    package init(_ algorithm: HashAlgorithm, key: Secret) throws(CryptoError) {
        self = try key.withBytes { bytes throws(CryptoError) in try HMAC(algorithm, key: bytes) }
    }

    deinit { EVP_MAC_CTX_free(context) }

    package var size: Int { algorithm.size }

    /// Forgets what was signed since the last `finish`; the key stays.
    package mutating func restart() { mustSucceed(EVP_MAC_init(context, nil, 0, nil)) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        mustSucceed(EVP_MAC_update(context, base.assumingMemoryBound(to: UInt8.self), bytes.count))
    }

    /// Writes the MAC, `size` bytes, to the beginning of `target`, and begins anew.
    package mutating func finish(into target: UnsafeMutableRawBufferPointer) {
        precondition(target.count >= size)
        var written = 0
        mustSucceed(
            EVP_MAC_final(context, target.baseAddress?.assumingMemoryBound(to: UInt8.self), &written, target.count))
        restart()
    }

    /// The MAC of one message, for what is not on the way of every event.
    package mutating func authenticate(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        restart()
        update(bytes)
        return [UInt8](unsafeUninitializedCapacity: size) { target, count in
            finish(into: UnsafeMutableRawBufferPointer(target))
            count = size
        }
    }

    // Immutable and reference counted; kept until the process ends.
    nonisolated(unsafe) private static let implementation = EVP_MAC_fetch(nil, "HMAC", nil)

    private static func begin(
        _ context: OpaquePointer, _ algorithm: HashAlgorithm, _ key: UnsafeRawBufferPointer
    ) -> Bool {
        algorithm.name.withUTF8Buffer { name in
            // A parameter keeps the pointer to its own name, so that must outlive the call that reads it.
            OSSL_MAC_PARAM_DIGEST.withCString { parameter in
                // OpenSSL's parameter type has no const; the name is only read.
                let text = UnsafeMutableRawPointer(mutating: name.baseAddress)?.assumingMemoryBound(to: CChar.self)
                let parameters = [
                    OSSL_PARAM_construct_utf8_string(parameter, text, name.count), OSSL_PARAM_construct_end(),
                ]
                let bytes = key.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return EVP_MAC_init(context, bytes, key.count, parameters) == 1
            }
        }
    }
}
