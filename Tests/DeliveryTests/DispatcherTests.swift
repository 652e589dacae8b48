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

    @Test("hears of what is left on disk, also when that happened before it knew the lane")
    func leftOnDisk() throws {
        let hub = try DispatchHub(loops: 1)
        let ledger = EmptyLedger()
        let loop = try EventLoop()
        let clock = SystemClock()
        let log = Log(level: .error, format: .json, clock: clock)
        let metrics = Metrics()
        let watch = LaneWatch(bell: AlarmBell(log: log, clock: clock, metrics: metrics) { _ in }) { _, _ in }
        let dispatcher = try Dispatcher(
            0, of: hub, on: loop, ledger: ledger, clock: clock, schedule: clock, log: log, metrics: metrics,
            watch: watch)

        hub.leftOnDisk(lane)
        hub.configure([
            LaneConfig(
                id: lane, route: "r", subscriber: try loadedSubscriber(), policy: AddressPolicy(allowsPrivate: true),
                paused: nil)
        ])
        ledger.onClaim { [lane] count in
            if count == 1 { hub.leftOnDisk(lane) } else { loop.stop() }
        }
        let patience = Timer { loop.stop() }
        loop.arm(patience, at: loop.now + .seconds(10))
        withExtendedLifetime(dispatcher) { loop.run() }
        #expect(ledger.claims.load(ordering: .relaxed) == 2)
    }
}

/// A ledger in which nothing is due. Called on one thread.
private final class EmptyLedger: LedgerQueue {
    let claims = Atomic<Int>(0)
    private nonisolated(unsafe) var claimed: (Int) -> Void = { _ in }

    func onClaim(_ claimed: @escaping (Int) -> Void) { self.claimed = claimed }

    func claim(_ claim: Claim, done: @escaping @Sendable (Result<ClaimResult, LedgerError>) -> Void) {
        done(.success(ClaimResult(deliveries: [], nextDue: nil)))
        claimed(claims.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    func append(_ append: Append, done: @escaping @Sendable (Result<AppendResult, LedgerError>) -> Void) -> Bool {
        false
    }
    func settle(_ settlement: Settlement, done: @escaping @Sendable () -> Void) {}
    func hasQuarantineRoom(for route: RouteID, from source: IPAddress, weight: Int) -> Bool { false }
    func quarantine(_ request: RefusedRequest) {}
    func release(_ deliveries: [DeliveryID]) {}
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
