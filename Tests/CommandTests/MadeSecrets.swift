import Crypto
import Signatures
import Testing

@testable import headgate

/// A secret of the right form for each that a preset names, and the private half of its keys.
struct MadeSecrets {
    let key: PrivateKey
    let texts: [String: String]

    private static let keys = try? [KeyKind.rsa, .p256, .ed25519].map { try PrivateKey.generate($0) }

    init(_ outline: VerifierOutline) throws {
        let isP256 = outline.schemes.contains { $0.hasPrefix("ecdsa") || $0 == "jwt-es256" }
        let key = try #require(Self.keys)[outline.schemes.contains("ed25519") ? 2 : isP256 ? 1 : 0]
        self.key = key
        let text = PublicText(key.publicPEM)
        texts = outline.secrets.mapValues { form in
            switch form {
            case .text, .hex: "0123456789abcdef0123456789abcdef"
            case .base64: Base64.encode(Array("a secret of thirty-two bytes or so".utf8))
            case .pem, .der, .ed25519Hex, .ed25519Base64, .jwk, .jwks: text.written(as: form) ?? ""
            }
        }
    }

    var table: SecretTable { texts.mapValues { [Secret($0)] } }
}
