internal import Crypto

/// The key that signs the tokens of a route's own token endpoint.
enum TokenKey {
    /// Word of `derive` in a verifier's key.
    static let derivation = "issued-token"

    /// Derived, so that what signs tokens is not what clients present; every process with the same client secret
    /// derives the same, so that tokens outlive restarts.
    static func derive(from clientSecret: UnsafeRawBufferPointer) throws(CryptoError) -> [UInt8] {
        var mac = try HMAC(.sha256, key: clientSecret)
        let purpose: StaticString = "headgate: signing key of issued tokens, version 1"
        return purpose.withUTF8Buffer { mac.authenticate(UnsafeRawBufferPointer($0)) }
    }
}
