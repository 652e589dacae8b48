import Domain
import Testing

@Suite("A retry policy")
struct RetryPolicyTests {
    private struct Fixed: RandomNumberGenerator {
        var value: UInt64
        mutating func next() -> UInt64 { value }
    }

    private let policy = RetryPolicy(schedule: [.seconds(10), .seconds(60)], jitter: 0, permanent: [400])

    private func verdict(
        _ outcome: Outcome, _ status: Int32 = 0, attempt: Int32 = 1, retryAfter: TimeSpan? = nil,
        policy: RetryPolicy? = nil
    ) -> Verdict {
        var random = Fixed(value: .max / 2)
        return (policy ?? self.policy).verdict(
            on: outcome, status: status, attempt: attempt, retryAfter: retryAfter, using: &random)
    }

    @Test("delivers on ok alone")
    func ok() { #expect(verdict(.ok, 204) == .delivered) }

    @Test("retries every other outcome", arguments: Outcome.allCases.filter { $0 != .ok })
    func failures(_ outcome: Outcome) { #expect(verdict(outcome, 500) == .retry(after: .seconds(10))) }

    @Test("goes through the schedule, then the delivery is dead")
    func schedule() {
        #expect(verdict(.http, 500, attempt: 2) == .retry(after: .seconds(60)))
        #expect(verdict(.http, 500, attempt: 3) == .dead)
    }

    @Test("does not count the end of a kept connection, wherever the schedule is", arguments: [1, 2, 3] as [Int32])
    func stale(_ attempt: Int32) {
        var random = Fixed(value: .max / 2)
        for schedule in [policy.schedule, []] {
            let verdict = RetryPolicy(schedule: schedule).verdict(
                on: .reset, status: 0, attempt: attempt, wasStale: true, retryAfter: nil, using: &random)
            #expect(verdict == .again)
        }
    }

    @Test("410 stops the subscriber, a permanent status ends the delivery")
    func ends() {
        #expect(verdict(.http, 410) == .deadAndStop)
        #expect(verdict(.http, 400) == .dead)
        #expect(verdict(.http, 404) == .retry(after: .seconds(10)))
        #expect(verdict(.protocol, 410) == .retry(after: .seconds(10)), "an answer that was not whole says nothing")
    }

    @Test(
        "heeds Retry-After for throttling statuses, never sooner than planned, never later than a day",
        arguments: [
            (429, 30, 30), (503, 5, 10), (502, 1_000_000, 86_400), (504, 11, 11), (500, 30, 10), (301, 30, 10),
        ])
    func retryAfter(_ status: Int32, _ seconds: Int64, _ expected: Int64) {
        #expect(verdict(.http, status, retryAfter: .seconds(seconds)) == .retry(after: .seconds(expected)))
    }

    @Test("jitter stays within its share")
    func jitter() {
        var random = SystemRandomNumberGenerator()
        let policy = RetryPolicy(schedule: [.seconds(100)], jitter: 0.2)
        for _ in 0..<1000 {
            guard
                case .retry(let wait) = policy.verdict(
                    on: .reset, status: 0, attempt: 1, retryAfter: nil, using: &random)
            else {
                Issue.record("no retry")
                return
            }
            #expect(wait >= .seconds(80) && wait <= .seconds(120))
        }
    }

    @Test("an empty schedule is one attempt")
    func single() { #expect(verdict(.dns, policy: RetryPolicy(schedule: [])) == .dead) }
}
