internal import Domain

/// How many steps retention takes at once: as many as what came calls for, so that as much goes as comes, and no more than
/// the next event may wait for.
struct RetentionPace {
    /// Of what was committed since the last turn, in bytes.
    private var weight: Int64 = 0
    private var turnAt: MonotonicTime?

    /// From turn to turn while events come: each costs a transaction.
    private static let pause = TimeSpan.milliseconds(50)
    /// How long it goes on while nothing comes.
    static let idleTime = TimeSpan.milliseconds(100)
    /// Of one transaction: some ten milliseconds, when as much came.
    private static let stepsMost = 32
    private static let idleSteps = 8
    /// A step removes 64 bodies, events, or 256 attempts. Without a delivery an event is one entry and takes two of 64, with
    /// one it is two and takes little more: so many entries to a step are enough, and leave some for what was there before.
    private static let entryWeight = RemovalBudget.bytesOfStep / 24

    mutating func note(_ batch: [LedgerEntry]) {
        weight += Int64(batch.count) * Self.entryWeight
        for entry in batch { if case .append(let append) = entry { weight += Int64(append.event.weight) } }
    }

    /// The steps of a turn; nil when it is too early for one.
    mutating func steps(at now: MonotonicTime, isIdle: Bool) -> Int? {
        guard isIdle || turnAt.map({ now - $0 >= Self.pause }) ?? true else { return nil }
        defer { (turnAt, weight) = (now, 0) }
        return isIdle ? Self.idleSteps : Int(min(weight / RemovalBudget.bytesOfStep + 1, Int64(Self.stepsMost)))
    }
}
