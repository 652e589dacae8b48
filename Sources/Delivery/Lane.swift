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
        /// Ask the ledger for at most so many due deliveries.
        package var claim: Int?
        package var shouldClaim: Bool { claim != nil }
        /// To be given back to the ledger: the subscriber fails or is slow, and what waits for it needs no memory.
        package var giveBack: [ClaimedDelivery] = []
        /// More could start, but for the bound on all sends together.
        package var isCrowded = false
        /// Let intake hand deliveries over in memory.
        package var isOpen = false
        /// Deliveries that it may hold in memory.
        package var lookAhead = 0
        /// Ask again at this time, if nothing else happens before.
        package var wakeAt: MonotonicTime?
    }

    private var settings: Settings
    private var bucket: TokenBucket?
    package private(set) var breaker = Breaker()
    private var pace = Pace()
    private var wasSlow = false
    private var waiting = Queue<ClaimedDelivery>()
    /// Sent, and not yet settled in the ledger.
    private var unsettled = 0
    private var inFlight = 0
    private var isClaiming = false
    /// Due time of the next delivery on disk, as far as known; while claiming, of those that were noted since.
    private var nextDue: WallTime?
    /// Deliveries that are due wait on disk: new ones queue up behind them.
    private var isBacklogged = false
    /// Nothing is sent before: this process lacked what a send needs.
    private var resting: MonotonicTime?

    /// Of a machine that was suspended meanwhile, timers know nothing; what fell due is noticed this soon.
    private static let longestSleep = TimeSpan.seconds(30)
    /// A lane is told of all that comes to lie on disk; should it ever not be, it finds out for itself.
    private static let longestTrust = TimeSpan.seconds(60)
    private static let shortageRest = TimeSpan.milliseconds(250)

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

    /// - Parameters:
    ///   - result: nil when the ledger could not answer: asked again in a second.
    ///   - isDoubtful: it came under such a grant.
    package mutating func claimed(_ result: ClaimResult?, isDoubtful: Bool = false, at now: WallTime) {
        isClaiming = false
        guard let result else {
            nextDue = now + .seconds(1)
            return
        }
        for var delivery in result.deliveries {
            delivery.isDoubtful = isDoubtful
            waiting.append(delivery)
        }
        // What was noted while the claim was on its way may have come after it.
        nextDue = [nextDue, result.nextDue, now + Self.longestTrust].compactMap { $0 }.min()
        isBacklogged = nextDue.map { $0 <= now } ?? false
    }

    /// A send ended.
    package mutating func finished(success: Bool, after took: TimeSpan = .zero, at now: MonotonicTime) {
        pace.ended(after: took, of: inFlight, at: now)
        inFlight -= 1
        if success { breaker.succeeded() } else { breaker.failed(at: now) }
    }

    /// A send ended with the kept connection that it was on. Its subscriber answers for new ones alone.
    package mutating func wentStale(after took: TimeSpan, at now: MonotonicTime) {
        pace.ended(after: took, of: inFlight, at: now)
        inFlight -= 1
        breaker.withdrew(at: now)
    }

    /// A send could not even begin, for want of a descriptor, say: the delivery is the next one again, after a moment.
    package mutating func withdrew(_ delivery: ClaimedDelivery, at now: MonotonicTime) {
        inFlight -= 1
        unsettled -= 1
        waiting.putBack(delivery)
        breaker.withdrew(at: now)
        resting = now + Self.shortageRest
    }

    /// Its end is in the ledger.
    package mutating func settled(_ next: Settlement.Next) {
        unsettled -= 1
        switch next {
        case .retry(let time), .again(let time): due(at: time)
        case .delivered, .dead: break
        }
    }

    /// Gives up what is in memory and not yet sent.
    package mutating func empty() -> [ClaimedDelivery] { waiting.takeAll() }

    package var isIdle: Bool { inFlight == 0 }
    /// What it holds, it may hold for long.
    package var isDoubtful: Bool { breaker.isDoubtful || isSlow }
    package var isSlow: Bool { pace.isSlow }
    package var depth: Int { waiting.count + unsettled }

    // MARK: What now

    /// - Parameters:
    ///   - sends: how many may start now for all that other lanes have on their way.
    ///   - mayFetch: there is room in memory for what waits on disk.
    package mutating func next(
        at now: MonotonicTime, wall: WallTime, sends: Int = .max, mayFetch: Bool = true
    ) -> Step {
        var step = Step()
        guard !settings.isPaused else { return step }
        if let resting, now < resting {
            step.wakeAt = resting
            return step
        }
        resting = nil
        if inFlight > 0 { pace.waits(at: now) }
        let lookAhead = pace.lookAhead(concurrency: settings.concurrency, rate: settings.rate)
        let allowance = breaker.permits(at: now, concurrency: settings.concurrency, inFlight: inFlight)
        let wanted = min(allowance, bucket?.available(at: now) ?? .max)
        var room = min(wanted, sends)
        while room > 0, let delivery = waiting.popFirst() {
            room -= 1
            if inFlight == 0 { pace.woke(at: now) }
            inFlight += 1
            unsettled += 1
            breaker.started(at: now)
            bucket?.take()
            step.start.append(delivery)
        }
        step.isCrowded = wanted > step.start.count && !waiting.isEmpty
        // Once the breaker has rested, what is here is its probe, and waits for a token or for room among all sends.
        if case .open(let until) = breaker.state, until > now, !waiting.isEmpty {
            step.giveBack = waiting.takeAll()
        } else if isSlow, !wasSlow || depth > max(lookAhead, 1) {
            step.giveBack = waiting.takeAll()
        }
        wasSlow = isSlow
        if !step.giveBack.isEmpty { overflowed(at: wall) }
        let hasToken = wanted > step.start.count
        // Half empty: the disk is asked for a good portion at a time.
        if !isClaiming, allowance > 0 || !step.start.isEmpty, mayFetch, depth <= lookAhead / 2,
            lookAhead > 0 || hasToken, let due = nextDue, due <= wall
        {
            isClaiming = true
            nextDue = nil
            step.claim = breaker.state == .closed ? max(lookAhead, 1) : 1
        }
        step.lookAhead = lookAhead
        step.isOpen = !isBacklogged && !isSlow && lookAhead > 0
        step.wakeAt = wakeTime(
            at: now, wall: wall, waitsForRate: allowance > wanted && !hasToken, fetchesByToken: lookAhead == 0)
        return step
    }

    private func wakeTime(
        at now: MonotonicTime, wall: WallTime, waitsForRate: Bool, fetchesByToken: Bool
    ) -> MonotonicTime? {
        if case .open(let until) = breaker.state, until > now { return until }
        var first: MonotonicTime?
        func wake(at time: MonotonicTime) { first = min(first ?? time, time) }
        let isDue = !isClaiming && nextDue.map { $0 <= wall } ?? false
        if waitsForRate, !waiting.isEmpty || fetchesByToken && isDue && depth == 0, let bucket {
            wake(at: bucket.next(after: now))
        } else if isDue, depth == 0 {
            // Due, and no room: intake has it, for events that may turn out to be duplicates. Of those nobody tells the lane.
            wake(at: now + Self.shortageRest)
        }
        if !isClaiming, let nextDue, nextDue > wall { wake(at: now + min(nextDue - wall, Self.longestSleep)) }
        if inFlight > 0, !waiting.isEmpty, !isSlow { wake(at: pace.slowAt) }
        return first
    }
}
