import Domain
import Foundation
import Glibc
import Ledgers
import Net
import Synchronization
import Telemetry
import Testing

@Suite("A ledger on a disk that fills up", .enabled(if: SmallDisk.isPossible), .timeLimit(.minutes(1)))
struct SmallDiskTests {
    @Test func `refuses events, records outcomes, and takes events again when there is space`() async throws {
        let directory = TemporaryDirectory()
        try SmallDisk.mount(directory.path)
        defer { SmallDisk.unmount(directory.path) }
        let engine = try SQLiteLedger(path: directory.file("ledger.db"))
        let ids = try engine.register(Scene.standard)
        let writer = try LedgerWriter(engine: engine, clock: SystemClock(), metrics: Metrics())
        let subscriber = ids.routes[0].subscribers[0]
        let ballast = directory.file("ballast")
        #expect(FileManager.default.createFile(atPath: ballast, contents: Data(count: 2 << 20)))

        func append(_ number: Int) async -> Result<AppendResult, LedgerError>? {
            let body = Bytes([UInt8](repeating: 1, count: 8000))
            let event = Event(
                route: ids.routes[0].route, receivedAt: SystemClock().wall(), source: .unspecified,
                providerID: Bytes("\(number)"), type: nil, headers: .empty, body: body,
                bodyDigest: (try? sha256(body)) ?? .zero, coverage: .none, provenBy: "")
            let delivery = NewDelivery(subscriber: subscriber.subscriber, endpoint: subscriber.endpoint, claimed: true)
            return await withCheckedContinuation { continuation in
                let isTaken = writer.append(Append(event: event, deliveries: [delivery], dedup: .off)) {
                    continuation.resume(returning: $0)
                }
                if !isTaken { continuation.resume(returning: nil) }
            }
        }

        var accepted: [EventID] = []
        while case .success(.accepted(let id, _))? = await append(accepted.count) { accepted.append(id) }
        #expect(accepted.count > 50)
        #expect(!writer.isWritable)
        let settled = Mutex(0)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let count = accepted.count
            for id in accepted {
                let attempt = Attempt(
                    number: 1, startedAt: SystemClock().wall(), took: .zero, outcome: .ok, status: 200, address: nil,
                    phases: Attempt.Phases(), response: Bytes("HTTP/1.1 200 OK\r\n\r\n"))
                writer.settle(
                    Settlement(
                        delivery: DeliveryID(event: id, ordinal: 1), subscriber: subscriber.subscriber,
                        attempt: attempt,
                        next: .delivered)
                ) {
                    let isLast = settled.withLock {
                        $0 += 1
                        return $0 == count
                    }
                    if isLast { continuation.resume() }
                }
            }
        }
        #expect(await append(-1) == nil)

        try FileManager.default.removeItem(atPath: ballast)
        while !writer.isWritable, !Task.isCancelled { await Task.yield() }
        guard case .success? = await append(-2) else {
            Issue.record("no event was taken although there is space")
            return
        }
        writer.stop()
        let report = try LedgerReader(path: directory.file("ledger.db")).verifyChain()
        #expect(report.fault == nil)
        #expect(report.events == accepted.count + 1 && report.attempts == accepted.count)
    }

    @Test(arguments: [300, 1500, 8000, 50_000])
    func `takes events again when retention has made room inside its file`(_ size: Int) throws {
        let directory = TemporaryDirectory()
        try SmallDisk.mount(directory.path)
        defer { SmallDisk.unmount(directory.path) }
        let scene = try Scene(in: directory)
        let event = try scene.event(nil, body: String(repeating: "x", count: size))
        let batch = max(30_000 / max(size, 1000), 1)

        func fill(_ most: Int = .max) throws -> Int {
            var count = 0
            while count < most {
                if !scene.ledger.hasRoom() {
                    _ = try scene.ledger.tidy(isIdle: true)
                    if !scene.ledger.hasRoom() { return count }
                }
                let results = try scene.commit((0..<batch).map { _ in scene.entry(event, claimed: true) })
                let ids = results.compactMap { if case .appended(.accepted(let id, _)) = $0 { id } else { nil } }
                _ = try scene.commit(ids.map { .settle(scene.settlement(DeliveryID(event: $0, ordinal: 1))) })
                count += batch
            }
            return count
        }

        let count = try fill()
        #expect(count * size > 1 << 20)
        try scene.restart()
        let ledger = try #require(scene.ledger as? SQLiteLedger)
        _ = try ledger.tidy(isIdle: true)
        #expect(!ledger.hasRoom())
        ledger.keep(Retention(bodyBytes: 1 << 19), clock: SystemClock())
        for _ in 0..<200 { _ = try ledger.tidy(isIdle: true) }
        #expect(ledger.hasRoom())
        let bytes = try column("SELECT sum(length(body)) FROM events", of: scene.path)[0]
        #expect(try #require(Int(String(decoding: bytes, as: UTF8.self))) <= 1 << 19)
        #expect(try fill(count / 4) >= count / 4)
        #expect(try scene.verify().fault == nil)
    }

    @Test func `heals by itself when it is told to keep less`() async throws {
        let directory = TemporaryDirectory()
        try SmallDisk.mount(directory.path)
        defer { SmallDisk.unmount(directory.path) }
        let event = try filled(directory)
        let engine = try SQLiteLedger(path: directory.file("ledger.db"))
        _ = try engine.register(Scene.standard)
        engine.keep(Retention(bytes: 4 << 20), clock: SystemClock())
        let writer = try LedgerWriter(engine: engine, clock: SystemClock(), metrics: Metrics())
        var accepted = 0
        while accepted < 100, !Task.isCancelled {
            let isTaken = await withCheckedContinuation { continuation in
                let append = Append(event: event, deliveries: [], dedup: .off)
                let isTaken = writer.append(append) { _ in continuation.resume(returning: true) }
                if !isTaken { continuation.resume(returning: false) }
            }
            if isTaken { accepted += 1 } else { await Task.yield() }
        }
        writer.stop()
        #expect(try LedgerReader(path: directory.file("ledger.db")).verifyChain().fault == nil)
    }

    /// Full of this event, and closed.
    private func filled(_ directory: TemporaryDirectory) throws -> Event {
        let scene = try Scene(in: directory)
        defer { scene.ledger.close() }
        let event = try scene.event(nil, body: String(repeating: "x", count: 8000))
        while true {
            _ = try scene.append(event, to: [])
            if scene.ledger.hasRoom() { continue }
            _ = try scene.ledger.tidy(isIdle: true)
            if !scene.ledger.hasRoom() { return event }
        }
    }
}

/// Eight megabytes, in memory. Only root may mount them, and not in every container.
private enum SmallDisk {
    static let isPossible: Bool = {
        let directory = TemporaryDirectory()
        guard geteuid() == 0, (try? mount(directory.path)) != nil else { return false }
        unmount(directory.path)
        return true
    }()

    static func mount(_ path: String) throws {
        try run("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", path])
    }
    static func unmount(_ path: String) { try? run("umount", ["-l", path]) }

    private static func run(_ command: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/" + command)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Unexpected() }
    }
}
