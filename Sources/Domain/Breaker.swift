/// Keeps a failing subscriber from eating sends: after `threshold` failures in a row it opens, lets one probe through
/// after a rest that doubles up to a cap, and closes at the first success.
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

    package static let threshold = 20
    package static let firstRest = TimeSpan.seconds(1)
    package static let longestRest = TimeSpan.seconds(30)

    package init() { rest = Self.firstRest }

    /// How many sends may start now: none while open, one as the probe, else `room`.
    package func permits(at now: MonotonicTime, room: Int) -> Int {
        switch state {
        case .closed: room
        case .open(let until): now >= until ? min(room, 1) : 0
        case .halfOpen: 0
        }
    }

    /// A send starts.
    package mutating func started(at now: MonotonicTime) {
        if case .open = state { state = .halfOpen }
    }

    package mutating func succeeded() { self = Breaker() }

    package mutating func failed(at now: MonotonicTime) {
        failures += 1
        switch state {
        case .closed:
            if failures >= Self.threshold { state = .open(until: now + rest) }
        case .halfOpen:
            rest = min(rest * 2, Self.longestRest)
            state = .open(until: now + rest)
        case .open:
            break  // a send that was on its way when the breaker opened
        }
    }
}
