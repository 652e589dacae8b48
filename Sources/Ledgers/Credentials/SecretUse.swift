package import Crypto
package import Domain

/// How often a secret proved a request, or signed one, since that was last told. Counted in memory and told every few
/// seconds: a crash loses what was counted since.
package struct SecretUse: Sendable, Equatable {
    package let direction: SecretDirection
    /// Of the route, or of the subscriber.
    package let owner: Int64
    /// `SecretPrints.text(of:)` of it.
    package let print: String
    /// 0 for one that is merely in place.
    package let count: Int64
    package let last: WallTime

    package init(of route: RouteID, print: String, count: Int64, last: WallTime) {
        (direction, owner, self.print, self.count, self.last) = (.inbound, route.raw, print, count, last)
    }

    package init(of subscriber: SubscriberID, print: String, count: Int64, last: WallTime) {
        (direction, owner, self.print, self.count, self.last) = (.outbound, subscriber.raw, print, count, last)
    }
}

/// The raw values are kept in the ledger: never renumber.
package enum SecretDirection: UInt8, Sendable, CaseIterable {
    /// It proves what a provider sends.
    case inbound = 0
    /// It signs what a subscriber gets.
    case outbound = 1

    package var text: String {
        switch self {
        case .inbound: "in"
        case .outbound: "out"
        }
    }
}

/// What the ledger knows of the use of one secret.
package struct SecretUseRow: Sendable, Equatable {
    package let direction: SecretDirection
    package let owner: Int64
    package let print: String
    /// When it was first in place while somebody counted.
    package let since: WallTime
    package let uses: Int64
    package let firstUsed: WallTime?
    package let lastUsed: WallTime?
}

/// Names secrets by 48 bits of a MAC under a key of the ledger's own, so that one can be told from another, also when it
/// has moved within a list, and nobody who sees the name can try guesses without the ledger.
package struct SecretPrints: Sendable {
    private let key: Secret

    package init(key: Secret) { self.key = key }

    package func text(of secret: Secret) -> String {
        do throws(CryptoError) {
            var mac = try HMAC(.sha256, key: key)
            return Hex.encode(Array(secret.withBytes { mac.authenticate($0) }.prefix(6)))
        } catch {
            preconditionFailure("cannot name a secret: \(error)")
        }
    }
}
