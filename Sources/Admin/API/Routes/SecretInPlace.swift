package import Ledgers

/// A secret that proves requests of a route, or signs for a subscriber, while the gateway runs.
package struct SecretInPlace: Sendable {
    package let direction: SecretDirection
    /// Of the route, or of the subscriber, in the ledger.
    package let owner: Int64
    package let route: String
    /// Nil for those of a route.
    package let subscriber: String?
    /// Which one: `SECRET[1]`, `SECRET:partner`, `own`, `gateway[0]`.
    package let label: String
    /// Where it is kept.
    package let source: Source
    /// Those with the same one take each other's place: the name of the secret in its route; all of a subscriber's.
    package let group: String
    package let print: String

    package enum Source: String, Sendable, CaseIterable {
        /// A route file, or what it names.
        case file
        /// A credential of the route.
        case credential
        /// The subscriber, which was registered through the API.
        case registration
        /// The settings of the gateway.
        case settings
    }

    package init(
        direction: SecretDirection, owner: Int64, route: String, subscriber: String?, label: String, source: Source,
        group: String, print: String
    ) {
        self.direction = direction
        self.owner = owner
        self.route = route
        self.subscriber = subscriber
        self.label = label
        self.source = source
        self.group = group
        self.print = print
    }
}
