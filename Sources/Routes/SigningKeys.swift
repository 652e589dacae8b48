package import Crypto

/// The live secrets that sign for a subscriber, decoded: every one of them signs, so that a receiver may rotate.
/// Subscribers with the same secrets share one object, so that a signature is made once for all of them: compare by `===`.
package final class SigningKeys: Sendable {
    /// HMAC keys, 24 to 64 bytes each, in the order of the file.
    package let keys: [Secret]

    init(_ keys: [Secret]) { self.keys = keys }

    /// Of a subscriber that is held because it has none: signs nothing.
    static let none = SigningKeys([])

    /// More at one time is no rotation, and each costs a signature an attempt.
    static let most = 8

    /// Several secrets stand in one text with white space between them.
    static func texts(in secret: Secret) -> [Secret] {
        secret.withBytes { bytes in
            bytes.split { $0 == 0x20 || (0x09...0x0d).contains($0) }
                .map { Secret(copying: UnsafeRawBufferPointer(rebasing: $0)) }
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
