package import Domain
internal import Ledgers
internal import Routes
package import Telemetry

/// Looks at each failed send, and rings for what an operator should see. What it looks at is at hand; a send that succeeds
/// is not looked at.
package struct LaneWatch: Sendable {
    let bell: AlarmBell
    /// Without one success for so long: an alarm.
    let failingAfter: TimeSpan
    /// Without one success for so long: the subscriber is stopped. Nil: never.
    let stopAfter: TimeSpan?
    /// Told of a subscriber that was stopped, on the ledger's thread, once that is stored: must only post elsewhere.
    let stopped: @Sendable (SubscriberID, _ reason: String) -> Void

    package init(
        bell: AlarmBell, failingAfter: TimeSpan = Limits.alarmFailing, stopAfter: TimeSpan? = nil,
        stopped: @escaping @Sendable (SubscriberID, _ reason: String) -> Void
    ) {
        self.bell = bell
        self.failingAfter = failingAfter
        self.stopAfter = stopAfter
        self.stopped = stopped
    }

    /// - Returns: why the subscriber is to be stopped; nil to go on.
    func failed(
        _ delivery: DeliveryID, _ attempt: Attempt, _ verdict: Verdict, of shell: LaneShell, openedBreaker: Bool,
        at now: MonotonicTime
    ) -> String? {
        let subject = "\(shell.config.route)/\(shell.config.subscriber.name)"
        let status = attempt.status == 0 ? "" : " \(attempt.status)"
        let end = "the last attempt ended with \(attempt.outcome.text)\(status)"
        if verdict == .dead || verdict == .deadAndStop {
            bell.ring(
                .deliveryDead, of: subject,
                "\(delivery.text) is dead after \(attempt.number) attempts, \(end); headgate deliveries retry sends it again"
            )
        }
        if openedBreaker {
            bell.ring(
                .breakerOpen, of: subject, "\(Breaker.threshold) sends in a row failed, \(end); it gets probes now")
        }
        let failing = shell.failingSince.map { now - $0 } ?? .zero
        if !shell.isGone, let reason = reason(toStop: verdict, failing) {
            bell.ring(
                .subscriberStopped, of: subject, "\(reason); headgate subscribers resume \(subject) starts it again")
            return reason
        }
        if failing >= failingAfter {
            bell.ring(
                .subscriberFailing, of: subject, "no success since \(failing.milliseconds / 60_000) minutes, \(end)")
        }
        return nil
    }

    private func reason(toStop verdict: Verdict, _ failing: TimeSpan) -> String? {
        if verdict == .deadAndStop { return "the subscriber answered 410 Gone" }
        guard let stopAfter, failing >= stopAfter else { return nil }
        return "no attempt succeeded for \(failing.milliseconds / 60_000) minutes"
    }
}
