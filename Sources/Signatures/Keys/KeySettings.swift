package import Net

/// What an operator says of fetching a route's keys, where the provider's own ways do not lead there.
package struct KeySettings: Sendable, Equatable {
    /// In place of the beginning of the preset's URL: another environment of the provider, or another issuer.
    package var url: String?
    /// Path of a PEM file with the authorities that are trusted in place of the system's: for the connection, and for
    /// certificates that are fetched.
    package var authorities: String?
    /// Where connections go, whatever host the URL names: a forwarder. The other end still has to prove that it is that
    /// host.
    package var via: SocketAddress?
    /// Keys may come from private addresses.
    package var allowsPrivate = false

    package init() {}
}
