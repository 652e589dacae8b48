internal import COpenSSL

/// Verifies signatures of one key with one algorithm; its context is kept from message to message.
package struct SignatureVerifier: ~Copyable {
    package let algorithm: SignatureAlgorithm
    private let key: PublicKey
    /// For hashed messages; nil for Ed25519, which takes the whole message at once.
    private let context: OpaquePointer?

    package init(_ key: PublicKey, _ algorithm: SignatureAlgorithm) throws(CryptoError) {
        guard key.kind == algorithm.keyKind else { throw .wrongKeyKind(needed: algorithm.keyKind.rawValue) }
        let context: OpaquePointer?
        if let hash = algorithm.hash {
            context = EVP_PKEY_CTX_new_from_pkey(nil, key.handle.raw, nil)
            guard context != nil, EVP_PKEY_verify_init(context) == 1,
                configure(context, algorithm, hash, saltLength: RSA_PSS_SALTLEN_DIGEST)
            else {
                EVP_PKEY_CTX_free(context)
                dropErrors()
                throw .openSSL(operation: "verify \(algorithm.rawValue)")
            }
        } else {
            context = nil
        }
        self.algorithm = algorithm
        self.key = key
        self.context = context
    }

    deinit { EVP_PKEY_CTX_free(context) }

    /// - Parameter digest: of the message, by `algorithm.hash`.
    package mutating func isValid(_ signature: UnsafeRawBufferPointer, digest: UnsafeRawBufferPointer) -> Bool {
        guard let context, !signature.isEmpty else { return false }
        let valid =
            algorithm == .ecdsaRawSHA256
            ? withDER(fromRaw: signature) { $0.map { check(context, $0, digest) } ?? false }
            : check(context, signature, digest)
        if !valid { dropErrors() }
        return valid
    }

    /// For algorithms without a hash (Ed25519).
    package mutating func isValid(_ signature: UnsafeRawBufferPointer, message: UnsafeRawBufferPointer) -> Bool {
        guard algorithm.hash == nil, signature.count == 64, let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        // OpenSSL refuses a nil message even when it is empty.
        var nothing: UInt8 = 0
        let valid = withUnsafeBytes(of: &nothing) { nothing in
            EVP_DigestVerifyInit(context, nil, nil, nil, key.handle.raw) == 1
                && EVP_DigestVerify(
                    context, signature.baseAddress?.assumingMemoryBound(to: UInt8.self), signature.count,
                    (message.baseAddress ?? nothing.baseAddress)?.assumingMemoryBound(to: UInt8.self), message.count)
                    == 1
        }
        if !valid { dropErrors() }
        return valid
    }

    private func check(
        _ context: OpaquePointer, _ signature: UnsafeRawBufferPointer, _ digest: UnsafeRawBufferPointer
    ) -> Bool {
        EVP_PKEY_verify(
            context, signature.baseAddress?.assumingMemoryBound(to: UInt8.self), signature.count,
            digest.baseAddress?.assumingMemoryBound(to: UInt8.self), digest.count) == 1
    }
}

func configure(
    _ context: OpaquePointer?, _ algorithm: SignatureAlgorithm, _ hash: HashAlgorithm, saltLength: Int32
) -> Bool {
    if algorithm.keyKind == .rsa {
        let padding = algorithm.isPSS ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING
        guard EVP_PKEY_CTX_set_rsa_padding(context, padding) == 1 else { return false }
    }
    guard EVP_PKEY_CTX_set_signature_md(context, hash.implementation) == 1 else { return false }
    return !algorithm.isPSS || EVP_PKEY_CTX_set_rsa_pss_saltlen(context, saltLength) == 1
}

/// The DER form of r and s (RFC 3279 section 2.2.3); nil unless both are in 1…n-1 (SEC 1 section 4.1.4).
private func withDER<R>(fromRaw signature: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
    guard signature.count == 64, let base = signature.baseAddress?.assumingMemoryBound(to: UInt8.self),
        inRange(UnsafeRawBufferPointer(rebasing: signature[..<32])),
        inRange(UnsafeRawBufferPointer(rebasing: signature[32...])), let pair = ECDSA_SIG_new()
    else { return body(nil) }
    defer { ECDSA_SIG_free(pair) }
    guard ECDSA_SIG_set0(pair, BN_bin2bn(base, 32, nil), BN_bin2bn(base + 32, 32, nil)) == 1 else { return body(nil) }
    // 2 + 2 × (2 + 33) bytes at most.
    return withUnsafeTemporaryAllocation(byteCount: 72, alignment: 1) { target in
        var place = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let count = i2d_ECDSA_SIG(pair, &place)
        return body(count > 0 ? UnsafeRawBufferPointer(rebasing: target[..<Int(count)]) : nil)
    }
}

private func inRange(_ number: UnsafeRawBufferPointer) -> Bool {
    !number.allSatisfy { $0 == 0 } && number.lexicographicallyPrecedes(orderOfP256)
}

/// The order n of P-256 (FIPS 186-5 / SEC 2 section 2.4.2).
private let orderOfP256: [UInt8] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7,
    0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
]
