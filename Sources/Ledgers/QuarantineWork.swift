internal import Domain
internal import Net
internal import Telemetry

/// Writes what is refused, on the ledger's thread: between batches of events, never within one, and no more often than
/// `Limits.quarantinePause` allows.
final class QuarantineWork {
    private let engine: any LedgerEngine
    /// Not owned: see `LedgerWork`.
    private unowned let loop: EventLoop
    private let clock: any Clock
    private let box: QuarantineBox
    private let kept: Counter
    private let dropped: Counter
    private let expired: Counter
    private var timer: Timer?
    private var nextAt: MonotonicTime

    /// After each write; with the error that closes the ledger, if there was one.
    var ended: (LedgerError?) -> Void = { _ in }
    /// True while the ledger takes nothing.
    var isClosed: () -> Bool = { false }

    init(engine: any LedgerEngine, loop: EventLoop, clock: any Clock, box: QuarantineBox, metrics: Metrics) {
        self.engine = engine
        self.loop = loop
        self.clock = clock
        self.box = box
        kept = Self.counter(metrics, "kept")
        dropped = Self.counter(metrics, "dropped")
        expired = Self.counter(metrics, "expired")
        nextAt = loop.now
        let timer = Timer { [unowned self] in write() }
        self.timer = timer
        // What an earlier process kept grows old too, and goes when nothing is to be kept any more.
        let isKept = ((try? engine.statistics())?.quarantineRequests ?? 0) > 0
        if box.caps.requests > 0 || isKept { loop.arm(timer, at: loop.now + Limits.quarantinePause) }
    }

    static func counter(_ metrics: Metrics, _ result: String) -> Counter {
        metrics.counter(
            "headgate_quarantine_total", "Refused requests, by whether they were kept.", [("result", result)])
    }

    /// Something waits.
    func ring() {
        if let timer { loop.arm(timer, at: max(nextAt, loop.now)) }
    }

    /// What still waits when the ledger is closed.
    func end() {
        if let timer { loop.disarm(timer) }
        let waiting = box.takeAll()
        if !waiting.isEmpty, !isClosed() { _ = try? write(waiting) }
    }

    private func write() {
        nextAt = loop.now + Limits.quarantinePause
        let waiting = box.takeAll()
        guard !isClosed() else {
            dropped.add(waiting.count)
            return sweepLater()
        }
        do throws(LedgerError) {
            let change = try write(waiting)
            if change.expired == Limits.quarantineExpired {
                ring()
            } else if !change.isEmpty {
                sweepLater()
            }
            ended(nil)
        } catch {
            dropped.add(waiting.count)
            sweepLater()
            ended(error)
        }
    }

    private func write(_ waiting: [RefusedRequest]) throws(LedgerError) -> QuarantineChange {
        let change = try engine.quarantine(waiting, caps: box.caps, at: clock.wall())
        kept.add(change.kept)
        dropped.add(change.dropped)
        expired.add(change.expired)
        return change
    }

    private func sweepLater() {
        if let timer { loop.arm(timer, at: loop.now + Limits.quarantineSweep) }
    }
}
