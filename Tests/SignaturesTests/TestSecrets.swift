import Crypto
import Signatures

/// A secret of the right form for each that a verifier names, and the private half of its keys.
struct TestSecrets {
    let key: PrivateKey
    let table: SecretTable

    init(_ outline: VerifierOutline) throws {
        let isEd25519 = outline.schemes.contains { $0 == "ed25519" }
        let isP256 = outline.schemes.contains { $0.hasPrefix("ecdsa") || $0 == "jwt-es256" }
        let key = try TestKeys.one(isEd25519 ? .ed25519 : isP256 ? .p256 : .rsa)
        self.key = key
        let der = key.publicPEM.split(separator: "\n").dropFirst().dropLast().joined()
        let bytes = Base64.decode(der, .canonical) ?? []
        table = outline.secrets.mapValues { form in
            [Secret(Self.text(form, key, der: der, raw: Array(bytes.suffix(32)), point: Array(bytes.suffix(64))))]
        }
    }

    private static func text(
        _ form: VerifierOutline.SecretForm, _ key: PrivateKey, der: String, raw: [UInt8], point: [UInt8]
    ) -> String {
        switch form {
        case .text: "0123456789abcdef0123456789abcdef"
        case .hex: "0123456789abcdef0123456789abcdef"
        case .base64: Base64.encode(Array("a secret of thirty-two bytes or so".utf8))
        case .pem: key.publicPEM
        case .der: der
        case .ed25519Hex: Hex.encode(raw)
        case .ed25519Base64: "whpk_" + Base64.encode(raw)
        case .jwk, .jwks:
            #"{"kty":"EC","crv":"P-256","kid":"one","alg":"ES256","x":"\#(Base64.encode(Array(point.prefix(32)), url: true))","#
                + #""y":"\#(Base64.encode(Array(point.suffix(32)), url: true))"}"#
        }
    }
}
