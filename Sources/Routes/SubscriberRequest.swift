package import Config
internal import Crypto
package import Domain
internal import Signatures

/// A subscriber as the API is told of it: the members of a subscriber in a route file, read by the same code, so that
/// both are refused in the same words.
package enum SubscriberRequest {
    package static let keys = [
        "route", "name", "url", "events", "secret", "sign", "retry", "concurrency", "rate", "headers", "forward",
        "auth",
        "paused",
    ]
    /// Members whose values may be secret: kept sealed, and never shown.
    package static let secretKeys = ["secret", "headers", "auth", "sign"]

    /// - Parameters:
    ///   - route: whose subscriber it is to be.
    ///   - signing: signs when it names no `secret`, or null.
    ///   - policy: judges an address in the URL; a name is judged at each dial.
    ///   - group: the event types that it gets; nil for those that it names.
    /// - Returns: nil, reported, when something is wrong.
    package static func read(
        _ node: ConfigNode, of route: RouteConfig, signing: SigningKeys, policy: AddressPolicy,
        group: RouteConfig.TypeGroup? = nil, into diagnostics: inout Diagnostics
    ) -> SubscriberConfig? {
        var reader = RouteReader(
            name: route.name, document: node, secrets: SecretReader(.nothing), signing: [], unusable: .error,
            origin: .request(policy, signing: signing))
        var pool = SigningKeyPool()
        let found = reader.subscriber(node, retry: route.retry, pool: &pool)
        for diagnostic in reader.diagnostics.all { diagnostics.report(diagnostic) }
        guard let found, !reader.diagnostics.hasErrors else { return nil }
        return group.map { found.receiving($0.filter) } ?? found
    }

    /// One that cannot be read any more: what comes for it waits.
    ///
    /// - Parameter filter: what comes for it, as far as that is known.
    package static func held(
        _ name: String, at url: String, of route: RouteConfig, filter: EventFilter, because reason: String
    ) -> SubscriberConfig? {
        guard case .success(let url) = SubscriberURL.read(url, policy: .routeFile) else { return nil }
        return SubscriberConfig(
            name: name, url: url, held: reason, filter: filter, signing: .none, retry: route.retry,
            concurrency: Limits.concurrency, rate: nil, headers: [], forward: .everything, tls: .standard,
            credentials: .none)
    }
}

extension SubscriberConfig {
    fileprivate func receiving(_ filter: EventFilter) -> SubscriberConfig {
        SubscriberConfig(
            name: name, url: url, held: held, filter: filter, signing: signing, form: form, retry: retry,
            concurrency: concurrency, rate: rate, headers: headers, forward: forward, tls: tls,
            credentials: credentials)
    }
}

extension Surroundings {
    /// No variables and no files.
    static let nothing = Surroundings(
        environment: [:], readFile: { _, _ in .failure(.missing) }, fileNames: { _ in .failure(.missing) })
}
