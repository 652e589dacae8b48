package import Crypto
package import Domain

/// A subscriber that was registered through the API instead of being written into a route file.
package struct Registration: Sendable {
    /// 24 hexadecimal digits that sort by time; never used again.
    package let id: String
    package let route: String
    /// Of the subscriber: unique within its route.
    package let name: String
    package let url: String
    /// The name of the token that it was registered with.
    package let partner: String
    /// The group of event types that it was registered for, of those that came by `/v1/webhook`; nil for others.
    package let type: String?
    /// Its public key, PEM, of those that came by `/v1/webhook`.
    package let publicKey: String?
    /// What a route file would say of it, a JSON object without those members that may hold secrets.
    package let definition: String
    /// The other members, a JSON object; nil when there are none.
    package let secrets: SealedBytes?
    /// 1 for a new one; each change adds 1.
    package let version: Int64
    package let createdAt: WallTime
    package let changedAt: WallTime
    /// Under which its creation may be repeated.
    package let idempotencyKey: String?

    package init(
        id: String, route: String, name: String, url: String, partner: String, type: String? = nil,
        publicKey: String? = nil, definition: String, secrets: SealedBytes?, version: Int64 = 1, createdAt: WallTime,
        changedAt: WallTime, idempotencyKey: String? = nil
    ) {
        self.id = id
        self.route = route
        self.name = name
        self.url = url
        self.partner = partner
        self.type = type
        self.publicKey = publicKey
        self.definition = definition
        self.secrets = secrets
        self.version = version
        self.createdAt = createdAt
        self.changedAt = changedAt
        self.idempotencyKey = idempotencyKey
    }

    /// A new id: 56 bits of microseconds since 1970, and 40 random ones.
    package static func newID(at now: WallTime) throws(CryptoError) -> String {
        let time = withUnsafeBytes(of: now.microseconds.bigEndian) { Array($0.dropFirst()) }
        return Hex.encode(time + (try randomBytes(5)))
    }

    /// What its box is sealed for: neither another row's box nor an older one of this row opens in its place.
    package static func context(id: String, version: Int64) -> [UInt8] {
        Array("headgate registration \(id) \(version)".utf8)
    }

    /// Its secret members; nil when it has none.
    ///
    /// - Throws: `.sealed` when they cannot be opened with `key`.
    package func open(with key: SealingKey?) throws(LedgerKeyProblem) -> Secret? {
        guard let secrets else { return nil }
        return try secrets.open(with: key, for: Self.context(id: id, version: version), of: "\(route)/\(name)")
    }
}

/// A secret as the ledger keeps it.
package struct SealedBytes: Sendable, Equatable {
    /// `SealingKey.id` of the key it was sealed with.
    package let keyID: String
    package let box: [UInt8]

    package init(keyID: String, box: [UInt8]) { (self.keyID, self.box) = (keyID, box) }

    package init(_ secret: Secret, with key: SealingKey, for context: [UInt8]) throws(CryptoError) {
        keyID = key.id
        box = try key.seal(secret, for: context)
    }

    /// - Parameter owner: whose it is, for the operator.
    package func open(with key: SealingKey?, for context: [UInt8], of owner: String) throws(LedgerKeyProblem) -> Secret
    {
        guard let key else { throw .missing(owner: owner, keyID: keyID) }
        guard key.id == keyID else { throw .wrong(owner: owner, keyID: keyID, given: key.id) }
        guard let secret = (try? key.open(box, for: context)) ?? nil else { throw .changed(owner: owner) }
        return secret
    }
}

/// Why a secret in the ledger cannot be used.
package enum LedgerKeyProblem: Error, Sendable, Equatable, CustomStringConvertible {
    case missing(owner: String, keyID: String)
    case wrong(owner: String, keyID: String, given: String)
    case changed(owner: String)

    package var description: String {
        switch self {
        case .missing(let owner, let id):
            "the ledger holds secrets of \(owner) sealed with the key \(id), and none is given; name it with --ledger-key "
                + "or HEADGATE_LEDGER_KEY"
        case .wrong(let owner, let id, let given):
            "the secrets of \(owner) in the ledger are sealed with the key \(id), and the one given is \(given); give that "
                + "one, or change it with headgate ledger rekey"
        case .changed(let owner):
            "the secrets of \(owner) in the ledger were changed since they were sealed; restore the ledger from a backup"
        }
    }
}
