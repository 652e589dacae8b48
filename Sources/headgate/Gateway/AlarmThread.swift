import Delivery
import Domain
import Glibc
import Ledgers
import Net
import Routes
import Telemetry

/// Sends alarms on, and looks now and then at what nobody else looks at: the disk, the ledger, the certificates of
/// subscribers and its own. On threads of its own, which may wait for the network.
final class AlarmThread: Sendable {
    let bell: AlarmBell

    private static let lookEvery = TimeSpan.seconds(10)

    init(settings: Settings, state: GatewayState, clock: SystemClock, log: Log) throws {
        let alarms = try Mailbox<Alarm>()
        let isSent = settings.alarmURL != nil
        let bell = AlarmBell(log: log, clock: clock, metrics: state.metrics) { if isSent { alarms.post($0) } }
        self.bell = bell
        if let url = settings.alarmURL {
            try startThread("alarms", log) {
                let loop = try EventLoop(clock: clock)
                let sender = AlarmSender(
                    to: url, signing: settings.signing, on: loop, clock: clock, log: log, metrics: state.metrics)
                try loop.receive(alarms) { sender.take($0) }
                withExtendedLifetime(sender) { loop.run() }
            }
        }
        try startThread("watch", log) {
            let loop = try EventLoop(clock: clock)
            let disk = DiskWatch(ledger: settings.ledger, least: settings.alarmDisk)
            try Self.repeatedly(on: loop) {
                disk.look(bell)
                if !state.ledger.isWritable, !state.isDraining {
                    bell.ring(.ledgerClosed, of: settings.ledger, "no event is taken until the ledger can be written")
                }
                bell.sweep()
            }
        }
        try startThread("certificates", log) {
            let loop = try EventLoop(clock: clock)
            let watch = CertificateWatch(listener: settings.tls?.certificate, bell: bell, clock: clock)
            try Self.repeatedly(on: loop) { watch.look(at: state.plan.lanes) }
        }
    }

    private static func repeatedly(on loop: EventLoop, _ body: @escaping () -> Void) throws {
        var timer: Timer?
        timer = Timer {
            body()
            if let timer { loop.arm(timer, at: loop.now + lookEvery) }
        }
        if let timer { loop.arm(timer, at: loop.now) }
        loop.run()
    }
}

/// Free space beside the ledger.
struct DiskWatch {
    let ledger: String
    /// Bytes.
    let least: Int

    func look(_ bell: AlarmBell) {
        var found = statvfs()
        guard statvfs(directoryPart(of: ledger), &found) == 0 else { return }
        let free = UInt64(found.f_bavail).multipliedReportingOverflow(by: UInt64(found.f_frsize))
        guard !free.overflow, free.partialValue < UInt64(least) else { return }
        bell.ring(
            .diskLow, of: ledger,
            "\(free.partialValue >> 20) MiB are free, less than \(least >> 20) MiB; when nothing is left no event is taken"
        )
    }
}

/// Certificates of subscribers and the listener's own, each looked at once a day, and a new one soon.
final class CertificateWatch {
    private let listener: String?
    private let bell: AlarmBell
    private let clock: any Clock
    /// By subscriber and URL, so that a changed one is looked at anew.
    private var next: [String: MonotonicTime] = [:]

    /// - Parameter listener: path of its file, which counts from the next reload on.
    init(listener: String?, bell: AlarmBell, clock: any Clock) {
        self.listener = listener
        self.bell = bell
        self.clock = clock
    }

    func look(at lanes: [LaneConfig]) {
        var known: [String: MonotonicTime] = [:]
        if let listener, isDue("listener", &known), let end = OwnCertificate.end(of: listener, readRegularFile) {
            tell(.ends(end), of: "listener")
        }
        for lane in lanes where lane.subscriber.url.isSecure && lane.paused == nil && lane.subscriber.held == nil {
            let subject = "\(lane.route)/\(lane.subscriber.name)"
            guard isDue(subject + " " + lane.subscriber.url.text, &known) else { continue }
            tell(CertificateProbe.look(at: lane.subscriber, under: lane.policy), of: subject)
        }
        next = known
    }

    private func isDue(_ key: String, _ known: inout [String: MonotonicTime]) -> Bool {
        let now = clock.monotonic()
        if let time = next[key], time > now {
            known[key] = time
            return false
        }
        known[key] = now + Limits.certificateEvery
        return true
    }

    private func tell(_ finding: CertificateProbe.Finding, of subject: String) {
        switch finding {
        case .ends(let end):
            let now = clock.wall()
            guard end - now < Limits.certificateNotice else { return }
            bell.ring(.certificateExpiring, of: subject, OwnCertificate.notice(of: end, at: now))
        case .refused(let words):
            bell.ring(.certificateExpiring, of: subject, "its certificate is not accepted: \(words)")
        case .unknown: break
        }
    }
}
