internal import Crypto
package import Domain
internal import Telemetry

/// What a ledger was at some moment, in so few words that they can be kept elsewhere: whoever holds them finds any later
/// change, removal or reordering of what they cover.
package struct Checkpoint: Sendable, Equatable {
    /// 16 random bytes of the file's own, in hexadecimal.
    package let ledger: String
    /// The last batch that is covered; 0 before the first.
    package let batch: Int64
    /// Of `ChainTree` over all batches.
    package let root: Digest256
    /// The hash of that last batch.
    package let head: Digest256
    /// When it was made.
    package let at: WallTime
    package let events: Int64
    package let attempts: Int64
    package let actions: Int64

    package init(
        ledger: String, batch: Int64, root: Digest256, head: Digest256, at: WallTime, events: Int64, attempts: Int64,
        actions: Int64
    ) {
        self.ledger = ledger
        self.batch = batch
        self.root = root
        self.head = head
        self.at = at
        self.events = events
        self.attempts = attempts
        self.actions = actions
    }

    /// Names the ledger, and the key that signs for it.
    package var origin: String { Self.prefix + ledger }
    private static let prefix = "headgate/"

    /// A checkpoint as C2SP has it (https://c2sp.org/tlog-checkpoint): origin, size, root, then lines of our own.
    package var text: String {
        """
        \(origin)
        \(batch)
        \(Base64.encode(root.withBytes { Array($0) }))
        head \(head.hex)
        time \(at.rfc3339)
        events \(events)
        attempts \(attempts)
        actions \(actions)

        """
    }

    /// Nil unless `text` is exactly what some checkpoint's `text` is, with any time.
    package init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 9, lines[8].isEmpty, lines[0].hasPrefix(Self.prefix),
            let batch = Int64(lines[1]), batch >= 0, String(batch) == lines[1],
            let root = Base64.decode(lines[2], .canonical).flatMap({ $0.withUnsafeBytes { Digest256(copying: $0) } })
        else { return nil }
        var values: [String] = []
        for (line, name) in zip(lines[3...], ["head", "time", "events", "attempts", "actions"]) {
            guard line.hasPrefix(name + " ") else { return nil }
            values.append(String(line.dropFirst(name.utf8.count + 1)))
        }
        let counts = values[2...].compactMap { text in Int64(text).flatMap { String($0) == text ? $0 : nil } }
        guard counts.count == 3, counts.allSatisfy({ $0 >= 0 }),
            let head = Hex.decode(values[0]).flatMap({ $0.withUnsafeBytes { Digest256(copying: $0) } }),
            let at = WallTime(exactly: values[1])
        else { return nil }
        self.init(
            ledger: String(lines[0].dropFirst(Self.prefix.utf8.count)), batch: batch, root: root, head: head, at: at,
            events: counts[0], attempts: counts[1], actions: counts[2])
    }
}

extension WallTime {
    /// A time as `rfc3339` writes it, and in no other spelling: `2026-01-31T09:30:00.000000Z`.
    package init?(exactly text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 27 else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            digits[range].allSatisfy({ (0x30...0x39).contains($0) })
                ? digits[range].reduce(0) { $0 * 10 + Int64($1) - 0x30 } : nil
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), let micro = number(20..<26), month > 0
        else { return nil }
        // Days since 1970 in the calendar whose year begins in March (the era's 400 years are 146 097 days).
        let (years, months) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        let days = years * 365 + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 1 - 719_468
        let time = WallTime(microseconds: ((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + micro)
        guard time.microseconds >= 0, time.rfc3339 == text else { return nil }
        self = time
    }
}
