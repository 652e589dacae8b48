import Admin
import Crypto
import Delivery
import Domain
import Intake
import Keys
import Ledgers
import Net
import Routes
import Signatures
import Synchronization
import Telemetry

/// What the admin side may see of the running gateway: shared by all threads.
final class GatewayState: Sendable {
    let ledger: LedgerWriter
    let metrics: Metrics
    private let hub: DispatchHub
    private let log: Log
    private let keys: KeyFetcher
    private let known = Mutex(KeySnapshot.empty)
    private let clock: SystemClock
    private let current: Mutex<Plan>
    private let lastReload: Mutex<AdminState.Reload>
    private let draining = Atomic<Bool>(false)

    init(
        _ plan: Plan, ledger: LedgerWriter, hub: DispatchHub, metrics: Metrics, keys: KeyFetcher, clock: SystemClock,
        log: Log
    ) {
        (self.log, self.keys, self.clock) = (log, keys, clock)
        current = Mutex(plan)
        lastReload = Mutex(AdminState.Reload(isGood: true, at: clock.wall()))
        self.ledger = ledger
        self.hub = hub
        self.metrics = metrics
        keys.listen { [weak self] snapshot in self?.known.withLock { $0 = snapshot } }
    }

    var plan: Plan {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    /// Of the routes and certificates.
    func noteReload(isGood: Bool) {
        let now = clock.wall()
        lastReload.withLock { $0 = AdminState.Reload(isGood: isGood, at: isGood ? now : $0.at) }
    }

    var isDraining: Bool {
        get { draining.load(ordering: .relaxed) }
        set { draining.store(newValue, ordering: .relaxed) }
    }

    /// Its closures are called on the admin loop's thread.
    func forAdmin(
        _ settings: Settings, _ surroundings: Surroundings, _ operate: @escaping AdminState.Operate,
        searchDamaged: @escaping @Sendable () -> Void
    ) -> AdminState {
        AdminState(
            statistics: { self.ledger.statistics }, subscribers: { self.plan.subscribers },
            held: { self.plan.held }, depths: { self.hub.depths }, readiness: { self.readiness },
            reload: { self.lastReload.withLock { $0 } }, operate: operate,
            registry: RegistryFacts(
                table: { self.plan.intake.table }, key: settings.ledgerKey,
                policy: AddressPolicy(allowsPrivate: settings.allowPrivate)),
            secrets: { self.plan.secrets },
            judge: { requests, candidate in self.judge(requests, candidate, settings.ledgerKey, surroundings) },
            searchDamaged: searchDamaged)
    }

    /// As the routes are now, or as one of them would be with another secret.
    private func judge(
        _ requests: [QuarantineDetail], _ candidate: (route: String, secret: CandidateSecret)?, _ key: SealingKey?,
        _ surroundings: Surroundings
    ) -> Result<[Judgement], CandidateProblem> {
        let plan = plan.intake
        do {
            var trial: RouteConfig?
            if let candidate {
                guard let route = plan.table.route(named: candidate.route) else {
                    return .failure(CandidateProblem(description: "there is no route \(candidate.route)"))
                }
                trial = try route.trying(candidate.secret, surroundings)
            }
            let known = KnownKeys(known.withLock { $0 }, at: clock.monotonic())
            let judge = try QuarantineJudge(
                plan, candidate: trial, key: key, known: known, want: { self.keys.want($0) }, log: log)
            return .success(requests.map(judge.judge))
        } catch {
            return .failure(CandidateProblem(description: "\(error)"))
        }
    }

    private var readiness: AdminState.Readiness {
        let routes = plan.intake.table.routes
        return AdminState.Readiness(
            isLedgerWritable: ledger.isWritable, isLedgerSound: ledger.isSound, routes: routes.count,
            unavailable: routes.compactMap { route in
                // Why is the operator's own words, and for those who have a token: GET /v1/routes.
                if route.disabled != nil { return (route.name, "disabled") }
                return if case .unavailable(let reason) = route.state { (route.name, reason) } else { nil }
            },
            isDraining: isDraining)
    }
}
