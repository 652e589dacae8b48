package import Domain

/// Lets one alarm of a kind and subject through in a while, and counts the others. Bounded, whatever happens how often.
package struct AlarmPace: Sendable {
    private struct Key: Hashable {
        let kind: Alarm.Kind
        let subject: String
    }

    private struct Entry {
        var quietUntil: MonotonicTime
        var suppressed = 0
        var latest = ""
    }

    private var entries: [Key: Entry] = [:]

    package init() {}

    /// Beyond `Limits.alarmSubjects` the rest of them share this one.
    package static let others = "others"

    /// - Returns: under which subject, and after how many suppressed ones, this alarm goes out; nil when it is kept back.
    package mutating func note(
        _ kind: Alarm.Kind, of subject: String, _ detail: String, at now: MonotonicTime
    ) -> (subject: String, suppressed: Int)? {
        var key = Key(kind: kind, subject: subject)
        if entries[key] == nil, entries.count >= Limits.alarmSubjects { key = Key(kind: kind, subject: Self.others) }
        guard let entry = entries[key], now < entry.quietUntil else {
            let suppressed = entries[key]?.suppressed ?? 0
            entries[key] = Entry(quietUntil: now + Limits.alarmInterval)
            return (key.subject, suppressed)
        }
        entries[key]?.suppressed += 1
        entries[key]?.latest = detail
        return nil
    }

    /// Those whose quiet time is over: what was kept back goes out, what was quiet is forgotten.
    package mutating func takeKeptBack(
        at now: MonotonicTime
    ) -> [(kind: Alarm.Kind, subject: String, detail: String, suppressed: Int)] {
        var taken: [(kind: Alarm.Kind, subject: String, detail: String, suppressed: Int)] = []
        for (key, entry) in entries where entry.quietUntil <= now {
            if entry.suppressed > 0 {
                taken.append((key.kind, key.subject, entry.latest, entry.suppressed - 1))
                entries[key] = Entry(quietUntil: now + Limits.alarmInterval)
            } else {
                entries[key] = nil
            }
        }
        return taken
    }
}
