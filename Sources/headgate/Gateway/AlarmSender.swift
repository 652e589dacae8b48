import Admin
import Crypto
import Domain
import Net
import Signatures
import Telemetry

/// Posts alarms to the operator's URL, one after the other, signed as Standard Webhooks has it. Apart from the ledger,
/// because the worst alarm is that the ledger does not work; so what waits is in memory, bounded in number and in age. What
/// cannot be sent is told in the log and in a figure, and never rings.
final class AlarmSender {
    private struct Waiting {
        let id: String
        let alarm: Alarm
        let body: [UInt8]
    }

    private let url: String
    private let signer: OutgoingSigner
    private let loop: EventLoop
    private let clock: any Clock
    private let log: Log
    private let sent: Counter
    private let failed: Counter
    private let dropped: Counter
    private var waiting: [Waiting] = []
    private var failures = 0
    private lazy var timer = Timer { [unowned self] in send() }

    private static let pauses: [TimeSpan] = [.seconds(1), .seconds(5), .seconds(30), .seconds(120), .seconds(600)]

    init(to url: String, signing: [Secret], on loop: EventLoop, clock: any Clock, log: Log, metrics: Metrics) {
        self.url = url
        signer = OutgoingSigner(signing)
        self.loop = loop
        self.clock = clock
        self.log = log
        func counter(_ result: String) -> Counter {
            metrics.counter("headgate_alarm_sends_total", "Posts of alarms, by result.", [("result", result)])
        }
        (sent, failed, dropped) = (counter("ok"), counter("failed"), counter("dropped"))
    }

    func take(_ alarm: Alarm) {
        guard let random = try? randomBytes(12) else { return drop(alarm, "no random bytes for its id") }
        let id = "alm_" + Base64.encode(random, url: true)
        waiting.append(Waiting(id: id, alarm: alarm, body: alarm.body))
        if waiting.count > Limits.alarmsWaiting { drop(waiting.removeFirst().alarm, "too many wait") }
        if !timer.isArmed { loop.arm(timer, at: loop.now) }
    }

    private func send() {
        while let first = waiting.first, clock.wall() - first.alarm.at > Limits.alarmAge {
            drop(waiting.removeFirst().alarm, "nobody took it for too long")
        }
        guard let first = waiting.first else { return }
        if let reason = post(first) {
            failed.add()
            log.write(.warning, "alarm not sent") { $0.add("reason", reason) }
            let pause = Self.pauses[min(failures, Self.pauses.count - 1)]
            failures += 1
            return loop.arm(timer, at: loop.now + pause)
        }
        sent.add()
        failures = 0
        waiting.removeFirst()
        if !waiting.isEmpty { loop.arm(timer, at: loop.now) }
    }

    /// - Returns: nil when it was taken.
    private func post(_ one: Waiting) -> String? {
        let timestamp = clock.wall().seconds
        var signature: [UInt8] = []
        one.body.withUnsafeBytes { signer.sign(id: one.id, timestamp: timestamp, body: $0, into: &signature) }
        let exchange = HTTPExchange(
            method: "POST", url: url,
            fields: [
                "Content-Type: application/json", "webhook-id: \(one.id)", "webhook-timestamp: \(timestamp)",
                "webhook-signature: \(String(decoding: signature, as: UTF8.self))",
            ], body: one.body, timeout: .seconds(10), keepsAnswer: false)
        do {
            let answer = try exchange.run()
            return (200...299).contains(answer.status) ? nil : "the alarm URL answered \(answer.status)"
        } catch let failure as HTTPExchange.Failure {
            return failure.reason  // not the URL: some hold a key
        } catch {
            return "\(error)"
        }
    }

    private func drop(_ alarm: Alarm, _ reason: String) {
        dropped.add()
        log.write(.error, "alarm dropped") { line in
            line.add("kind", alarm.kind.rawValue)
            line.add("subject", alarm.subject)
            line.add("reason", reason)
        }
    }
}

extension Alarm {
    /// In the form that Standard Webhooks recommends: type, timestamp, data.
    var body: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("type", "headgate.\(kind.rawValue)")
            json.member("timestamp", at)
            json.key("data")
            json.object { json in
                json.member("kind", kind.rawValue)
                json.member("subject", subject)
                json.member("detail", detail)
                json.member("suppressed", suppressed)
            }
        }
        return json.bytes
    }
}
