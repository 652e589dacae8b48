internal import Domain
internal import Ledgers
internal import Net
internal import Routes
internal import Telemetry

/// A lane with the effects around it: its gate, its handles, its alarm, its figures.
final class LaneShell {
    var config: LaneConfig
    var lane: Lane
    let gate: LaneGate
    let alarm: Timer
    /// Handles that wait for the next send; they keep no connection of their own, the multi handle does.
    private var idle: [Transfer] = []
    private let idleOfAll: IdleTransfers
    private let metrics: Metrics
    /// By outcome, from the first attempt that ended so.
    private var attempts = [Counter?](repeating: nil, count: Outcome.allCases.count)
    /// Of the first failure after the last success; nil while it succeeds, and when it is resumed.
    private(set) var failingSince: MonotonicTime?
    /// Deliveries whose last send ended with a kept connection: the next one dials anew. They keep their place, so that each
    /// is here for moments; nor does it matter to be forgotten, for a restarted gateway has kept no connection.
    private var toDialAnew: Set<DeliveryID> = []
    /// Gone from the routes: starts nothing, and leaves when nothing is on its way.
    var isGone = false
    /// Sends that were signed since that was last told, and the last of them.
    var signed = (count: Int64(0), last: WallTime(microseconds: 0))
    /// Waits for fewer sends of all lanes to be under way.
    var isCrowded = false
    /// How many deliveries are to be fetched, when there is memory for them.
    var claims = 0
    /// Of memory for the next delivery on disk, when that is a large one.
    var needs: Int?

    init(
        _ config: LaneConfig, gate: LaneGate, idle: IdleTransfers, at now: MonotonicTime, metrics: Metrics,
        alarm: @escaping () -> Void
    ) {
        idleOfAll = idle
        self.config = config
        self.gate = gate
        self.alarm = Timer(alarm)
        lane = Lane(config.settings, at: now)
        self.metrics = metrics
    }

    func configure(_ config: LaneConfig, at now: MonotonicTime) {
        self.config = config
        lane.configure(config.settings, at: now)
        dropHandles()  // they are configured for the old destination
    }

    func dropHandles() {
        idleOfAll.count -= idle.count
        idle.removeAll()
    }

    /// Paused by an operator, stopped by a 410, or held by its route file: sends nothing, and keeps nothing in memory.
    var isHeld: Bool { config.settings.isPaused }

    /// - Parameter reason: nil to resume.
    func pause(_ reason: String?, at now: MonotonicTime) {
        configure(config.paused(reason), at: now)
        failingSince = nil
    }

    private static let attemptsTotal = "headgate_attempts_total"

    private func labels(_ outcome: Outcome) -> [(String, String)] {
        [("route", config.route), ("subscriber", config.subscriber.name), ("outcome", outcome.text)]
    }

    private func count(_ outcome: Outcome) {
        let place = Int(outcome.rawValue)
        if let counter = attempts[place] { return counter.add() }
        let counter = metrics.counter(
            Self.attemptsTotal, "Sends to subscribers, by how they ended.", labels(outcome))
        attempts[place] = counter
        counter.add()
    }

    /// The lane leaves, and its figures with it.
    func removeFigures() {
        for outcome in Outcome.allCases where attempts[Int(outcome.rawValue)] != nil {
            metrics.remove(Self.attemptsTotal, labels(outcome))
        }
    }

    /// The end of a send; true when it opened the breaker.
    func finished(_ delivery: DeliveryID, _ attempt: Attempt, _ verdict: Verdict, at now: MonotonicTime) -> Bool {
        count(attempt.outcome)
        if verdict == .again {
            toDialAnew.insert(delivery)
            lane.wentStale(after: attempt.took, at: now)
            return false
        }
        if !toDialAnew.isEmpty { toDialAnew.remove(delivery) }
        guard attempt.outcome != .ok else {
            failingSince = nil
            lane.finished(success: true, after: attempt.took, at: now)
            return false
        }
        if failingSince == nil { failingSince = now }
        let wasClosed = lane.breaker.state == .closed
        lane.finished(success: false, after: attempt.took, at: now)
        return wasClosed && lane.breaker.state != .closed
    }

    /// Whether the last send of this delivery ended with a kept connection: others may be as dead.
    func mustDialAnew(for delivery: DeliveryID) -> Bool { !toDialAnew.isEmpty && toDialAnew.contains(delivery) }

    /// Shut: what it held is left to the ledger.
    func empty() -> [ClaimedDelivery] {
        toDialAnew.removeAll()
        return lane.empty()
    }

    /// Without the subscriber's credentials for a URL of another origin than its own: such a handle serves one send.
    func takeTransfer(to url: String, on multi: CurlMulti) -> Transfer {
        let isKnown = config.subscriber.knows(url)
        if isKnown, let transfer = idle.popLast() {
            idleOfAll.count -= 1
            return transfer
        }
        let transfer = Transfer(to: config.subscriber, under: config.policy, isKnown: isKnown)
        multi.adopt(transfer.easy)
        transfer.multi = multi
        return transfer
    }

    /// - Parameter subscriber: what the transfer was configured for; kept only when that is still so.
    func give(back transfer: Transfer, for subscriber: SubscriberConfig) {
        guard transfer.isKnown, subscriber === config.subscriber, !isGone, idleOfAll.count < Limits.idleTransfers else {
            return
        }
        idleOfAll.count += 1
        idle.append(transfer)
    }

    deinit { idleOfAll.count -= idle.count }
}

/// Handles that wait in all lanes of one loop (`Limits.idleTransfers`).
final class IdleTransfers {
    var count = 0
}

extension LaneConfig {
    fileprivate var settings: Lane.Settings {
        Lane.Settings(
            concurrency: subscriber.concurrency, rate: subscriber.rate,
            isPaused: paused != nil || subscriber.held != nil)
    }
}
