package import Domain
package import Ledgers

/// The queue of one subscriber, as a pure machine: what is in memory, what is on its way, what waits on disk. Every
/// question "what now?" is answered by `next`; the dispatcher does what it says.
package struct Lane {
    package struct Settings: Sendable, Equatable {
        package var concurrency: Int
        package var rate: Rate?
        package var isPaused: Bool

        package init(concurrency: Int, rate: Rate?, isPaused: Bool) {
            self.concurrency = concurrency
            self.rate = rate
            self.isPaused = isPaused
        }
    }

    package struct Step {
        package var start: [ClaimedDelivery] = []
        /// Ask the ledger for due deliveries.
        package var shouldClaim = false
        /// Let intake hand deliveries over in memory.
        package var isOpen = false
        /// Ask again at this time, if nothing else happens before.
        package var wakeAt: MonotonicTime?
    }

    private var settings: Settings
    private var bucket: TokenBucket?
    package private(set) var breaker = Breaker()
    private var waiting = Queue<ClaimedDelivery>()
    /// Sent, and not yet settled in the ledger.
    private var unsettled = 0
    private var inFlight = 0
    private var isClaiming = false
    /// Due time of the next delivery on disk, as far as known.
    private var nextDue: WallTime?
    /// Deliveries that are due wait on disk: new ones queue up behind them.
    private var isBacklogged = false

    /// Of a machine that was suspended meanwhile, timers know nothing; what fell due is noticed this soon.
    private static let longestSleep = TimeSpan.seconds(30)

    package init(_ settings: Settings, at now: MonotonicTime) {
        self.settings = settings
        bucket = settings.rate.map { TokenBucket($0, at: now) }
    }

    package mutating func configure(_ settings: Settings, at now: MonotonicTime) {
        if settings.rate != self.settings.rate { bucket = settings.rate.map { TokenBucket($0, at: now) } }
        self.settings = settings
    }

    // MARK: What happened

    /// Handed over by intake, or fetched from disk.
    package mutating func enqueue(_ delivery: ClaimedDelivery) { waiting.append(delivery) }

    /// Something on disk is due at `time`.
    package mutating func due(at time: WallTime) { nextDue = min(nextDue ?? time, time) }

    /// Intake found no room and left a delivery on disk.
    package mutating func overflowed(at now: WallTime) {
        isBacklogged = true
        due(at: now)
    }

    /// - Parameter result: nil when the ledger could not answer: asked again in a second.
    package mutating func claimed(_ result: ClaimResult?, at now: WallTime) {
        isClaiming = false
        guard let result else {
            nextDue = now + .seconds(1)
            return
        }
        for delivery in result.deliveries { waiting.append(delivery) }
        nextDue = result.nextDue
        isBacklogged = result.nextDue.map { $0 <= now } ?? false
    }

    /// A send ended.
    package mutating func finished(success: Bool, at now: MonotonicTime) {
        inFlight -= 1
        if success { breaker.succeeded() } else { breaker.failed(at: now) }
    }

    /// Its end is in the ledger.
    package mutating func settled(_ next: Settlement.Next) {
        unsettled -= 1
        if case .retry(let time) = next { due(at: time) }
    }

    /// Gives up what is in memory and not yet sent.
    package mutating func empty() -> [ClaimedDelivery] { waiting.takeAll() }

    package var isIdle: Bool { inFlight == 0 }
    package var depth: Int { waiting.count + unsettled }

    // MARK: What now

    package mutating func next(at now: MonotonicTime, wall: WallTime) -> Step {
        var step = Step()
        guard !settings.isPaused else { return step }
        let allowance = breaker.permits(at: now, concurrency: settings.concurrency, inFlight: inFlight)
        var room = min(allowance, bucket?.available(at: now) ?? .max)
        while room > 0, let delivery = waiting.popFirst() {
            room -= 1
            inFlight += 1
            unsettled += 1
            breaker.started(at: now)
            bucket?.take()
            step.start.append(delivery)
        }
        // Half empty: the disk is asked for a good portion at a time.
        if !isClaiming, allowance > 0 || !step.start.isEmpty, depth <= Limits.laneLookAhead / 2,
            let due = nextDue, due <= wall
        {
            isClaiming = true
            step.shouldClaim = true
        }
        step.isOpen = !isBacklogged
        step.wakeAt = wakeTime(at: now, wall: wall, waitsForRate: allowance > step.start.count)
        return step
    }

    private func wakeTime(at now: MonotonicTime, wall: WallTime, waitsForRate: Bool) -> MonotonicTime? {
        var times: [MonotonicTime] = []
        if case .open(let until) = breaker.state {
            times.append(until)
        } else if !waiting.isEmpty, waitsForRate, let bucket {
            times.append(bucket.next(after: now))
        }
        if !isClaiming, let nextDue, nextDue > wall { times.append(now + min(nextDue - wall, Self.longestSleep)) }
        return times.min()
    }
}
