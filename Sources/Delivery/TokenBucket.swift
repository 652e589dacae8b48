internal import Domain

/// At most `rate` sends a second, with a burst of a tenth of a second's worth (at least one), so that a drained backlog
/// arrives as a stream and not as a wave.
struct TokenBucket {
    private let perSecond: Double
    private let most: Double
    private var tokens: Double
    private var filledAt: MonotonicTime

    init(_ rate: Rate, at now: MonotonicTime) {
        perSecond = Double(rate.count) / rate.per.inSeconds
        most = max(perSecond / 10, 1)
        tokens = most
        filledAt = now
    }

    mutating func available(at now: MonotonicTime) -> Int {
        tokens = min(tokens + (now - filledAt).inSeconds * perSecond, most)
        filledAt = now
        return Int(tokens)
    }

    mutating func take() { tokens -= 1 }

    /// When the next token is there.
    func next(after now: MonotonicTime) -> MonotonicTime {
        now + TimeSpan(microseconds: Int64(max(1 - tokens, 0) / perSecond * 1e6) + 1)
    }
}
