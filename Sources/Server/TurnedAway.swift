package import Wire

/// Why something came to nothing before a route could judge it.
package enum TurnedAway: Sendable, Hashable, CaseIterable {
    /// A request, by the rules and bounds of HTTP.
    case request(Refusal)
    /// A request whose path is no route's.
    case noRoute
    /// A connection: as many were open as may be, and none of them idle.
    case tooManyConnections
    /// Accepting rests: the process or the system has no descriptor, or no memory for one.
    case noDescriptors
    /// A connection whose PROXY header was missing, malformed or late.
    case proxyHeader
    /// A connection whose TLS handshake failed or took too long.
    case tlsHandshake

    package static let allCases =
        Refusal.allCases.map { TurnedAway.request($0) } + [
            .noRoute, .tooManyConnections, .noDescriptors, .proxyHeader, .tlsHandshake,
        ]

    /// For metrics and the log.
    package var name: String {
        switch self {
        case .request(let refusal): refusal.name
        case .noRoute: "no-route"
        case .tooManyConnections: "too-many-connections"
        case .noDescriptors: "no-descriptors"
        case .proxyHeader: "proxy-header"
        case .tlsHandshake: "tls-handshake"
        }
    }
}
