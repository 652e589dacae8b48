/// The life of a delivery:
///
///     accepted ─▶ pending ──ok──────────────▶ delivered
///                  │  ▲
///                  │  └─ waits for its due time ─┐
///                  └──────── failed ─────────────┤
///                                                └─ schedule over, 410, permanent ─▶ dead
///
/// `held` is pending while its subscriber is paused or gone from the routes: derived, never stored.
package enum DeliveryState: UInt8, Sendable, CaseIterable {
    case pending = 0
    case delivered = 1
    case dead = 2
    case held = 3

    package var text: String {
        switch self {
        case .pending: "pending"
        case .delivered: "delivered"
        case .dead: "dead"
        case .held: "held"
        }
    }
}

/// What becomes of a delivery after an attempt.
package enum Verdict: Sendable, Equatable {
    case delivered
    case retry(after: TimeSpan)
    /// Due again at once, on a connection of its own: the schedule does not count this attempt.
    case again
    case dead
    /// 410: dead, and the subscriber gets nothing more until an operator resumes it.
    case deadAndStop
}

extension RetryPolicy {
    /// The one place where the end of an attempt becomes a decision.
    ///
    /// - Parameters:
    ///   - attempt: 1 for the first send; those that ended in `again` are not counted.
    ///   - wasStale: it was sent on a kept connection, which ended before a byte of an answer. The subscriber may be well: a
    ///     peer that lost its state shows so on every connection that was kept, and a new one alone tells.
    ///   - retryAfter: the subscriber's `Retry-After`, counted from now; heeded for 429, 502, 503 and 504 only
    ///     (RFC 9110 section 10.2.3, Standard Webhooks "Event sending").
    package func verdict(
        on outcome: Outcome, status: Int32, attempt: Int32, wasStale: Bool = false, retryAfter: TimeSpan?,
        using random: inout some RandomNumberGenerator
    ) -> Verdict {
        if outcome == .ok { return .delivered }
        if wasStale { return .again }
        if outcome == .http {
            if status == 410 { return .deadAndStop }
            if permanent.contains(status) { return .dead }
        }
        guard attempt >= 1, Int(attempt) <= schedule.count else { return .dead }
        let planned = schedule[Int(attempt) - 1]
        let jittered = planned * (1 + jitter * Double.random(in: -1...1, using: &random))
        guard outcome == .http, Self.throttling.contains(status), let retryAfter else { return .retry(after: jittered) }
        return .retry(after: max(jittered, min(retryAfter, Limits.retryAfterMost)))
    }

    private static let throttling: Set<Int32> = [429, 502, 503, 504]
}
