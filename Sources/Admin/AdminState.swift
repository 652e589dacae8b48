package import Domain
package import Ledgers
package import Routes

/// What the admin listener is told of the running gateway. The closures are called on the admin loop's thread and must
/// not block.
package struct AdminState: Sendable {
    /// A subscriber of the current routes.
    package struct Subscriber: Sendable {
        package let route: String
        package let name: String
        /// Paused or stopped: what it has pending is shown as held.
        package let isHeld: Bool

        package init(route: String, name: String, isHeld: Bool) {
            self.route = route
            self.name = name
            self.isHeld = isHeld
        }
    }

    package struct Readiness: Sendable {
        /// Batches can be committed.
        package let isLedgerWritable: Bool
        /// What the ledger shows will last: false after an error of storage, until it was opened again.
        package let isLedgerSound: Bool
        /// How many routes are loaded.
        package let routes: Int
        /// Routes that answer 503 because a secret cannot be used; the reason never holds a secret.
        package let unavailable: [(route: String, reason: String)]
        package let isDraining: Bool

        package init(
            isLedgerWritable: Bool, isLedgerSound: Bool, routes: Int,
            unavailable: [(route: String, reason: String)], isDraining: Bool
        ) {
            self.isLedgerSound = isLedgerSound
            self.isLedgerWritable = isLedgerWritable
            self.routes = routes
            self.unavailable = unavailable
            self.isDraining = isDraining
        }

        /// One route without its secret does not take the gateway out of service: the others would go with it.
        package var isReady: Bool { isLedgerWritable && routes > 0 && !isDraining }
    }

    /// How it went when the routes were read last.
    package struct Reload: Sendable {
        package var isGood: Bool
        /// Of the last one that was good, the start among them.
        package var at: WallTime

        package init(isGood: Bool, at: WallTime) { (self.isGood, self.at) = (isGood, at) }
    }

    package let statistics: @Sendable () -> LedgerStatistics
    package let subscribers: @Sendable () -> [SubscriberID: Subscriber]
    /// Those that get nothing by their configuration, whoever resumes them, and why.
    package let held: @Sendable () -> [SubscriberID: String]
    /// Deliveries in memory by subscriber.
    package let depths: @Sendable () -> [SubscriberID: Int]
    package let readiness: @Sendable () -> Readiness
    package let reload: @Sendable () -> Reload
    /// Has the ledger do something; `done` comes when it is in effect, on any thread.
    package let operate: Operate
    /// Nil where nobody can be registered.
    package let registry: RegistryFacts?

    /// Secrets that prove requests or sign for subscribers now.
    package let secrets: @Sendable () -> [SecretInPlace]

    /// Has the routes' verifiers look again at requests that were refused, with a secret that is to be tried when one is
    /// given. Runs on the admin loop's thread.
    package let judge: Judge

    /// A search found the index damaged. On the admin loop's thread.
    package let searchDamaged: @Sendable () -> Void
    /// Otherwise there is a ledger's file alone.
    let isRunning: Bool

    package typealias Judge =
        @Sendable (
            [QuarantineDetail], _ candidate: (route: String, secret: CandidateSecret)?
        ) -> Result<[Judgement], CandidateProblem>

    package typealias Operate =
        @Sendable (
            Operation, _ done: @escaping @Sendable (Result<OperationResult, LedgerError>) -> Void
        ) -> Void

    package init(
        statistics: @escaping @Sendable () -> LedgerStatistics,
        subscribers: @escaping @Sendable () -> [SubscriberID: Subscriber],
        held: @escaping @Sendable () -> [SubscriberID: String] = { [:] },
        depths: @escaping @Sendable () -> [SubscriberID: Int],
        readiness: @escaping @Sendable () -> Readiness,
        reload: @escaping @Sendable () -> Reload = { Reload(isGood: true, at: WallTime(microseconds: 0)) },
        operate: @escaping Operate = { _, done in done(.failure(.latched)) }, registry: RegistryFacts? = nil,
        secrets: @escaping @Sendable () -> [SecretInPlace] = { [] },
        judge: @escaping Judge = { _, _ in .failure(.stopped) }, searchDamaged: @escaping @Sendable () -> Void = {},
        isRunning: Bool = true
    ) {
        self.isRunning = isRunning
        self.searchDamaged = searchDamaged
        self.registry = registry
        self.secrets = secrets
        self.judge = judge
        self.operate = operate
        self.statistics = statistics
        self.subscribers = subscribers
        self.held = held
        self.depths = depths
        self.readiness = readiness
        self.reload = reload
    }

    /// Of a gateway that does not run: its ledger can be read, and nothing else is known.
    package static let stopped = AdminState(
        statistics: { LedgerStatistics() }, subscribers: { [:] }, depths: { [:] },
        readiness: {
            Readiness(
                isLedgerWritable: false, isLedgerSound: true, routes: 0, unavailable: [], isDraining: true)
        }, isRunning: false)
}
