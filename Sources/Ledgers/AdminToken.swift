package import Domain

/// A key to the admin API that is not the one of the settings. Only its hash is kept.
package enum AdminToken {}

/// The same number as the action that granted it.
package typealias TokenID = ID<AdminToken>

/// What a token is good for; from `read` on each one includes those before it. The raw values are kept in the ledger: never
/// renumber.
package enum TokenScope: UInt8, Sendable, CaseIterable {
    /// Registers URLs of its own, and sees nothing else: for somebody outside.
    case register = 4
    case read = 1
    case operate = 2
    case admin = 3

    package var text: String {
        switch self {
        case .register: "register"
        case .read: "read"
        case .operate: "operate"
        case .admin: "admin"
        }
    }
}

/// A token that is to be granted.
package struct TokenGrant: Sendable {
    /// Stands in the record of what is done with it, so it is never given twice.
    package let name: String
    package let hash: Digest256
    package let scope: TokenScope
    /// The only routes that it reaches; nil for all.
    package let routes: Set<String>?
    package let expiresAt: WallTime?

    package init(name: String, hash: Digest256, scope: TokenScope, routes: Set<String>?, expiresAt: WallTime?) {
        self.name = name
        self.hash = hash
        self.scope = scope
        self.routes = routes
        self.expiresAt = expiresAt
    }

    /// For the record: `ci operate routes=billing,payouts expires=1767225600000000`.
    package var text: String {
        var parts = [name, scope.text]
        if let routes { parts.append("routes=" + routes.sorted().joined(separator: ",")) }
        if let expiresAt { parts.append("expires=\(expiresAt.microseconds)") }
        return parts.joined(separator: " ")
    }
}

package struct TokenRow: Sendable, Equatable {
    package let id: TokenID
    package let name: String
    package let scope: TokenScope
    package let routes: Set<String>?
    package let grantedAt: WallTime
    package let grantedBy: String
    package let expiresAt: WallTime?
    /// To the minute; nil when it never was.
    package let usedAt: WallTime?
    package let revokedAt: WallTime?

    package enum State: String, Sendable, CaseIterable { case active, expired, revoked }

    package func state(at now: WallTime) -> State {
        if revokedAt != nil { return .revoked }
        return expiresAt.map { $0 <= now } ?? false ? .expired : .active
    }
}

/// What is done about who may do what.
package enum AccessDeed: Sendable {
    case grant(TokenGrant)
    case revoke(name: String)
    /// Kept without a record of its own: it changes nothing for anybody.
    case used(TokenID)
    /// - Parameters:
    ///   - who: an address, or several.
    ///   - count: of refusals, since the record before.
    case refused(who: String, count: Int64)
}

package enum AccessRefusal: Sendable, Equatable {
    case nameTaken
    case noSuchToken
    case revokedAlready
    /// `Limits.tokens`.
    case tooMany
}
