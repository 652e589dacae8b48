/// When a failed delivery is sent again, and how long one send may take.
package struct RetryPolicy: Sendable, Equatable {
    /// The wait after the first, second, … failed attempt that counts (`Verdict.again`). When it ends, the delivery is dead.
    package var schedule: [TimeSpan]
    /// Share of each wait by which it may be shorter or longer, 0…1.
    package var jitter: Double
    /// A whole attempt, from the dial to the last byte of the answer.
    package var timeout: TimeSpan
    package var connectTimeout: TimeSpan
    /// Statuses that end the delivery at once.
    package var permanent: Set<Int32>

    package init(
        schedule: [TimeSpan] = RetryPolicy.standardSchedule, jitter: Double = 0.2, timeout: TimeSpan = .seconds(15),
        connectTimeout: TimeSpan = .seconds(5), permanent: Set<Int32> = []
    ) {
        self.schedule = schedule
        self.jitter = jitter
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.permanent = permanent
    }

    /// About three days, as Stripe's live mode and Standard Webhooks' recommendation.
    package static let standardSchedule: [TimeSpan] = [
        .seconds(5), .seconds(30), .seconds(120), .seconds(600), .seconds(1800), .seconds(3600), .seconds(3 * 3600),
        .seconds(6 * 3600), .seconds(12 * 3600), .seconds(24 * 3600), .seconds(24 * 3600),
    ]
}
