/// The public-key signatures that providers use, by the names of the route files.
package enum SignatureAlgorithm: String, Sendable, CaseIterable {
    case rsaPKCS1SHA1 = "rsa-pkcs1-sha1"
    case rsaPKCS1SHA256 = "rsa-pkcs1-sha256"
    case rsaPKCS1SHA384 = "rsa-pkcs1-sha384"
    case rsaPKCS1SHA512 = "rsa-pkcs1-sha512"
    /// RFC 8017 with MGF1-SHA256 and a salt as long as the hash (as PS256 of RFC 7518).
    case rsaPSSSHA256 = "rsa-pss-sha256"
    /// P-256 with the signature in DER.
    case ecdsaSHA256 = "ecdsa-sha256"
    /// P-256 with the signature as r and s, 32 bytes each (RFC 7518 section 3.4).
    case ecdsaRawSHA256 = "ecdsa-raw-sha256"
    case ed25519

    /// What is hashed before signing; nil when the message itself is signed.
    package var hash: HashAlgorithm? {
        switch self {
        case .rsaPKCS1SHA1: .sha1
        case .rsaPKCS1SHA256, .rsaPSSSHA256, .ecdsaSHA256, .ecdsaRawSHA256: .sha256
        case .rsaPKCS1SHA384: .sha384
        case .rsaPKCS1SHA512: .sha512
        case .ed25519: nil
        }
    }

    package var keyKind: KeyKind {
        switch self {
        case .rsaPKCS1SHA1, .rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512, .rsaPSSSHA256: .rsa
        case .ecdsaSHA256, .ecdsaRawSHA256: .p256
        case .ed25519: .ed25519
        }
    }

    var isPSS: Bool { self == .rsaPSSSHA256 }
}

package enum KeyKind: String, Sendable, CaseIterable {
    case rsa = "an RSA key"
    case p256 = "an EC key on P-256"
    case ed25519 = "an Ed25519 key"
}
