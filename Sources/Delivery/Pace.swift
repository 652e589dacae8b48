internal import Domain

/// How fast a lane sends, and so how much it may hold in memory.
///
/// A lane that is well holds what it sends in two seconds (its concurrency over the time of a send, or its rate). One
/// whose sends take longer than a second is slow: it holds twice what can be on its way, and everything of it comes from disk,
/// under the grants that all doubtful lanes have out of one half of the memory (`MemoryBook`).
///
/// So nobody waits long for a slow lane: what waits in memory for others than slow lanes is gone within two seconds, by the
/// pace of those that hold it; what slow lanes hold is in their half. A lane that becomes slow gives back what waits, within
/// a second of the last sign of its subscriber; until its sends end, those, `concurrency` at most, are all that is left of
/// it in the other half. A lane that nobody knows yet is taken to be just not slow.
struct Pace {
    /// A send that takes longer is slow.
    static let patience = TimeSpan.seconds(1)
    private static let longestMemory = 32

    /// Mean time of a send, in seconds: of as many as are under way at once, so that one among many is no verdict, and a lane
    /// with few forgets at the next one.
    private var latency = Self.patience.inSeconds
    /// When a send last ended, or the first one began.
    private var lastSign = MonotonicTime(nanoseconds: 0)

    var isSlow: Bool { latency > Self.patience.inSeconds }

    /// A send starts, and no other is under way.
    mutating func woke(at now: MonotonicTime) { lastSign = now }

    /// - Parameter underWay: with this one.
    mutating func ended(after took: TimeSpan, of underWay: Int, at now: MonotonicTime) {
        lastSign = now
        latency += (took.inSeconds - latency) / Double(min(max(underWay, 1), Self.longestMemory))
    }

    /// Sends are under way and none has ended: they take this long at least.
    mutating func waits(at now: MonotonicTime) { latency = max(latency, (now - lastSign).inSeconds) }

    /// When a lane whose sends do not end turns slow.
    var slowAt: MonotonicTime { lastSign + Self.patience + .milliseconds(1) }

    /// Deliveries that the lane may hold: twice what it sends while the next ones are fetched. 0 when its rate is lower than one in
    /// two seconds: then each is fetched when it may be sent.
    func lookAhead(concurrency: Int, rate: Rate?) -> Int {
        let time = max(Self.patience.inSeconds, latency)
        let sent = min(
            Double(concurrency) * time / max(latency, 1e-6),
            rate.map { Double($0.count) / $0.per.inSeconds * time } ?? .infinity)
        return Int(min(2 * sent, Double(Limits.laneLookAhead)))
    }
}
