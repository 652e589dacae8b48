import Domain
import Ledgers
import Net
import Synchronization
import Telemetry
import Testing

/// What waits for the ledger is bounded by counting it until it is committed: nothing may be held for longer than that.
@Suite("What a batch holds", .timeLimit(.minutes(1)))
struct BatchTests {
    /// Sees an event without holding it.
    private final class Sight: Sendable {
        private struct State: @unchecked Sendable { weak var event: Event? }
        private let state: Mutex<State>
        init(_ event: Event) { state = Mutex(State(event: event)) }
        var isGone: Bool { state.withLock { $0.event == nil } }
    }

    @Test(arguments: [nil, LedgerError.full(path: "x")])
    func `is gone by the time the next poster is told`(_ failure: LedgerError?) async throws {
        let controls = DoubleEngine.Controls()
        let writer = try LedgerWriter(engine: DoubleEngine(controls), clock: SystemClock(), metrics: Metrics())
        let sights = Mutex<[Sight]>([])
        let held = Mutex<[Int]>([])
        // More than one batch.
        let count = Limits.batchEntries * 2
        controls.gate.withLock { _ in
            _ = writer.append(WriterTests.entry("first")) { _ in }
            while controls.entered.withLock({ $0 }) == 0 {}
            controls.fail(failure)
            for place in 0..<count {
                let entry = WriterTests.entry("\(place)")
                sights.withLock { $0.append(Sight(entry.event)) }
                let isTaken = writer.append(entry) { _ in
                    let before = sights.withLock { $0.prefix(place).count { !$0.isGone } }
                    held.withLock { $0.append(before) }
                }
                #expect(isTaken)
            }
        }
        writer.stop()
        #expect(held.withLock { $0 } == [Int](repeating: 0, count: count))
    }
}
