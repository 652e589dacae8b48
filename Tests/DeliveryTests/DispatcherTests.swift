import Domain
import Ledgers
import Net
import Routes
import Synchronization
import Telemetry
import Testing

@testable import Delivery

@Suite("A dispatch loop", .timeLimit(.minutes(1)))
struct DispatcherTests {
    private let lane = SubscriberID(1)
    private let hub: DispatchHub
    private let loop: EventLoop
    private let ledger = ScriptedLedger()
    private let dispatcher: Dispatcher
    private let end: Mailbox<Bool>

    init() throws {
        let clock = SystemClock()
        let log = Log(level: .error, format: .json, clock: clock)
        let metrics = Metrics()
        hub = try DispatchHub(loops: 1)
        loop = try EventLoop()
        end = try Mailbox()
        try loop.receive(end) { [loop] _ in loop.stop() }
        dispatcher = try Dispatcher(
            0, of: hub, on: loop, ledger: ledger, clock: clock, schedule: clock, log: log, metrics: metrics,
            watch: LaneWatch(bell: AlarmBell(log: log, clock: clock, metrics: metrics) { _ in }) { _, _ in })
    }

    private func configure() throws {
        hub.configure([
            LaneConfig(
                id: lane, route: "r", subscriber: try loadedSubscriber(), policy: AddressPolicy(allowsPrivate: true),
                paused: nil)
        ])
    }

    /// Until something stops the loop. Patience only ends a wait in vain.
    private func run() {
        let patience = Timer { [loop] in loop.stop() }
        loop.arm(patience, at: loop.now + .seconds(10))
        loop.run()
    }

    private func delivery() -> ClaimedDelivery {
        let event = Event(
            route: RouteID(1), receivedAt: WallTime(seconds: 0), source: .unspecified, providerID: nil, type: nil,
            headers: .empty, body: .empty, bodyDigest: .zero, coverage: .full, provenBy: "")
        return ClaimedDelivery(
            id: DeliveryID(event: EventID(7), ordinal: 1), event: event, url: "http://127.0.0.1:9/", attempts: 0,
            dueAt: WallTime(seconds: 0), conflictsWith: nil)
    }

    @Test("hears of what is left on disk, also when that happened before it knew the lane")
    func leftOnDisk() throws {
        hub.leftOnDisk(lane)
        try configure()
        ledger.onClaim { [hub, lane, loop, ledger] done in
            done(.success(ClaimResult(deliveries: [], nextDue: nil)))
            if ledger.words.count == 1 { hub.leftOnDisk(lane) } else { loop.stop() }
        }
        run()
        #expect(ledger.words == ["claim", "claim"])
    }

    @Test("is not drained before a claim at the ledger has come back and is given back")
    func drainWithClaim() throws {
        try configure()
        let delivery = delivery()
        ledger.onClaim { [hub, loop, ledger, end] done in
            hub.drain {
                ledger.note("drained")
                end.post(true)
            }
            // The next turn meets the order to drain before its timers ring.
            let answer = Timer { done(.success(ClaimResult(deliveries: [delivery], nextDue: nil))) }
            loop.arm(answer, at: loop.now)
        }
        run()
        #expect(ledger.words == ["claim", "release", "drained"])
    }

    @Test("gives back what is handed over after it began to drain")
    func deliverAfterDrain() throws {
        try configure()
        let late = LaneDelivery(subscriber: lane, delivery: delivery())
        ledger.onClaim { [hub, end] done in
            done(.success(ClaimResult(deliveries: [], nextDue: nil)))
            hub.drain {}
            hub.deliver([late])
            end.post(true)
        }
        run()
        #expect(ledger.words == ["claim", "release"])
    }

    @Test("forgets a lane that is gone and has nothing on its way")
    func goneWhileIdle() throws {
        try configure()
        ledger.onClaim { [hub, end] done in
            done(.success(ClaimResult(deliveries: [], nextDue: nil)))
            hub.configure([])
            hub.drain { end.post(true) }
        }
        run()
        #expect(dispatcher.lanes.isEmpty)
    }
}

/// A ledger that does what a test says, and notes what it is asked. Called on one thread.
private final class ScriptedLedger: LedgerQueue {
    typealias Done = @Sendable (Result<ClaimResult, LedgerError>) -> Void

    private let noted = Mutex<[String]>([])
    /// Set before the loop runs, called on its thread.
    private nonisolated(unsafe) var claimed: (@escaping Done) -> Void = { _ in }

    var words: [String] { noted.withLock { $0 } }
    func note(_ word: String) { noted.withLock { $0.append(word) } }
    func onClaim(_ claimed: @escaping (@escaping Done) -> Void) { self.claimed = claimed }

    func claim(_ claim: Claim, done: @escaping Done) {
        note("claim")
        claimed(done)
    }

    func release(_ deliveries: [DeliveryID]) { note("release") }

    func append(_ append: Append, done: @escaping @Sendable (Result<AppendResult, LedgerError>) -> Void) -> Bool {
        false
    }
    func settle(_ settlement: Settlement, done: @escaping @Sendable () -> Void) {}
    func hasQuarantineRoom(for route: RouteID, from source: IPAddress, weight: Int) -> Bool { false }
    func quarantine(_ request: RefusedRequest) {}
    func pause(
        _ subscriber: SubscriberID, paused: Bool, reason: String, done: @escaping @Sendable (LedgerError?) -> Void
    ) {}
    func operate(
        _ operation: Operation, done: @escaping @Sendable (Result<OperationResult, LedgerError>) -> Void
    ) {}
    func register(_ directory: Directory, done: @escaping @Sendable (Result<DirectoryIDs, LedgerError>) -> Void) {}
    func count(_ uses: [SecretUse]) {}
    var statistics: LedgerStatistics { LedgerStatistics() }
    let isWritable = true
}
