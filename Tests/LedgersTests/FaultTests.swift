import CSQLite
import Domain
import Glibc
import Ledgers
import Net
import Telemetry
import Testing

@Suite("A ledger on a failing disk", .timeLimit(.minutes(1)))
struct FaultTests {
    let directory = TemporaryDirectory()
    let disk: FaultyDisk
    let scene: Scene

    init() throws {
        disk = FaultyDisk(below: directory.path)
        scene = try Scene(in: directory)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let call: FaultyDisk.Call
        let code: Int32
        var isFull = false
    }
    static let faults = [
        Fault(testDescription: "sync fails", call: .sync, code: SQLITE_IOERR | 4 << 8),
        Fault(testDescription: "write fails", call: .write, code: SQLITE_IOERR | 3 << 8),
        Fault(testDescription: "no space", call: .write, code: SQLITE_FULL, isFull: true),
    ]

    @Test(arguments: faults)
    func `stores nothing of the batch and nothing after it until it is opened again`(_ fault: Fault) throws {
        let before = try scene.accept(try scene.event("before"), claimed: true)
        disk.answer(fault.call, with: fault.code)
        do {
            try scene.append(try scene.event("failed"))
            Issue.record("committed on a disk that failed")
        } catch let error as LedgerError {
            if case .full = error { #expect(fault.isFull) } else { #expect(!fault.isFull) }
        }
        disk.answer(fault.call, with: nil)
        #expect(throws: LedgerError.latched) { try scene.append(try scene.event("latched")) }
        #expect(throws: LedgerError.latched) { try scene.claim() }

        try scene.ledger.reopen()
        // Held by this process before, held by it still.
        #expect(try scene.claim().deliveries.isEmpty)
        try scene.settle(DeliveryID(event: before, ordinal: 1))
        let after = try scene.accept(try scene.event("after"))
        #expect(try scene.claim().deliveries.map(\.id.event) == [after])
        #expect(try stored() == ["before", "after"])
    }

    @Test(arguments: faults)
    func `stays closed while opening fails too`(_ fault: Fault) throws {
        disk.answer(fault.call, with: fault.code)
        #expect(throws: LedgerError.self) { try scene.append(try scene.event("failed")) }
        #expect(throws: LedgerError.self) { try scene.ledger.reopen() }
        #expect(throws: LedgerError.latched) { try scene.append(try scene.event("latched")) }
        disk.answer(fault.call, with: nil)
        try scene.ledger.reopen()
        _ = try scene.accept(try scene.event("after"))
        #expect(try stored() == ["after"])
    }

    /// The failed transaction is complete in the log: only its sync was refused.
    @Test func `does not let a batch whose sync failed come back after a crash`() throws {
        disk.answer(.sync, with: SQLITE_IOERR | 4 << 8)
        #expect(throws: LedgerError.self) { try scene.append(try scene.event("refused")) }
        #expect(throws: LedgerError.self) { try scene.ledger.reopen() }
        disk.answer(.sync, with: nil)
        let copy = TemporaryDirectory()
        try directory.copy("ledger.db", to: copy)
        unlink(copy.file("ledger.db-shm"))
        let after = try Scene(in: copy)
        #expect(try after.claim().deliveries.isEmpty)
    }

    @Test func `can be made after its making failed anywhere`() throws {
        for call in [FaultyDisk.Call.write, .sync] {
            for after in 0... {
                let directory = TemporaryDirectory()
                let disk = FaultyDisk(below: directory.path)
                disk.answer(call, with: SQLITE_IOERR, after: after)
                let isMade = (try? SQLiteLedger(path: directory.file("ledger.db"))) != nil
                disk.answer(call, with: nil)
                let scene = try Scene(in: directory)
                _ = try scene.accept(try scene.event("1"))
                if isMade { break }
            }
        }
    }

    @Test func `keeps settlements and serves again by itself`() async throws {
        let settlement = scene.settlement(DeliveryID(event: EventID(1), ordinal: 1))
        let directory = TemporaryDirectory()
        let disk = FaultyDisk(below: directory.path)
        let engine = try SQLiteLedger(path: directory.file("ledger.db"))
        _ = try engine.register(Scene.standard)
        let writer = try LedgerWriter(engine: engine, clock: SystemClock(), metrics: Metrics())
        disk.answer(.write, with: SQLITE_FULL)
        await withCheckedContinuation { continuation in
            writer.operate(Operation(.pause(scene.subscriber(0)), actor: "a", reason: "")) { _ in continuation.resume()
            }
        }
        #expect(!writer.isWritable)
        disk.answer(.write, with: nil)
        await withCheckedContinuation { continuation in writer.settle(settlement) { continuation.resume() } }
        while !writer.isWritable, !Task.isCancelled { await Task.yield() }
        writer.stop()
    }

    @Test func `goes on when a checkpoint finds no space`() throws {
        _ = try scene.commit(try (0..<500).map { scene.entry(try scene.event("\($0)")) })
        let writes = disk.count(.write)
        disk.answer(.write, with: SQLITE_FULL)
        #expect(try scene.ledger.tidy(isIdle: true) == false)
        #expect(disk.count(.write) > writes)
        disk.answer(.write, with: nil)
        _ = try scene.accept(try scene.event("after"))
    }

    @Test func `takes a limit on the file's size for a full disk`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let scene = try Scene()
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(1), &limit)
            let before = limit
            limit.rlim_cur = rlim_t(scene.directory.size(of: "ledger.db-wal") + 400_000)
            setrlimit(__rlimit_resource_t(1), &limit)
            var accepted: [EventID] = []
            do {
                while true { accepted.append(try scene.accept(try scene.event("\(accepted.count)"))) }
            } catch let error as LedgerError {
                guard case .full = error else { exit(1) }
            }
            var raised = before
            setrlimit(__rlimit_resource_t(1), &raised)
            try scene.ledger.reopen()
            _ = try scene.accept(try scene.event("after"))
            let found = try scene.claim(most: 1000).deliveries.map(\.id.event)
            exit(found.dropLast() == accepted[...] && accepted.count > 3 ? 0 : 2)
        }
    }

    private func stored() throws -> [String] {
        let reader = try LedgerReader(path: directory.file("ledger.db"))
        return try reader.events(EventQuery(), after: nil, limit: 100).rows.compactMap { $0.providerID?.text }
            .reversed()
    }
}
