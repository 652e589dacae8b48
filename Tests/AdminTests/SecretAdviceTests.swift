import Domain
import Testing

@testable import Admin

@Suite("What the use of a secret says", .timeLimit(.minutes(1)))
struct SecretAdviceTests {
    private typealias Use = SecretAdvice.Use
    private let now = WallTime(seconds: 1_800_000_000)

    /// - Parameters: days ago.
    private func use(_ label: String, since: Double, last: Double? = nil) -> Use {
        func ago(_ days: Double) -> WallTime { WallTime(microseconds: now.microseconds - Int64(days * 86_400e6)) }
        return Use(label: label, since: ago(since), uses: last == nil ? 0 : 5, lastUsed: last.map(ago))
    }

    private func advice(_ one: Use, _ others: Use...) -> SecretAdvice { SecretAdvice(of: one, beside: others, at: now) }

    @Test func `an old one that rests while its successor is used is safe to remove`() {
        let advice = advice(use("SECRET[1]", since: 40, last: 6.2), use("SECRET[0]", since: 8, last: 0.1))
        #expect(advice.state == .resting)
        #expect(advice.text == "old secret unused for 6 days, SECRET[0] is used instead: safe to remove")
    }

    @Test func `it is not while it was used within what providers send again`() {
        let advice = advice(use("old", since: 40, last: 2.9), use("new", since: 8, last: 0.1))
        #expect(advice.state == .used && advice.text == "in use")
    }

    @Test func `a new one that was never used is never called safe to remove`() {
        for days in [0.1, 2, 30] {
            let advice = advice(use("new", since: days), use("old", since: 40, last: 0.1))
            #expect(advice.state == .unused && !advice.text.contains("remove"))
        }
        #expect(advice(use("new", since: 30), use("old", since: 40, last: 0.1)).text.contains("30 days"))
    }

    @Test func `an older one may be of somebody else who seldom sends`() {
        let advice = advice(use("partner-b", since: 10, last: 6), use("partner-a", since: 40, last: 0.1))
        #expect(advice.text.contains("when nobody else signs with it"), "it came after the one that is used")
    }

    @Test func `the only one is never to be removed`() {
        #expect(advice(use("SECRET", since: 40, last: 30)).text == "unused for 30 days, the only one")
        #expect(advice(use("SECRET", since: 40, last: 0)).text == "in use, the only one")
        #expect(advice(use("a", since: 9, last: 8), use("b", since: 8, last: 8.5)).text.contains("nothing came"))
    }

    @Test func `which signature a subscriber verifies is not known here`() {
        let old = use("own[1]", since: 40, last: 0.1)
        let new = use("own[0]", since: 6.5, last: 0.1)
        let advice = SecretAdvice(signing: old, beside: [new], at: now)
        #expect(advice.text.contains("for 6 days: remove it when the subscriber verifies with the newer one"))
        #expect(SecretAdvice(signing: new, beside: [old], at: now).text == "in use")
    }

    @Test(
        arguments: [
            (Int64(0), "0 seconds"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (7199, "1 hour"),
            (86_400 * 6, "6 days"), (-5, "0 seconds"),
        ] as [(Int64, String)])
    func `spans are told in the largest unit that fills`(_ seconds: Int64, _ words: String) {
        #expect(SecretAdvice.words(.seconds(seconds)) == words)
    }
}
