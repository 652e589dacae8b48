package import Crypto
internal import Domain
package import Ledgers
package import Routes
package import Signatures
package import Telemetry
internal import Wire

/// Has the routes' verifiers look again at what was refused, as of the time when it came, with the secrets of now. Used by
/// one thread.
package final class QuarantineJudge {
    private let plan: IntakePlan
    private let log: Log
    private let known: KnownKeys
    private let key: SealingKey?
    private let want: (KeyRequest) -> Void
    private var hash: SHA256
    private var routes: [RouteID: IntakeRoute] = [:]
    /// Nobody reads these: what is judged here is no request of now.
    private let metrics = Metrics()

    /// - Parameters:
    ///   - candidate: stands in place of the route of its name: the same with another secret.
    ///   - key: opens what is hidden.
    ///   - known: keys that were fetched from providers.
    ///   - want: has one fetched that is not known; who is judged by it is refused until it is there.
    package init(
        _ plan: IntakePlan, candidate: RouteConfig? = nil, key: SealingKey?, known: KnownKeys,
        want: @escaping (KeyRequest) -> Void, log: Log
    ) throws {
        self.key = key
        self.known = known
        self.want = want
        self.plan = plan
        self.log = log
        hash = try SHA256()
        for (config, ids) in zip(plan.table.routes, plan.routes) {
            if let candidate, candidate.name == config.name {
                routes[ids.id] = IntakeRoute(
                    candidate, id: ids.id, targets: [], prints: plan.prints, metrics: metrics, log: log)
            }
        }
    }

    package func judge(_ kept: QuarantineDetail) -> Judgement {
        let request = kept.request
        guard let route = route(request.route) else { return .refused(reason: "no-route") }
        guard request.body != nil else { return .refused(reason: "no-body") }
        var hidden = RefusedRequest.Hidden.nothing
        do throws(HiddenProblem) { hidden = try kept.hidden(with: key) } catch {
            // What no verifier reads is missed by none.
            if route.needs(kept.hidden) { return .refused(reason: error.rawValue) }
        }
        return request.withView(hidden) { judge(request, $0, on: route) } ?? .refused(reason: "malformed")
    }

    private func route(_ id: RouteID) -> IntakeRoute? {
        if let known = routes[id] { return known }
        guard let place = plan.routes.firstIndex(where: { $0.id == id }) else { return nil }
        let route = IntakeRoute(
            plan.table.routes[place], id: id, targets: plan.routes[place].targets, prints: plan.prints,
            metrics: metrics, log: log)
        routes[id] = route
        return route
    }

    private func judge(_ request: RefusedRequest, _ view: RequestView, on route: IntakeRoute) -> Judgement {
        guard route.config.admits(request.source) else { return .refused(reason: "source-address") }
        guard let proof = route.proof else { return .refused(reason: "unavailable") }
        guard route.config.takes(method: view.method) else { return .refused(reason: "handshake-wrong") }
        guard view.body.count <= route.config.maxBody else { return .refused(reason: "too-large") }
        let verdict = proof.verifier.verify(
            view, from: request.source, publicURL: route.config.publicURL, at: request.receivedAt,
            knowing: known)
        switch verdict {
        case .needs(let key):
            want(key)
            return .refused(reason: Verification.Refusal.keyUnavailable.rawValue)
        case .refused(let reason): return .refused(reason: reason.rawValue)
        case .accepted(let verified):
            let handshakes = route.handshakes.open + route.handshakes.verified
            guard HandshakeAnswers.find(view, among: handshakes) == nil else { return .refused(reason: "handshake") }
            let event = Event(
                route: route.id, receivedAt: request.receivedAt, source: request.source,
                providerID: proof.id?.bytes(in: view), type: proof.type?.bytes(in: view), headers: request.headers,
                body: Bytes(copying: view.body), bodyDigest: hash.hash(view.body), coverage: verified.coverage,
                provenBy: verified.provenBy)
            let types = proof.type.map { $0.isEvery ? $0.all(in: view) : [] } ?? []
            return .genuine(append(event, types, on: route))
        }
    }

    private func append(_ event: Event, _ types: [Bytes], on route: IntakeRoute) -> Append {
        var deliveries: [NewDelivery] = []
        var filtered: [SubscriberID] = []
        let type = event.type?.buffer ?? UnsafeRawBufferPointer(start: nil, count: 0)
        for target in route.targets {
            let filter = target.config.filter
            if filter.matches(type) || types.contains(where: { filter.matches($0.buffer) }) {
                // On disk, due at once: its lane comes for it.
                deliveries.append(NewDelivery(subscriber: target.id, endpoint: target.endpoint, claimed: false))
            } else {
                filtered.append(target.id)
            }
        }
        return Append(event: event, deliveries: deliveries, filtered: filtered, dedup: route.dedup)
    }
}
