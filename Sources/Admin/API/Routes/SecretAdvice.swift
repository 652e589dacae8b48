internal import Config
internal import Domain
internal import Ledgers

/// What the use of a secret says about it, beside those that may take its place.
struct SecretAdvice: Equatable {
    enum State: String, CaseIterable {
        /// Used within `Limits.secretRest`.
        case used
        /// Used before that, and not since.
        case resting
        /// Never, while somebody counted.
        case unused
    }

    let state: State
    let text: String

    /// Of one secret: when it was first in place, and what became of it.
    struct Use: Equatable {
        let label: String
        let since: WallTime
        let uses: Int64
        let lastUsed: WallTime?

        init(label: String, since: WallTime, uses: Int64, lastUsed: WallTime?) {
            (self.label, self.since, self.uses, self.lastUsed) = (label, since, uses, lastUsed)
        }
    }

    /// One that proves requests. It is safe to remove when it has rested while another one, that came later, proved some.
    ///
    /// - Parameter others: of the same name in the same route.
    init(of use: Use, beside others: [Use], at now: WallTime) {
        guard let last = use.lastUsed else {
            state = .unused
            let wait = now - use.since
            text =
                others.contains { $0.lastUsed.map { $0 >= use.since } ?? false } && wait >= Limits.secretRest
                ? "never used in \(Self.words(wait)): does the sender know it?" : "not used yet"
            return
        }
        let rest = now - last
        guard rest >= Limits.secretRest else {
            state = .used
            text = others.isEmpty ? "in use, the only one" : "in use"
            return
        }
        state = .resting
        let words = "unused for \(Self.words(rest))"
        let successor = others.filter { $0.lastUsed.map { $0 > last } ?? false && $0.since > use.since }
            .max { ($0.lastUsed ?? last) < ($1.lastUsed ?? last) }
        if let successor {
            text = "old secret \(words), \(successor.label) is used instead: safe to remove"
        } else if others.contains(where: { $0.lastUsed.map { $0 > last } ?? false }) {
            text = "\(words) while others are used: safe to remove when nobody else signs with it"
        } else {
            text = others.isEmpty ? "\(words), the only one" : "\(words), and so are all others: nothing came"
        }
    }

    /// One that signs. All live ones sign everything, so which of them the subscriber verifies with is not seen here.
    init(signing use: Use, beside others: [Use], at now: WallTime) {
        let younger = others.filter { $0.since > use.since }.map(\.since).max()
        guard let last = use.lastUsed else {
            (state, text) = (.unused, "not used yet")
            return
        }
        state = now - last < Limits.secretRest ? .used : .resting
        if let younger {
            text =
                "old secret, signs beside a newer one for \(Self.words(now - younger)): remove it when the subscriber "
                + "verifies with the newer one"
        } else {
            text = state == .used ? "in use" : "unused for \(Self.words(now - last)): nothing was sent"
        }
    }

    /// In the largest unit that fills: `6 days`, `1 hour`.
    static func words(_ span: TimeSpan) -> String {
        let seconds = max(span.microseconds / 1_000_000, 0)
        for (unit, length) in [("day", Int64(86_400)), ("hour", 3600), ("minute", 60)] where seconds >= length {
            let count = seconds / length
            return "\(count) \(unit)\(count == 1 ? "" : "s")"
        }
        return "\(seconds) second\(seconds == 1 ? "" : "s")"
    }
}
