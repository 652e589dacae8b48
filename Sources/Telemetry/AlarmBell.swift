package import Domain
internal import Synchronization

/// Where alarms are rung, from any thread: each is counted, and at a bounded pace becomes a line of the log and goes to
/// whoever sends it on. Rung only where something has gone wrong already; never by the sending of an alarm.
package final class AlarmBell: Sendable {
    private let pace = Mutex(AlarmPace())
    private let counters: [Alarm.Kind: Counter]
    private let log: Log
    private let clock: any Clock
    private let post: @Sendable (Alarm) -> Void

    /// - Parameter post: called on the ringing thread; must only post elsewhere.
    package init(
        log: Log, clock: any Clock, metrics: Metrics, post: @escaping @Sendable (Alarm) -> Void = { _ in }
    ) {
        self.log = log
        self.clock = clock
        self.post = post
        counters = Dictionary(
            uniqueKeysWithValues: Alarm.Kind.allCases.map { kind in
                let labels = [("kind", kind.rawValue)]
                return (kind, metrics.counter("headgate_alarms_total", "Alarms, also those kept back.", labels))
            })
    }

    package func ring(_ kind: Alarm.Kind, of subject: String, _ detail: String) {
        counters[kind]?.add()
        let now = clock.monotonic()
        guard let found = pace.withLock({ $0.note(kind, of: subject, detail, at: now) }) else { return }
        tell(kind, found.subject, detail, found.suppressed)
    }

    /// To be called now and then: the last words of an alarm that was kept back come out when its quiet time is over.
    package func sweep() {
        let now = clock.monotonic()
        for one in pace.withLock({ $0.takeKeptBack(at: now) }) {
            tell(one.kind, one.subject, one.detail, one.suppressed)
        }
    }

    private func tell(_ kind: Alarm.Kind, _ subject: String, _ detail: String, _ suppressed: Int) {
        log.write(.error, "alarm") { line in
            line.add("kind", kind.rawValue)
            line.add("subject", subject)
            line.add("detail", detail)
            if suppressed > 0 { line.add("suppressed", suppressed) }
        }
        post(Alarm(kind: kind, subject: subject, detail: detail, at: clock.wall(), suppressed: suppressed))
    }
}
