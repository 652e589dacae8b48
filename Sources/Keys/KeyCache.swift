internal import Domain
internal import Signatures

/// What is known of the providers' keys, and what may be asked next. Pure: it is told the time and what was answered.
///
/// Strangers choose the names of keys, so that everything is bound for each source: fetches in a minute, names that are
/// remembered. Names that are known are never touched by those that are not.
struct KeyCache {
    private var entries: [KeyName: KeySnapshot.Entry] = [:]
    private var closed: [KeySource.ID: MonotonicTime] = [:]
    /// When each source was asked in the last minute.
    private var asked: [KeySource.ID: [MonotonicTime]] = [:]
    private(set) var underWay: Set<KeyName> = []

    enum Decision: Equatable {
        case fetch
        /// Its answer is on its way, or is known since.
        case wait
        /// The source is closed for a while.
        case refuse
    }

    var snapshot: KeySnapshot { KeySnapshot(entries: entries, closed: closed) }

    mutating func want(_ name: KeyName, at now: MonotonicTime) -> Decision {
        if underWay.contains(name) { return .wait }
        if let entry = entries[name], now < entry.nextFetch { return .wait }
        if let until = closed[name.source], now < until { return .wait }
        closed = closed.filter { now < $0.value }
        guard underWay.count < Limits.keyFetches else {
            closed[name.source] = now + .seconds(1)
            return .refuse
        }
        let minute = TimeSpan.seconds(60)
        asked = asked.compactMapValues { times in
            let recent = times.filter { now - $0 < minute }
            return recent.isEmpty ? nil : recent
        }
        let recent = asked[name.source] ?? []
        if recent.count >= Limits.keyFetchesPerMinute {
            closed[name.source] = recent[0] + minute
            return .refuse
        }
        asked[name.source] = recent + [now]
        underWay.insert(name)
        return .fetch
    }

    mutating func finish(_ name: KeyName, _ reading: KeyReading, at now: MonotonicTime) {
        underWay.remove(name)
        var entry =
            entries[name]
            ?? KeySnapshot.Entry(keys: nil, keysUntil: now, verdict: .failed, nextFetch: now)
        switch reading {
        case .keys(let keys):
            let isDocument = name.text.isEmpty
            entry = KeySnapshot.Entry(
                keys: keys, keysUntil: now + keys.lifetime, verdict: .read,
                nextFetch: now + (isDocument ? Limits.keyRefetch : keys.lifetime))
        case .absent: (entry.keys, entry.verdict, entry.nextFetch) = (nil, .absent, now + Limits.keyAbsence)
        case .untrusted: (entry.keys, entry.verdict, entry.nextFetch) = (nil, .untrusted, now + Limits.keyAbsence)
        case .failed, .needsIssuer: (entry.verdict, entry.nextFetch) = (.failed, now + Limits.keyRetry)
        }
        entries[name] = entry
        forget(of: name.source, besides: name, at: now)
    }

    /// Makes room: what is no use any more, then names that came to nothing, then the keys that end first.
    private mutating func forget(of source: KeySource.ID, besides name: KeyName, at now: MonotonicTime) {
        entries = entries.filter { now < $0.value.nextFetch || ($0.value.keys != nil && now < $0.value.keysUntil) }
        while entries.count(where: { $0.key.source == source }) > Limits.keysRemembered {
            let others = entries.filter { $0.key.source == source && $0.key != name }
            let victim = others.min { a, b in
                let (useful, other) = (a.value.keys != nil, b.value.keys != nil)
                return useful == other ? a.value.nextFetch < b.value.nextFetch : !useful
            }
            guard let victim else { return }
            entries[victim.key] = nil
        }
    }
}
