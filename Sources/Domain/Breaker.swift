/// Keeps a failing subscriber from eating sends: after `threshold` failures in a row it opens, lets one probe through
/// after a rest that doubles up to a cap, and closes at the first success. Then it admits more with every success, so that
/// whoever comes back is not met at once by all that waited: two at a time, and twice as many after each round.
package struct Breaker: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case closed
        case open(until: MonotonicTime)
        /// One probe is on its way.
        case halfOpen
    }

    package private(set) var state = State.closed
    private var failures = 0
    private var rest: TimeSpan
    /// Sends at one time while the subscriber recovers; nil: no bound but its concurrency.
    private var allowance: Int?

    package static let threshold = 20
    package static let firstRest = TimeSpan.seconds(1)
    package static let longestRest = TimeSpan.seconds(30)
    package static let firstAllowance = 2

    package init() { rest = Self.firstRest }

    /// The last send failed.
    package var isDoubtful: Bool { failures > 0 || state != .closed }

    /// How many sends may start now: none while open, one as the probe, else as many as fit beside those on their way.
    package func permits(at now: MonotonicTime, concurrency: Int, inFlight: Int) -> Int {
        switch state {
        case .closed: max(min(concurrency, allowance ?? .max) - inFlight, 0)
        case .open(let until): now >= until ? max(min(concurrency - inFlight, 1), 0) : 0
        case .halfOpen: 0
        }
    }

    /// A send starts.
    package mutating func started(at now: MonotonicTime) {
        if case .open = state { state = .halfOpen }
    }

    /// A send that had started did not take place, or ended with a kept connection: it says nothing of the subscriber.
    package mutating func withdrew(at now: MonotonicTime) {
        if case .halfOpen = state { state = .open(until: now) }
    }

    package mutating func succeeded() {
        switch state {
        case .closed:
            failures = 0
            allowance = allowance.flatMap { $0 < Limits.concurrencyMost ? $0 + 1 : nil }
        case .open, .halfOpen:
            self = Breaker()
            allowance = Self.firstAllowance
        }
    }

    package mutating func failed(at now: MonotonicTime) {
        failures += 1
        switch state {
        case .closed:
            allowance = allowance.map { max($0 / 2, 1) }
            if failures >= Self.threshold { state = .open(until: now + rest) }
        case .halfOpen:
            rest = min(rest * 2, Self.longestRest)
            state = .open(until: now + rest)
        case .open:
            break  // a send that was on its way when the breaker opened
        }
    }
}
