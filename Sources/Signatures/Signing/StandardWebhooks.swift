internal import Config
package import Crypto

/// Secrets of Standard Webhooks (https://www.standardwebhooks.com, "Signature scheme").
package enum StandardWebhooks {
    package static let prefix = "whsec_"
    /// 192 to 512 bits.
    package static let keyBytes = 24...64

    /// What is wrong with a secret, in words that do not show it.
    package enum SecretProblem: Error, Equatable, CustomStringConvertible {
        case prefix
        case base64
        case length(Int)

        package var description: String {
            switch self {
            case .prefix: "does not begin with \(StandardWebhooks.prefix)"
            case .base64: "is not base 64 after \(StandardWebhooks.prefix)"
            case .length(let count): "holds \(count) bytes, not 24 to 64"
            }
        }

        package static let cure = "write whsec_ and the base 64 of 24 to 64 random bytes"
    }

    /// The HMAC key in a `whsec_…` text.
    package static func key(_ text: Secret) throws(SecretProblem) -> Secret {
        var key: [UInt8] = []
        defer { key.withUnsafeMutableBytes { cleanse($0) } }
        let problem: SecretProblem? = text.withBytes { bytes in
            guard bytes.starts(with: prefix.utf8) else { return .prefix }
            let rest = String(decoding: bytes.dropFirst(prefix.utf8.count), as: UTF8.self)
            guard let decoded = Base64.decode(rest, .key) else { return .base64 }
            key = decoded
            return keyBytes.contains(decoded.count) ? nil : .length(decoded.count)
        }
        if let problem { throw problem }
        return Secret(key)
    }

    /// A new secret, as text.
    package static func newSecret() throws(CryptoError) -> String {
        prefix + Base64.encode(try randomBytes(32))
    }
}

extension VerifierSpec {
    /// What a subscriber checks: the signature that `OutgoingSigner` makes, with any of these `whsec_…` texts.
    package static func standardWebhooks(_ secrets: [Secret]) -> VerifierSpec? {
        var diagnostics = Diagnostics()
        return Preset.named("standard-webhooks").flatMap {
            VerifierSpec($0.node, secrets: ["SECRET": secrets], into: &diagnostics)
        }
    }
}
