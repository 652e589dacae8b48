internal import CCurl
package import Domain
package import Ledgers
package import Net
internal import Routes
package import Telemetry

/// One dispatch loop: owns the lanes of its subscribers, their transfers, and a libcurl multi handle. Lives on its
/// loop's thread; others reach it through the hub.
package final class Dispatcher {
    let loop: EventLoop
    let mailbox: Mailbox<DispatchMessage>
    let hub: DispatchHub
    let ledger: any LedgerQueue
    private let clock: any Clock
    let schedule: any Clock
    let log: Log
    private let metrics: Metrics
    let watch: LaneWatch
    private let attemptSeconds: Histogram
    private lazy var multi = CurlMulti(on: loop) { [unowned self] easy, code in finished(easy, code) }
    private let signer = Signer()
    private(set) var lanes: [SubscriberID: LaneShell] = [:]
    lazy var usesTimer = Timer { [unowned self] in tellUses() }
    private var transfers: [ObjectIdentifier: (transfer: Transfer, lane: LaneShell, subscriber: SubscriberConfig)] = [:]
    /// Lanes to look at when this turn's messages and transfers are through.
    var touched: Set<SubscriberID> = []
    /// Lanes that could send more, once there are fewer sends under way.
    private var crowded = Queue<SubscriberID>()
    private let idleTransfers = IdleTransfers()
    private var nextShortageReport = MonotonicTime(nanoseconds: 0)
    private var random = SystemRandomNumberGenerator()
    /// What they bring is given back before the end: otherwise it would pass for sent.
    var claimsAtLedger = 0
    private(set) var drained: (@Sendable () -> Void)?

    /// - Parameters:
    ///   - place: which of the hub's loops this is.
    ///   - schedule: the clock of the ledger's due times.
    package init(
        _ place: Int, of hub: DispatchHub, on loop: EventLoop, ledger: any LedgerQueue, clock: any Clock,
        schedule: any Clock, log: Log, metrics: Metrics, watch: LaneWatch
    ) throws(SystemError) {
        self.watch = watch
        self.loop = loop
        self.hub = hub
        self.ledger = ledger
        self.clock = clock
        self.schedule = schedule
        self.log = log
        self.metrics = metrics
        mailbox = hub.mailbox(place)
        attemptSeconds = metrics.histogram("headgate_attempt_seconds", "Time of one send, from dial to last byte.")
        try loop.receive(mailbox) { [unowned self] message in take(message) }
        loop.atEndOfTurn { [unowned self] in lookAtTouched() }
    }

    private func take(_ message: DispatchMessage) {
        switch message {
        case .configure(let configs): configure(configs)
        case .deliver(let deliveries):
            for one in deliveries {
                if drained == nil, let shell = lanes[one.subscriber], !shell.isGone, !shell.isHeld {
                    shell.lane.enqueue(one.delivery)
                    touched.insert(one.subscriber)
                } else {
                    giveBack([one.delivery], hub.gate(of: one.subscriber))
                }
            }
        case .backlog(let id):
            // Also for a lane that is not known yet, or not any more: whatever it missed until then it finds when it is
            // configured, and what comes later must be told again.
            hub.gate(of: id).lookedAtBacklog()
            lanes[id]?.lane.overflowed(at: schedule.wall())
            touched.insert(id)
        case .due(let id):
            lanes[id]?.lane.due(at: schedule.wall())
            touched.insert(id)
        case .pause(let id, let reason): pause(id, reason)
        case .granted(let grant): granted(grant)
        case .claimed(let grant, let result): claimed(grant, result)
        case .settled(let id, let next):
            hub.gate(of: id).leave()
            guard let shell = lanes[id] else { return }
            shell.lane.settled(next)
            drop(ifDone: shell)
            touched.insert(id)
        case .drain(let done):
            drained = done
            for shell in lanes.values { park(shell) }
            finishDrain()
        }
    }

    // MARK: Lanes

    private func configure(_ configs: [LaneConfig]) {
        tellUses()
        var gone = Set(lanes.keys)
        for config in configs {
            gone.remove(config.id)
            let id = config.id
            if let shell = lanes[id] {
                shell.isGone = false
                shell.configure(config, at: loop.now)
            } else {
                lanes[id] = LaneShell(
                    config, gate: hub.gate(of: id), idle: idleTransfers, at: loop.now, metrics: metrics
                ) {
                    [unowned self] in touched.insert(id)
                }
            }
            if let shell = lanes[id], shell.isHeld { park(shell) }
            lanes[id]?.lane.due(at: schedule.wall())
            touched.insert(id)
        }
        for id in gone {
            guard let shell = lanes[id] else { continue }
            shell.isGone = true
            park(shell)
            shell.dropHandles()
            drop(ifDone: shell)
        }
        signer.keep(only: configs.map(\.subscriber.signing))
    }

    /// Nothing of a lane that is gone is on its way any more.
    private func drop(ifDone shell: LaneShell) {
        guard shell.isGone, shell.lane.depth == 0 else { return }
        lanes[shell.config.id] = nil
        shell.removeFigures()
    }

    /// Shuts a lane and gives back what it had not sent.
    private func park(_ shell: LaneShell) {
        shell.gate.shut()
        loop.disarm(shell.alarm)
        giveBack(shell.empty(), shell.gate)
    }

    private func pause(_ id: SubscriberID, _ reason: String?) {
        guard let shell = lanes[id] else { return }
        shell.pause(reason, at: loop.now)
        // What waited on disk goes before what comes now.
        if shell.isHeld { park(shell) } else { shell.lane.overflowed(at: schedule.wall()) }
        touched.insert(id)
    }

    func giveBack(_ deliveries: [ClaimedDelivery], _ gate: LaneGate) {
        guard !deliveries.isEmpty else { return }
        ledger.release(deliveries.map(\.id))
        for delivery in deliveries {
            gate.letGo(delivery)
            gate.leave()
        }
    }

    /// Once a turn, so that what came in together is sent together.
    private func lookAtTouched() {
        guard !touched.isEmpty, drained == nil else { return touched.removeAll(keepingCapacity: true) }
        let (wall, due) = (clock.wall(), schedule.wall())
        for id in touched { look(at: id, wall: wall, due: due) }
        touched.removeAll(keepingCapacity: true)
        while transfers.count < Limits.transfers, let id = crowded.popFirst() {
            lanes[id]?.isCrowded = false
            look(at: id, wall: wall, due: due)
        }
    }

    private func look(at id: SubscriberID, wall: WallTime, due: WallTime) {
        guard let shell = lanes[id], !shell.isGone else { return }
        let sends = max(Limits.transfers - transfers.count, shell.lane.isIdle ? 1 : 0)
        let step = shell.lane.next(at: loop.now, wall: due, sends: sends, mayFetch: shell.gate.mayFetch)
        for delivery in step.start { send(delivery, by: shell, at: wall) }
        giveBack(step.giveBack, shell.gate)
        if let most = step.claim { claim(most, for: shell) }
        if step.isOpen { shell.gate.open(to: step.lookAhead) } else { shell.gate.shut() }
        if let time = step.wakeAt { loop.arm(shell.alarm, at: time) } else { loop.disarm(shell.alarm) }
        if step.isCrowded, !shell.isCrowded {
            shell.isCrowded = true
            crowded.append(id)
        }
    }

    // MARK: Sends

    private func send(_ delivery: ClaimedDelivery, by shell: LaneShell, at wall: WallTime) {
        let transfer = shell.takeTransfer(to: delivery.url, on: multi)
        noteSigned(by: shell, at: wall)
        let words = signer.words(for: delivery, signedWith: shell.config.subscriber.signing, at: wall)
        transfer.headers.fill(for: delivery, to: shell.config, isKnown: transfer.isKnown, at: wall, as: words)
        transfer.prepare(delivery, dialsAnew: shell.mustDialAnew(for: delivery.id), at: wall, loop.now)
        transfers[ObjectIdentifier(transfer)] = (transfer, shell, shell.config.subscriber)
        multi.add(transfer.easy)
    }

    private func finished(_ easy: EasyHandle, _ code: CURLcode) {
        guard let ended = Transfer.of(easy),
            let (transfer, shell, subscriber) = transfers.removeValue(forKey: ObjectIdentifier(ended)),
            let delivery = transfer.delivery
        else { return }
        if transfer.neverBegan(code) { return putOff(transfer, of: shell, for: subscriber) }
        let retryAfter = transfer.retryAfter
        guard let attempt = transfer.end(code, at: clock.monotonic()) else { return }
        shell.give(back: transfer, for: subscriber)
        shell.gate.letGo(delivery)
        let verdict = subscriber.retry.verdict(
            on: attempt.outcome, status: attempt.status, attempt: attempt.number - delivery.attemptsBefore,
            wasStale: transfer.wasStale, retryAfter: retryAfter, using: &random)
        let openedBreaker = shell.finished(delivery.id, attempt, verdict, at: loop.now)
        attemptSeconds.observe(attempt.took.inSeconds)
        settle(delivery, attempt, verdict, of: shell)
        let trouble = attempt.outcome == .ok ? nil : transfer.trouble
        log.report(attempt, of: delivery, verdict, by: shell.config, reason: trouble)
        if attempt.outcome != .ok, verdict != .again {
            let reason = watch.failed(
                delivery.id, attempt, verdict, of: shell, openedBreaker: openedBreaker, at: loop.now)
            if let reason { stop(shell, reason) }
        }
        touched.insert(shell.config.id)
        finishDrain()
    }

    private func putOff(_ transfer: Transfer, of shell: LaneShell, for subscriber: SubscriberConfig) {
        guard let delivery = transfer.withdraw() else { return }
        if loop.now >= nextShortageReport {
            nextShortageReport = loop.now + .seconds(10)
            log.write(.error, "sends put off") {
                $0.add("reason", "no file descriptor or no memory left for a connection")
            }
        }
        shell.give(back: transfer, for: subscriber)
        shell.lane.withdrew(delivery, at: loop.now)
        if shell.isGone || shell.isHeld || drained != nil { giveBack(shell.lane.empty(), shell.gate) }
        drop(ifDone: shell)
        touched.insert(shell.config.id)
        finishDrain()
    }

    private func settle(_ delivery: ClaimedDelivery, _ attempt: Attempt, _ verdict: Verdict, of shell: LaneShell) {
        let next: Settlement.Next =
            switch verdict {
            case .delivered: .delivered
            case .retry(let after): .retry(at: schedule.wall() + after)
            // In its old place, before what came later.
            case .again: .again(at: min(delivery.dueAt, schedule.wall()))
            case .dead, .deadAndStop: .dead
            }
        let id = shell.config.id
        ledger.settle(Settlement(delivery: delivery.id, subscriber: id, attempt: attempt, next: next)) { [mailbox] in
            mailbox.post(.settled(id, next))
        }
    }

    /// By the gateway's own decision. Others hear of it in the ledger's order, so that an operator's resumption that comes
    /// after it is not undone.
    private func stop(_ shell: LaneShell, _ reason: String) {
        let id = shell.config.id
        pause(id, reason)
        ledger.pause(id, paused: true, reason: reason) { [stopped = watch.stopped] _ in stopped(id, reason) }
    }

    func finishDrain() {
        guard let drained, transfers.isEmpty, claimsAtLedger == 0 else { return }
        self.drained = {}
        tellUses()
        drained()
    }
}
