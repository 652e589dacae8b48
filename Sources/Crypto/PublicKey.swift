internal import COpenSSL

/// A provider's public key. Keys that are too weak to prove anything are refused when they are read.
package final class PublicKey: Sendable {
    let handle: KeyHandle
    package var kind: KeyKind { handle.kind }

    /// Bytes of the longest signature it can have.
    package var signatureSizeMost: Int { Int(EVP_PKEY_get_size(handle.raw)) }

    private init(_ handle: KeyHandle) { self.handle = handle }

    /// A PEM public key or certificate. A certificate is taken for its key alone: it is pinned, not chained.
    package convenience init(pem: String) throws(CryptoError) {
        let key = withPEM(pem) { bio in
            if !pem.contains("CERTIFICATE") { return PEM_read_bio_PUBKEY(bio, nil, noPassphrase, nil) }
            let certificate = PEM_read_bio_X509(bio, nil, noPassphrase, nil)
            defer { X509_free(certificate) }
            return certificate.flatMap { X509_get_pubkey($0) }
        }
        guard let key else {
            dropErrors()
            throw .unreadableKey(expected: "a PEM public key or certificate (-----BEGIN PUBLIC KEY-----)")
        }
        self.init(try KeyHandle(adopting: key))
    }

    /// A SubjectPublicKeyInfo (RFC 5280 section 4.1) in DER.
    package convenience init(der: [UInt8]) throws(CryptoError) {
        let key = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var place = bytes.baseAddress
            guard let key = d2i_PUBKEY(nil, &place, bytes.count) else { return nil }
            if place == bytes.baseAddress.map({ $0 + bytes.count }) { return key }
            EVP_PKEY_free(key)
            return nil
        }
        guard let key else {
            dropErrors()
            throw .unreadableKey(expected: "a DER public key (SubjectPublicKeyInfo)")
        }
        self.init(try KeyHandle(adopting: key))
    }

    /// The 32 bytes of RFC 8032.
    package convenience init(ed25519 bytes: [UInt8]) throws(CryptoError) {
        guard bytes.count == 32 else { throw .unreadableKey(expected: "the 32 bytes of an Ed25519 public key") }
        self.init(try KeyHandle(adopting: EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)))
    }

    /// The coordinates of a point of P-256, as a JWK has them (RFC 7518 section 6.2.1).
    package convenience init(p256 x: [UInt8], _ y: [UInt8]) throws(CryptoError) {
        guard x.count == 32, y.count == 32 else {
            throw .unreadableKey(expected: "two coordinates of 32 bytes each")
        }
        // SEQUENCE { SEQUENCE { ecPublicKey, prime256v1 }, BIT STRING { uncompressed point } }; RFC 5480.
        let head: [UInt8] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
            0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
        ]
        try self.init(der: head + x + y)
    }

    /// Modulus and exponent, big-endian, as a JWK has them (RFC 7518 section 6.3.1).
    package convenience init(rsa modulus: [UInt8], exponent: [UInt8]) throws(CryptoError) {
        let key = der(0x30, derInteger(modulus) + derInteger(exponent))
        // rsaEncryption with NULL parameters; RFC 8017 appendix A.1.
        let algorithm: [UInt8] = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 5, 0]
        try self.init(der: Crypto.der(0x30, algorithm + Crypto.der(0x03, [0] + key)))
    }

    convenience init(of key: KeyHandle) {
        self.init(key)
    }
}

private func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    if content.count < 128 { return [tag, UInt8(content.count)] + content }
    var length: [UInt8] = []
    var rest = content.count
    while rest > 0 {
        length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
        rest >>= 8
    }
    return [tag, 0x80 | UInt8(length.count)] + length + content
}

private func derInteger(_ bigEndian: [UInt8]) -> [UInt8] {
    var digits = Array(bigEndian.drop { $0 == 0 })
    if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
    return der(0x02, digits)
}
