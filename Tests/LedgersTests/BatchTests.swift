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

    @Test func `counts what goes with an event for many subscribers`() throws {
        let controls = DoubleEngine.Controls()
        let writer = try LedgerWriter(engine: DoubleEngine(controls), clock: SystemClock(), metrics: Metrics())
        let deliveries = (1...1000).map {
            NewDelivery(subscriber: SubscriberID($0), endpoint: EndpointID(1), claimed: false)
        }
        let taken = controls.gate.withLock { _ in
            (0..<Limits.appendsWaiting).prefix { number in
                let event = WriterTests.event("\(number)")
                return writer.append(Append(event: event, deliveries: deliveries, dedup: .off)) { _ in }
            }.count
        }
        let bytes = taken * deliveries.count * MemoryLayout<NewDelivery>.stride
        #expect((1...Limits.appendBytesWaiting).contains(bytes))
        writer.stop()
    }
}
