internal import Crypto

/// A public key as the providers write theirs.
package struct PublicText {
    private let pem: String
    /// SubjectPublicKeyInfo; it ends with the key itself for Ed25519 and P-256 (RFC 8410 section 4, RFC 5480 section 2.2).
    private let info: [UInt8]

    package init(_ pem: String) {
        self.pem = pem
        let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }
        info = Base64.decode(lines.joined(), .canonical) ?? []
    }

    /// Nil when this kind of key is not written so.
    package func written(as form: VerifierOutline.SecretForm) -> String? {
        switch form {
        case .pem: return pem
        case .der: return Base64.encode(info)
        case .ed25519Hex: return info.count == Self.ed25519 ? Hex.encode(Array(info.suffix(32))) : nil
        case .ed25519Base64: return info.count == Self.ed25519 ? "whpk_" + Base64.encode(Array(info.suffix(32))) : nil
        case .jwk: return jwk
        case .jwks: return jwk.map { #"{"keys":[\#($0)]}"# }
        case .text, .hex, .base64: return nil
        }
    }

    /// RFC 7518 section 6.2.
    private var jwk: String? {
        guard info.count == Self.p256 else { return nil }
        let (x, y) = (Array(info.suffix(64).prefix(32)), Array(info.suffix(32)))
        return #"{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"test","#
            + #""x":"\#(Base64.encode(x, url: true))","y":"\#(Base64.encode(y, url: true))"}"#
    }

    /// Bytes of the whole.
    private static let ed25519 = 44
    private static let p256 = 91
}
