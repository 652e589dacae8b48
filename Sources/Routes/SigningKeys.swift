package import Crypto

/// The live secrets that sign for a subscriber, decoded: every one of them signs, so that a receiver may rotate.
/// Subscribers with the same secrets share one object, so that a signature is made once for all of them: compare by `===`.
package final class SigningKeys: Sendable {
    /// HMAC keys, 24 to 64 bytes each, in the order of the file.
    package let keys: [Secret]

    init(_ keys: [Secret]) { self.keys = keys }

    /// Of a subscriber that is held because it has none: signs nothing.
    static let none = SigningKeys([])

    static let prefix = "whsec_"
    /// Standard Webhooks, "Signature scheme": 192 to 512 bits.
    static let keyBytes = 24...64
    /// More at one time is no rotation, and each costs a signature an attempt.
    static let most = 8

    static let cure = "write whsec_ and the base 64 of 24 to 64 random bytes, as `headgate secrets new` prints it"

    /// Several secrets stand in one text with white space between them.
    static func texts(in secret: Secret) -> [Secret] {
        secret.withBytes { bytes in
            bytes.split { $0 == 0x20 || (0x09...0x0d).contains($0) }
                .map { Secret(copying: UnsafeRawBufferPointer(rebasing: $0)) }
        }
    }

    /// - Returns: what is wrong with the text, in words that do not show it.
    static func key(_ secret: Secret) -> Result<Secret, SigningKeyProblem> {
        secret.withBytes { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard text.hasPrefix(prefix) else { return .failure(.prefix) }
            guard let key = Base64.decode(text.dropFirst(prefix.utf8.count), .key) else { return .failure(.base64) }
            guard keyBytes.contains(key.count) else { return .failure(.length(key.count)) }
            return .success(Secret(key))
        }
    }
}

enum SigningKeyProblem: Error, Equatable {
    case prefix
    case base64
    case length(Int)

    var text: String {
        switch self {
        case .prefix: "does not begin with \(SigningKeys.prefix)"
        case .base64: "is not base 64 after \(SigningKeys.prefix)"
        case .length(let count): "holds \(count) bytes, not 24 to 64"
        }
    }
}

/// Makes equal sets of keys one object.
struct SigningKeyPool {
    private var known: [[UInt8]: SigningKeys] = [:]

    mutating func keys(_ wanted: [Secret]) -> SigningKeys {
        guard let name = Self.digest(wanted) else { return SigningKeys(wanted) }
        if let same = known[name] { return same }
        let fresh = SigningKeys(wanted)
        known[name] = fresh
        return fresh
    }

    /// Of the digests of the keys, so that no key is kept outside of a `Secret`.
    private static func digest(_ keys: [Secret]) -> [UInt8]? {
        var digests: [UInt8] = []
        for key in keys {
            guard let digest = try? key.withBytes({ try HashAlgorithm.sha256.digest($0) }) else { return nil }
            digests += digest
        }
        return digests
    }
}
