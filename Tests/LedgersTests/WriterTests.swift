import Domain
import Ledgers
import Net
import Synchronization
import Telemetry
import Testing

@Suite("The writer", .timeLimit(.minutes(1)))
struct WriterTests {
    let controls = DoubleEngine.Controls()
    let metrics = Metrics()
    let writer: LedgerWriter

    init() throws {
        writer = try LedgerWriter(engine: DoubleEngine(controls), clock: SystemClock(), metrics: metrics)
    }

    static func event(_ name: String, bytes: Int = 10) -> Event {
        Event(
            route: RouteID(1), receivedAt: WallTime(seconds: 0), source: .unspecified, providerID: Bytes(name),
            type: nil,
            headers: .empty, body: Bytes([UInt8](repeating: 0, count: bytes)), bodyDigest: .zero, coverage: .none,
            provenBy: "")
    }

    static func entry(_ name: String, bytes: Int = 10) -> Append {
        Append(event: event(name, bytes: bytes), deliveries: [], dedup: .off)
    }

    /// Nil when it was refused at once.
    func append(_ name: String) async -> Result<AppendResult, LedgerError>? {
        await withCheckedContinuation { continuation in
            let isTaken = writer.append(Self.entry(name)) { continuation.resume(returning: $0) }
            if !isTaken { continuation.resume(returning: nil) }
        }
    }

    func claim() async -> Result<ClaimResult, LedgerError> {
        await withCheckedContinuation { continuation in
            writer.claim(Claim(subscriber: SubscriberID(1), due: WallTime(seconds: 0), most: 1, mostBytes: 1)) {
                continuation.resume(returning: $0)
            }
        }
    }

    func settlement(_ event: Int64) -> Settlement {
        Settlement(
            delivery: DeliveryID(event: EventID(event), ordinal: 1), subscriber: SubscriberID(1),
            attempt: Attempt(
                number: 1, startedAt: WallTime(seconds: 0), took: .zero, outcome: .ok, status: 200, address: nil,
                phases: Attempt.Phases(), response: .empty), next: .delivered)
    }

    func settle(_ event: Int64) async {
        await withCheckedContinuation { continuation in writer.settle(settlement(event)) { continuation.resume() } }
    }

    /// Yields until `condition` holds; the suite's time limit ends a wait in vain.
    func until(_ condition: @Sendable () -> Bool) async { while !condition(), !Task.isCancelled { await Task.yield() } }

    @Test func `commits an entry that is alone at once`() async throws {
        #expect(try await append("a")?.get() == .accepted(EventID(1), conflictsWith: nil))
        #expect(controls.batches == [["a"]])
        writer.stop()
    }

