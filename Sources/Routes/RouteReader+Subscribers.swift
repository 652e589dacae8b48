internal import Config
internal import Crypto
internal import Domain
internal import Signatures

extension RouteReader {
    static let subscriberKeys = [
        "name", "url", "events", "secret", "sign", "retry", "concurrency", "rate", "headers", "forward", "tls", "auth",
        "paused",
    ]

    mutating func subscribers(
        _ node: ConfigNode?, retry: RetryPolicy, pool: inout SigningKeyPool
    ) -> [SubscriberConfig] {
        guard let node else { return [] }
        guard case .array(let values) = node.value else {
            diagnostics.report(
                node.error("expected a list, found \(node.value.kind)", cure: "write [ { name, url }, … ]"))
            return []
        }
        guard values.count <= Limits.subscribersPerRoute else {
            diagnostics.report(
                node.error(
                    "more than \(Limits.subscribersPerRoute) subscribers", cure: "spread them over several routes"))
            return []
        }
        var places: [String: String] = [:]
        return node.elements.compactMap { element in
            guard let subscriber = subscriber(element, retry: retry, pool: &pool) else { return nil }
            if let first = places.updateValue(element.path, forKey: subscriber.name) {
                diagnostics.report(
                    element.error(
                        "\(quoted(subscriber.name)) is also the name of \(first)", cure: "give each its own name"))
            }
            return subscriber
        }
    }

    mutating func subscriber(
        _ node: ConfigNode, retry: RetryPolicy, pool: inout SigningKeyPool
    ) -> SubscriberConfig? {
        let keys = isRequest ? SubscriberRequest.keys : Self.subscriberKeys
        guard let object = node.object(keys: keys, into: &diagnostics) else { return nil }
        var held: String?
        // One that was registered is paused in the ledger.
        if object["paused"]?.bool(into: &diagnostics) == true, !isRequest { held = "paused in its route file" }
        let name = subscriberName(object)
        let url = subscriberURL(object)
        let filter = object["events"].flatMap { globs($0) } ?? []
        let signing = signingKeys(object["secret"], of: node, pool: &pool, held: &held)
        let policy = retryPolicy(object["retry"], over: retry)
        let concurrency =
            object["concurrency"]?.int(in: 1...Limits.concurrencyMost, into: &diagnostics) ?? Limits.concurrency
        let rate = object["rate"]?.rate(into: &diagnostics)
        let credentials = credentials(object["auth"], held: &held)
        let headers = customHeaders(object["headers"], besides: credentials, held: &held)
        let form = outwardForm(object["sign"], besides: headers, held: &held)
        let forward = headerFilter(object["forward"])
        let tls = tlsFiles(object["tls"], url: url, held: &held)
        guard let name, let url else { return nil }
        return SubscriberConfig(
            name: name, url: url, held: held, filter: EventFilter(filter), signing: signing, form: form, retry: policy,
            concurrency: concurrency, rate: rate, headers: headers, forward: forward, tls: tls,
            credentials: credentials)
    }

    private var isRequest: Bool { if case .request = origin { true } else { false } }

    private var addressPolicy: AddressPolicy {
        if case .request(let policy, _) = origin { policy } else { .routeFile }
    }

    private mutating func subscriberName(_ object: ConfigNode) -> String? {
        guard let node = object["name"] else {
            diagnostics.report(
                object.error("a subscriber without a name", cure: "give it one, such as name: \"billing\""))
            return nil
        }
        guard let name = node.string(into: &diagnostics) else { return nil }
        if isName(name) { return name }
        diagnostics.report(node.error("\(quoted(name)) cannot be a name", cure: nameCure))
        return nil
    }

    /// The URL, or `env:NAME` for one that differs from place to place.
    private mutating func subscriberURL(_ object: ConfigNode) -> SubscriberURL? {
        guard let node = object["url"] else {
            diagnostics.report(
                object.error("a subscriber without a url", cure: "say where it listens, such as \"https://…\""))
            return nil
        }
        guard var text = node.string(into: &diagnostics) else { return nil }
        if case .variable(let name) = SecretSource(text), !isRequest {
            switch secrets.read(.variable(name)) {
            case .success(let value): text = value.withBytes { String(decoding: $0, as: UTF8.self) }
            case .failure(let problem):
                diagnostics.report(node.error(problem.text, cure: problem.cure))
                return nil
            }
        }
        switch SubscriberURL.read(text, policy: addressPolicy) {
        case .success(let url): return url
        case .failure(let problem):
            diagnostics.report(node.error(problem.text, cure: problem.cure))
            return nil
        }
    }

    private mutating func signingKeys(
        _ node: ConfigNode?, of subscriber: ConfigNode, pool: inout SigningKeyPool, held: inout String?
    ) -> SigningKeys {
        guard let node, !(isRequest && node.value == .null) else {
            if case .request(_, let shared) = origin, !shared.keys.isEmpty { return shared }
            if signing.isEmpty {
                diagnostics.report(
                    subscriber.error(
                        "nothing signs for this subscriber",
                        cure: "set HEADGATE_SIGNING_SECRET (or --signing-secret), or give it a secret of its own"))
            }
            return pool.keys(signing)
        }
        var reason: String?
        let texts = liveSecrets(node) { reason = $1 }
        var keys: [Secret] = []
        for (text, element) in zip(texts, node.elements) {
            do throws(StandardWebhooks.SecretProblem) {
                keys.append(try StandardWebhooks.key(text))
            } catch {
                report(unusable: "the secret \(error)", cure: signingSecretCure, at: element)
                reason = "\(element.path): the secret \(error)"
            }
        }
        if let reason {
            held = reason
            return .none
        }
        return pool.keys(keys)
    }
}

let signingSecretCure = StandardWebhooks.SecretProblem.cure + ", as `headgate secrets new` prints it"
