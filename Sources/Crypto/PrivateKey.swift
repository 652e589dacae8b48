internal import COpenSSL

/// A private key, for the samples that this program signs as a provider would. Never a provider's own.
package final class PrivateKey: Sendable {
    private let handle: KeyHandle
    package var kind: KeyKind { handle.kind }

    private init(_ handle: KeyHandle) { self.handle = handle }

    /// A PEM private key without passphrase.
    package convenience init(pem: String) throws(CryptoError) {
        guard let key = withPEM(pem, { PEM_read_bio_PrivateKey($0, nil, noPassphrase, nil) }) else {
            dropErrors()
            throw .unreadableKey(expected: "a PEM private key without passphrase (-----BEGIN PRIVATE KEY-----)")
        }
        self.init(try KeyHandle(adopting: key))
    }

    /// A new key; RSA has 2048 bits.
    package static func generate(_ kind: KeyKind) throws(CryptoError) -> PrivateKey {
        let name =
            switch kind {
            case .rsa: "RSA"
            case .p256: "EC"
            case .ed25519: "ED25519"
            }
        let context = EVP_PKEY_CTX_new_from_name(nil, name, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        let made =
            EVP_PKEY_keygen_init(context) == 1
            && (kind != .rsa || EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1)
            && (kind != .p256 || EVP_PKEY_CTX_set_group_name(context, "P-256") == 1)
            && EVP_PKEY_generate(context, &key) == 1
        guard made else {
            dropErrors()
            throw .openSSL(operation: "make \(kind.rawValue)")
        }
        return PrivateKey(try KeyHandle(adopting: key))
    }

    package var publicKey: PublicKey { PublicKey(of: handle) }

    package var publicPEM: String { pem { PEM_write_bio_PUBKEY($0, handle.raw) } }

    package var privatePEM: String { pem { PEM_write_bio_PrivateKey($0, handle.raw, nil, nil, 0, nil, nil) } }

    package func sign(_ message: UnsafeRawBufferPointer, _ algorithm: SignatureAlgorithm) throws(CryptoError) -> [UInt8]
    {
        guard kind == algorithm.keyKind else { throw .wrongKeyKind(needed: algorithm.keyKind.rawValue) }
        guard let hash = algorithm.hash else { return try signWhole(message) }
        let digest = try hash.digest(message)
        let context = EVP_PKEY_CTX_new_from_pkey(nil, handle.raw, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var count = 0
        guard EVP_PKEY_sign_init(context) == 1,
            configure(context, algorithm, hash, saltLength: RSA_PSS_SALTLEN_DIGEST),
            EVP_PKEY_sign(context, nil, &count, digest, digest.count) == 1
        else { throw failure(algorithm) }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_PKEY_sign(context, &signature, &count, digest, digest.count) == 1 else { throw failure(algorithm) }
        signature.removeLast(signature.count - count)
        return algorithm == .ecdsaRawSHA256 ? try raw(fromDER: signature) : signature
    }

    private func signWhole(_ message: UnsafeRawBufferPointer) throws(CryptoError) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = signature.count
        let message = Array(message)
        guard EVP_DigestSignInit(context, nil, nil, nil, handle.raw) == 1,
            EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        else { throw failure(.ed25519) }
        return signature
    }

    private func raw(fromDER signature: [UInt8]) throws(CryptoError) -> [UInt8] {
        let pair = signature.withUnsafeBufferPointer { bytes in
            var place = bytes.baseAddress
            return d2i_ECDSA_SIG(nil, &place, bytes.count)
        }
        defer { ECDSA_SIG_free(pair) }
        var raw = [UInt8](repeating: 0, count: 64)
        let written = raw.withUnsafeMutableBufferPointer { target in
            target.baseAddress.map { base in
                BN_bn2binpad(ECDSA_SIG_get0_r(pair), base, 32) == 32
                    && BN_bn2binpad(ECDSA_SIG_get0_s(pair), base + 32, 32) == 32
            } ?? false
        }
        guard written else { throw failure(.ecdsaRawSHA256) }
        return raw
    }

    private func failure(_ algorithm: SignatureAlgorithm) -> CryptoError {
        dropErrors()
        return .openSSL(operation: "sign with \(algorithm.rawValue)")
    }

    private func pem(_ write: (OpaquePointer?) -> Int32) -> String {
        let bio = BIO_new(BIO_s_mem())
        defer { BIO_free(bio) }
        guard write(bio) == 1 else {
            dropErrors()
            return ""
        }
        return String(
            unsafeUninitializedCapacity: 8192,
            initializingUTF8With: { max(0, Int(BIO_read(bio, $0.baseAddress, Int32($0.count)))) })
    }
}
