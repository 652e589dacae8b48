package import Domain
internal import Net
internal import Synchronization
package import Telemetry

/// The ledger's thread and the way to it. Everything that waits is committed at once with one sync; an entry that is
/// alone does not wait for company, and while a commit syncs the next batch comes together.
///
/// Claims read their events on this thread too. They are bounded in count and bytes, and what a claim reads is mostly
/// what was written last or what lies side by side on disk, so a whole look-ahead costs less than one sync.
package final class LedgerWriter: LedgerQueue {
    /// Deliveries that an earlier process may have sent: recorded as `unknown` and due at once.
    package let recovered: Int

    private let shared: Shared
    private let thread: Mutex<Thread?>

    /// What the posting threads and the ledger's thread both touch.
    final class Shared: Sendable {
        let mailbox: Mailbox<LedgerPost>
        /// Appends that wait or are being committed, of all posters.
        let appendsWaiting = Atomic<Int>(0)
        let appendBytesWaiting = Atomic<Int>(0)
        /// True while batches can be committed and there is room for events.
        let isWritable = Atomic<Bool>(true)
        let isSound = Atomic(true)
        let statistics: Mutex<LedgerStatistics>
        let quarantine: QuarantineBox
        let quarantineDropped: Counter

        init(
            _ statistics: LedgerStatistics, quarantine caps: QuarantineCaps, metrics: Metrics
        ) throws(SystemError) {
            quarantine = QuarantineBox(caps)
            quarantineDropped = QuarantineWork.counter(metrics, "dropped")
            mailbox = try Mailbox()
            self.statistics = Mutex(statistics)
        }
    }

    /// Recovers, then starts the thread. `stop()` must be called before the last reference goes.
    ///
    /// - Throws: `LedgerError`, or `SystemError` when the process has no descriptor or thread left.
    package init(
        engine: sending any LedgerEngine, clock: any Clock, metrics: Metrics, log: Log? = nil,
        quarantine: QuarantineCaps = .off
    ) throws {
        recovered = try engine.recover(at: clock.wall())
        let shared = try Shared(try engine.statistics(), quarantine: quarantine, metrics: metrics)
        self.shared = shared
        let loop = try EventLoop(clock: clock)
        let work = LedgerWork(
            engine: engine, loop: loop, clock: clock, metrics: metrics, log: log, shared: shared)
        try loop.receive(shared.mailbox) { work.take($0) }
        loop.atEndOfTurn { work.endTurn() }
        let handover = Mutex<EventLoop?>(loop)
        thread = Mutex(
            try Thread(name: "ledger") {
                handover.withLock { $0.take() }?.run()
            })
    }

    package func append(
        _ append: Append, done: @escaping @Sendable (Result<AppendResult, LedgerError>) -> Void
    ) -> Bool {
        guard shared.isWritable.load(ordering: .relaxed) else { return false }
        let weight = append.weight
        // Counted first, so that threads that come at the same time cannot pass the bound together.
        let count = shared.appendsWaiting.wrappingAdd(1, ordering: .relaxed).newValue
        let bytes = shared.appendBytesWaiting.wrappingAdd(weight, ordering: .relaxed).newValue
        // One that is larger than the bound is taken while nothing else waits: `maxBody` may allow more.
        guard count <= Limits.appendsWaiting, bytes <= max(Limits.appendBytesWaiting, weight) else {
            shared.appendsWaiting.wrappingSubtract(1, ordering: .relaxed)
            shared.appendBytesWaiting.wrappingSubtract(weight, ordering: .relaxed)
            return false
        }
        shared.mailbox.post(.append(append, done))
        return true
    }

    package func settle(_ settlement: Settlement, done: @escaping @Sendable () -> Void) {
        shared.mailbox.post(.settle(settlement, done))
    }

    package func claim(_ claim: Claim, done: @escaping @Sendable (Result<ClaimResult, LedgerError>) -> Void) {
        shared.mailbox.post(.claim(claim, done))
    }

    package func hasQuarantineRoom(for route: RouteID, from source: IPAddress, weight: Int) -> Bool {
        if shared.quarantine.hasRoom(for: route, from: source, weight: weight) { return true }
        shared.quarantineDropped.add()
        return false
    }

    package func quarantine(_ request: RefusedRequest) {
        switch shared.quarantine.put(request) {
        case .first: shared.mailbox.post(.quarantine)
        case .taken: break
        case .dropped: shared.quarantineDropped.add()
        }
    }

    package func release(_ deliveries: [DeliveryID]) { shared.mailbox.post(.release(deliveries)) }

    package func pause(
        _ subscriber: SubscriberID, paused: Bool, reason: String, done: @escaping @Sendable (LedgerError?) -> Void
    ) {
        shared.mailbox.post(.pause(subscriber, paused: paused, reason: reason, done))
    }

    package func operate(
        _ operation: Operation, done: @escaping @Sendable (Result<OperationResult, LedgerError>) -> Void
    ) {
        shared.mailbox.post(.operate(operation, done))
    }

    package func register(
        _ directory: Directory, done: @escaping @Sendable (Result<DirectoryIDs, LedgerError>) -> Void
    ) {
        shared.mailbox.post(.register(directory, done))
    }

    package func count(_ uses: [SecretUse]) { if !uses.isEmpty { shared.mailbox.post(.uses(uses)) } }

    package var statistics: LedgerStatistics { shared.statistics.withLock { $0 } }
    /// False after an error of storage until the ledger was opened again: what it shows may not last.
    package var isSound: Bool { shared.isSound.load(ordering: .acquiring) }
    package var isWritable: Bool { shared.isWritable.load(ordering: .relaxed) }

    /// Commits what was posted before, closes the ledger and waits until its thread is gone. From now on appends are
    /// refused; whoever posts anything else after this gets no answer.
    package func stop() {
        shared.isWritable.store(false, ordering: .relaxed)
        shared.mailbox.post(.stop)
        if let thread = thread.withLock({ $0.take() }) { thread.join() }
    }
}

/// What waits for the ledger's thread, with whom to tell. Small, because each is copied from array to array: what is large
/// and rare is kept apart.
enum LedgerPost: Sendable {
    case append(Append, @Sendable (Result<AppendResult, LedgerError>) -> Void)
    case settle(Settlement, @Sendable () -> Void)
    indirect case claim(Claim, @Sendable (Result<ClaimResult, LedgerError>) -> Void)
    case release([DeliveryID])
    indirect case pause(SubscriberID, paused: Bool, reason: String, @Sendable (LedgerError?) -> Void)
    indirect case operate(Operation, @Sendable (Result<OperationResult, LedgerError>) -> Void)
    indirect case register(Directory, @Sendable (Result<DirectoryIDs, LedgerError>) -> Void)
    case uses([SecretUse])
    /// Refused requests wait in their box.
    case quarantine
    case stop

    /// Nil for what is not part of a batch.
    var entry: LedgerEntry? {
        switch self {
        case .append(let append, _): .append(append)
        case .settle(let settlement, _): .settle(settlement)
        case .claim(let claim, _): .claim(claim)
        case .release(let deliveries): .release(deliveries)
        case .pause(let subscriber, let paused, let reason, _): .pause(subscriber, paused: paused, reason: reason)
        case .operate(let operation, _): .operate(operation)
        case .uses(let uses): .uses(uses)
        case .register, .quarantine, .stop: nil
        }
    }

    var isReliedOn: Bool { entry?.isReliedOn ?? true }
}