    @Test func `commits together what came while a commit was under way`() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let left = Mutex(41)
            controls.gate.withLock { _ in
                for number in 0...40 {
                    _ = writer.append(Self.entry("\(number)")) { _ in
                        if left.withLock({
                            $0 -= 1; return $0 == 0
                        }) {
                            continuation.resume()
                        }
                    }
                    if number == 0 { while controls.entered.withLock({ $0 }) == 0 {} }
                }
            }
        }
        #expect(controls.batches == [["0"], (1...40).map { "\($0)" }])
        writer.stop()
    }

    @Test func `commits a few outcomes with the next event, and no later than after a moment`() async throws {
        let writer = try LedgerWriter(engine: DoubleEngine(controls), clock: Stopped(), metrics: metrics)
        writer.settle(settlement(1)) {}
        writer.settle(settlement(2)) {}
        _ = await withCheckedContinuation { continuation in
            _ = writer.append(Self.entry("a")) { continuation.resume(returning: $0) }
        }
        #expect(controls.batches == [["settle 1", "settle 2", "a"]])
        for event in 3...20 { writer.settle(settlement(Int64(event))) {} }
        await until { controls.batches.count > 1 }
        writer.stop()

        await settle(21)
        #expect(controls.batches.last == ["settle 21"])
        self.writer.stop()
    }

    @Test func `splits what waits at the most entries of a batch`() async {
        controls.gate.withLock { _ in
            _ = writer.append(Self.entry("first")) { _ in }
            while controls.entered.withLock({ $0 }) == 0 {}
            for number in 0..<(Limits.batchEntries + 3) { _ = writer.append(Self.entry("\(number)")) { _ in } }
        }
        writer.stop()
        let most = Limits.batchEntries - Limits.batchClaims
        #expect(controls.batches.map(\.count) == [1, most, 3 + Limits.batchClaims])
    }

    @Test func `does not let many claims keep an event waiting`() async {
        let claim = Claim(subscriber: SubscriberID(1), due: WallTime(seconds: 0), most: 1, mostBytes: 1)
        controls.gate.withLock { _ in
            _ = writer.append(Self.entry("first")) { _ in }
            while controls.entered.withLock({ $0 }) == 0 {}
            for _ in 0..<(3 * Limits.batchClaims) { writer.claim(claim) { _ in } }
            _ = writer.append(Self.entry("event")) { _ in }
        }
        _ = await self.claim()
        let claims = [String](repeating: "claim", count: Limits.batchClaims)
        #expect(controls.batches == [["first"], ["event"] + claims, claims, claims, ["claim"]])
        writer.stop()
    }

    @Test func `refuses more appends than may wait, and takes them again`() async throws {
        controls.gate.withLock { _ in
            for _ in 0..<Limits.appendsWaiting { #expect(writer.append(Self.entry("a", bytes: 1)) { _ in }) }
            #expect(!writer.append(Self.entry("b", bytes: 1)) { _ in Issue.record("completed although refused") })
        }
        await settle(1)
        #expect(await append("c") != nil)
        writer.stop()
    }

    @Test func `refuses more bytes than may wait`() async {
        let quarter = Limits.appendBytesWaiting / 4
        controls.gate.withLock { _ in
            for _ in 0..<3 { #expect(writer.append(Self.entry("a", bytes: quarter)) { _ in }) }
            #expect(!writer.append(Self.entry("b", bytes: quarter)) { _ in })
            #expect(writer.append(Self.entry("small", bytes: 1000)) { _ in })
        }
        await settle(1)
        #expect(await append("c") != nil)
        writer.stop()
    }

    @Test func `takes the largest body that a route may allow, alone`() async {
        controls.gate.withLock { _ in
            #expect(writer.append(Self.entry("large", bytes: Limits.bodyBytesMost)) { _ in })
            #expect(!writer.append(Self.entry("b", bytes: 1)) { _ in })
        }
        await settle(1)
        #expect(await append("c") != nil)
        writer.stop()
    }

    @Test func `registers in the order of the posts`() async {
        controls.gate.withLock { _ in
            _ = writer.append(Self.entry("first")) { _ in }
            while controls.entered.withLock({ $0 }) == 0 {}
            _ = writer.append(Self.entry("before")) { _ in }
            writer.register(Directory(routes: [])) { _ in }
            _ = writer.append(Self.entry("after")) { _ in }
        }
        writer.stop()
        #expect(controls.batches == [["first"], ["before"], ["register"], ["after"]])
    }

    @Test func `commits what waits before it stops`() async {
        let done = Mutex(0)
        controls.gate.withLock { _ in
            for number in 0..<10 { _ = writer.append(Self.entry("\(number)")) { _ in done.withLock { $0 += 1 } } }
            writer.settle(settlement(3)) { done.withLock { $0 += 1 } }
        }
        writer.stop()
        #expect(done.withLock { $0 } == 11)
        #expect(controls.state.withLock { $0.isClosed })
        #expect(!writer.append(Self.entry("late")) { _ in Issue.record("completed although stopped") })
    }

    @Test func `says what it recovered and measures its commits`() async {
        #expect(writer.recovered == 7)
        _ = await append("a")
        await settle(1)
        #expect(metrics.text().contains("headgate_commit_seconds_count 2"))
        #expect(metrics.text().contains("headgate_commit_events_sum 1"))
        writer.stop()
    }

    @Test func `shows statistics soon after a change`() async {
        _ = await append("a")
        await until { writer.statistics.ledgerBytes == 1 }
        writer.stop()
    }

    // MARK: Trouble

    static let errors: [LedgerError] = [.full(path: "x"), .storage(path: "x", code: 10, detail: "disk I/O error")]

    @Test(arguments: errors)
    func `fails the batch and refuses appends until the ledger was opened again`(_ error: LedgerError) async throws {
        controls.fail(error)
        #expect(await append("a") == .failure(error))
        #expect(!writer.isWritable && !writer.isSound)
        #expect(await append("b") == nil)
        let claimed = await claim()
        #expect(throws: LedgerError.latched) { try claimed.get() }
        controls.fail(nil)
        await until { writer.isWritable }
        #expect(writer.isSound)
        #expect(controls.state.withLock { $0.reopenings } >= 1)
        #expect(try await append("c")?.get() == .accepted(EventID(1), conflictsWith: nil))
        writer.stop()
    }

    @Test func `keeps settlements and stops through trouble and stores them first`() async throws {
        controls.fail(.full(path: "x"))
        let settled = Mutex<[Int64]>([])
        writer.settle(settlement(1)) { settled.withLock { $0.append(1) } }
        writer.release([DeliveryID(event: EventID(5), ordinal: 1)])
        await until { !writer.isWritable }
        writer.settle(settlement(2)) { settled.withLock { $0.append(2) } }
        writer.pause(SubscriberID(1), paused: true, reason: "410") { error in
            if error == nil { settled.withLock { $0.append(3) } }
        }
        #expect(settled.withLock { $0 } == [])
        controls.fail(nil)
        await until { writer.isWritable }
        #expect(settled.withLock { $0 } == [1, 2, 3])
        #expect(controls.batches.flatMap { $0 } == ["settle 1", "release", "settle 2", "pause"])
        writer.stop()
    }

    @Test func `tries again when opening fails too`() async {
        controls.fail(.storage(path: "x", code: 10, detail: "disk I/O error"))
        _ = await append("a")
        await until { controls.state.withLock { $0.reopenings } >= 2 }
        #expect(!writer.isWritable)
        controls.fail(nil)
        await until { writer.isWritable }
        writer.stop()
    }

    @Test func `is in trouble when housekeeping fails`() async {
        controls.state.withLock { $0.tidyFailure = .storage(path: "x", code: 10, detail: "disk I/O error") }
        #expect(await append("a") != nil)
        await until { controls.state.withLock { $0.reopenings } >= 1 && writer.isWritable }
        writer.stop()
    }

    @Test func `refuses events but records outcomes while there is no room`() async {
        controls.setRoom(false)
        _ = await append("last")
        #expect(await append("refused") == nil)
        await settle(1)
        controls.setRoom(true)
        await until { writer.isWritable }
        #expect(await append("again") != nil)
        #expect(controls.batches.flatMap { $0 } == ["last", "settle 1", "again"])
        writer.stop()
    }

    @Test func `answers every post once while the engine fails now and then`() async throws {
        final class Tally: Sendable {
            let answers = Mutex<[Int: Int]>([:])
            let refused = Atomic<Int>(0)
            let settled = Atomic<Int>(0)
        }
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for poster in 0..<4 {
                group.addTask {
                    for number in 0..<200 {
                        let key = poster * 1000 + number
                        let isTaken = writer.append(Self.entry("\(key)")) { _ in
                            tally.answers.withLock { $0[key, default: 0] += 1 }
                        }
                        if !isTaken { tally.refused.wrappingAdd(1, ordering: .relaxed) }
                        writer.settle(settlement(Int64(key))) { tally.settled.wrappingAdd(1, ordering: .relaxed) }
                        if number == 50 { controls.fail(.full(path: "x")) }
                        if number == 150 { controls.fail(nil) }
                        await Task.yield()
                    }
                }
            }
        }
        controls.fail(nil)
        await until { tally.settled.load(ordering: .relaxed) == 800 }
        writer.stop()
        #expect(tally.answers.withLock { $0.values.allSatisfy { $0 == 1 } })
        #expect(tally.answers.withLock { $0.count } + tally.refused.load(ordering: .relaxed) == 800)
    }
}
