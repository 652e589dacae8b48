internal import Domain
internal import Ledgers
internal import Net

/// Counts who was not let in: how long an address that guesses must wait, and which refusals are put on record. Bounded in
/// memory and in records, whoever asks how often. The right token is judged before and never waits.
struct RefusalCount {
    /// What is done about one refusal.
    struct Decision: Equatable {
        /// Answer 429: so long until the next guess is heard.
        var wait: TimeSpan?
        /// Put on record that so many were refused, this one included.
        var record: Int64?
    }

    private struct Entry {
        var windowEnd: MonotonicTime
        var failures = 0
        /// Not on record yet.
        var unwritten: Int64 = 0
    }

    static let window = TimeSpan.seconds(60)

    private var entries: [String: Entry] = [:]
    private var recordWindowEnd = MonotonicTime(nanoseconds: 0)
    private var recordsInWindow = 0

    /// - Parameter who: the key of an address or of a token.
    mutating func note(_ who: String, at now: MonotonicTime) -> Decision {
        var who = who
        if entries[who] == nil, entries.count >= Limits.refusedAddresses {
            // Those of an earlier minute make room. When all are of this one, the rest is counted together.
            let stale = entries.filter { $0.value.windowEnd <= now && $0.key != Self.others }
            let unwritten = stale.values.reduce(0) { $0 + $1.unwritten }
            for key in stale.keys { entries[key] = nil }
            if unwritten > 0 { entries[Self.others, default: Entry(windowEnd: now)].unwritten += unwritten }
            if stale.isEmpty { who = Self.others }
        }
        var entry = entries[who] ?? Entry(windowEnd: now)
        let isFirst = entry.windowEnd <= now
        if isFirst { (entry.windowEnd, entry.failures) = (now + Self.window, 0) }
        entry.failures += 1
        entry.unwritten += 1
        var decision = Decision()
        if entry.failures > Limits.refusalsPerMinute { decision.wait = entry.windowEnd - now }
        if isFirst, mayRecord(at: now) {
            decision.record = entry.unwritten
            entry.unwritten = 0
        }
        entries[who] = entry
        return decision
    }

    /// What an address was refused since its record, once its minute is over.
    mutating func takeUnwritten(at now: MonotonicTime) -> [(who: String, count: Int64)] {
        guard !entries.isEmpty else { return [] }
        var taken: [(who: String, count: Int64)] = []
        for (who, entry) in entries where entry.windowEnd <= now {
            if entry.unwritten > 0 {
                guard mayRecord(at: now) else { continue }
                taken.append((who, entry.unwritten))
            }
            entries[who] = nil
        }
        return taken
    }

    private mutating func mayRecord(at now: MonotonicTime) -> Bool {
        if recordWindowEnd <= now { (recordWindowEnd, recordsInWindow) = (now + Self.window, 0) }
        guard recordsInWindow < Limits.refusalRecordsPerMinute else { return false }
        recordsInWindow += 1
        return true
    }

    static let others = "others"

    /// No address, and no count of others, is written so.
    private static let tokenPrefix = "token "

    static func key(of holder: Holder) -> String { tokenPrefix + holder.name }

    /// The token that a key counts for; nil for that of an address.
    static func token(of key: String) -> String? {
        key.hasPrefix(tokenPrefix) ? String(key.dropFirst(tokenPrefix.count)) : nil
    }

    /// Whoever has one address of an IPv6 network has all of it (RFC 6177 section 2): a /64 counts as one.
    static func key(of address: IPAddress) -> String {
        address.v4 != nil ? address.text : IPAddress(high: address.high, low: 0).text + "/64"
    }
}
