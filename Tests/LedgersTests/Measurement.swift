import Domain
import Foundation
import Glibc
import Ledgers
import Net
import Synchronization
import Telemetry
import Testing

private let measuredEvents = Int(ProcessInfo.processInfo.environment["HEADGATE_MEASURE"] ?? "") ?? 0

/// What the ledger costs, printed. Off unless `HEADGATE_MEASURE` gives the number of events; meant for a release build:
///
///     HEADGATE_MEASURE=100000 swift test -c release --filter Measurement
///
/// `HEADGATE_MEASURE_DIR` names the directory to write to, on the disk that is to be measured.
@Suite("Measurement", .enabled(if: measuredEvents > 0), .serialized)
struct Measurement {
    static let fanout = 3

    /// An event as providers send them: 1 KiB of body, 500 bytes of fields.
    static func event(_ number: Int, _ scene: Scene) -> Event {
        var body = [UInt8](repeating: UInt8(ascii: "x"), count: 1024)
        withUnsafeBytes(of: number) { body.replaceSubrange(0..<8, with: $0) }
        let bytes = Bytes(body)
        let digest = (try? sha256(bytes)) ?? .zero
        return Event(
            route: scene.ids.routes[0].route, receivedAt: SystemClock().wall(), source: IPAddress(v4: 0x0a00_0001),
            providerID: Bytes("evt_\(number &* 0x9e37_79b9 & 0xffff_ffff)_\(number)"), type: Bytes("order.paid"),
            headers: headers, body: bytes, bodyDigest: digest, coverage: .full, provenBy: "SECRET")
    }
    static let headers = Bytes(
        (0..<10).map { "x-provider-field-\($0): \(String(repeating: "v", count: 28))\r\n" }.joined())
    static let response = Bytes(
        "HTTP/1.1 200 OK\r\nserver: nginx\r\ncontent-length: 2\r\ncontent-type: text/plain\r\n\r\nok")

    static func cpu() -> Double { usage(1) }

    /// Seconds; 0 is the process, 1 the calling thread (RUSAGE_SELF, RUSAGE_THREAD).
    static func usage(_ who: Int32) -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(who), &usage)
        let time = { (value: timeval) -> Double in Double(value.tv_sec) + Double(value.tv_usec) / 1e6 }
        return time(usage.ru_utime) + time(usage.ru_stime)
    }

    static func settlement(_ id: DeliveryID, _ subscriber: SubscriberID, at now: WallTime) -> LedgerEntry {
        .settle(
            Settlement(
                delivery: id, subscriber: subscriber,
                attempt: Attempt(
                    number: 1, startedAt: now, took: .milliseconds(3), outcome: .ok, status: 200,
                    address: IPAddress(v4: 0x7f00_0001), phases: Attempt.Phases(firstByte: 2900), response: response),
                next: .delivered))
    }

    @Test(arguments: [100, 10, 1])
    func `events settled in the batch after their own`(_ batch: Int) throws {
        let directory = TemporaryDirectory()
        let scene = try Scene(in: directory)
        let total = batch == 100 ? measuredEvents : max(measuredEvents * batch / 100, 1)
        var unsettled: [(DeliveryID, Int)] = []
        var marks: [(events: Int, seconds: Double, cpu: Double)] = []
        var slowest: [Double] = []
        var (seconds, cpu) = (0.0, 0.0)
        let clock = SystemClock()
        for number in stride(from: 0, to: total, by: batch) {
            let now = clock.wall()
            var entries: [LedgerEntry] = (number..<min(number + batch, total)).map {
                scene.entry(
                    Self.event($0, scene), to: Array(0..<Self.fanout), claimed: true, dedup: .within(.seconds(86400)))
            }
            entries += unsettled.map { Self.settlement($0.0, scene.subscriber($0.1), at: now) }
            let (before, cpuBefore) = (clock.monotonic(), Self.cpu())
            let results = try scene.ledger.commit(entries, at: now)
            _ = try scene.ledger.tidy(isIdle: false)
            let took = (clock.monotonic() - before).inSeconds
            cpu += Self.cpu() - cpuBefore
            seconds += took
            slowest.append(took)
            unsettled = results.flatMap { result -> [(DeliveryID, Int)] in
                guard case .appended(.accepted(let id, _)) = result else { return [] }
                return (0..<Self.fanout).map { (DeliveryID(event: id, ordinal: Int32($0) + 1), $0) }
            }
            if (number + batch) % max(total / 10, batch) == 0 { marks.append((number + batch, seconds, cpu)) }
        }
        _ = try scene.ledger.tidy(isIdle: true)
        slowest.sort()
        let bytes = directory.size(of: "ledger.db") / total
        print(
            "\(batch) a batch, \(total) events: \(Int(Double(total) / seconds)) events/s,",
            "\(Int(cpu / Double(total) * 1e6)) µs CPU an event, \(bytes) bytes an event,",
            "commit p50 \(Int(slowest[slowest.count / 2] * 1e6)) p99 \(Int(slowest[slowest.count * 99 / 100] * 1e6)) max \(Int(slowest[slowest.count - 1] * 1e6)) µs"
        )
        for (earlier, later) in zip(marks, marks.dropFirst()) {
            let count = Double(later.events - earlier.events)
            print(
                "  to \(later.events): \(Int(count / (later.seconds - earlier.seconds))) events/s,",
                "\(((later.cpu - earlier.cpu) / count * 1e7).rounded() / 10) µs CPU")
        }
        let before = clock.monotonic()
        try scene.restart()
        print(
            "  start: \((clock.monotonic() - before).milliseconds) ms at \(directory.size(of: "ledger.db") >> 20) MiB")
        let opened = clock.monotonic()
        let report = try LedgerReader(path: directory.file("ledger.db")).verifyChain()
        #expect(report.fault == nil && report.events == total)
        print("  verified: \((clock.monotonic() - opened).milliseconds) ms")
    }

    /// A backlog that waits on disk, as after an outage of the subscriber.
    @Test func `claims of a whole look-ahead`() throws {
        let scene = try Scene()
        for number in stride(from: 0, to: measuredEvents, by: 500) {
            _ = try scene.commit((number..<number + 500).map { scene.entry(Self.event($0, scene), to: [0]) })
            _ = try scene.ledger.tidy(isIdle: false)
        }
        try scene.restart()
        for cold in [false, true] {
            if cold {
                let fd = open(scene.directory.file("ledger.db"), O_RDONLY)
                posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED)
                close(fd)
            }
            var took: [Double] = []
            let clock = SystemClock()
            scene.now = clock.wall()
            for _ in 0..<min(measuredEvents / 2 / Limits.laneLookAhead, 200) {
                let before = clock.monotonic()
                let claimed = try scene.claim(most: Limits.laneLookAhead, mostBytes: Limits.dispatchBytes)
                took.append((clock.monotonic() - before).inSeconds)
                #expect(claimed.deliveries.count == Limits.laneLookAhead)
            }
            took.sort()
            print(
                "claims of \(Limits.laneLookAhead), \(cold ? "from disk" : "from memory"): p50",
                "\(Int(took[took.count / 2] * 1e6)) µs, max \(Int(took[took.count - 1] * 1e6)) µs, sync included")
        }
    }

    /// Events that come evenly, through the writer, each settled as soon as it is accepted. The poster spins; the rest of
    /// the process's time is the ledger's thread.
    @Test(arguments: [500, 2000, 5000, 10_000])
    func `an even stream through the writer`(_ perSecond: Int) throws {
        let scene = try Scene()
        let events = (0..<2 * perSecond).map { Self.event($0, scene) }
        let clock = SystemClock()
        let directory = TemporaryDirectory()
        let engine = try SQLiteLedger(path: directory.file("ledger.db"))
        let subscribers = try engine.register(Scene.standard).routes[0].subscribers
        let metrics = Metrics()
        let writer = try LedgerWriter(
            engine: engine, clock: clock, metrics: metrics)
        let deliveries = subscribers.map {
            NewDelivery(subscriber: $0.subscriber, endpoint: $0.endpoint, claimed: true)
        }
        let latencies = Mutex<[Int64]>([])
        let before = Self.usage(0) - Self.usage(1)
        let start = clock.monotonic()
        for (number, event) in events.enumerated() {
            let due = start.nanoseconds + Int64(number) * 1_000_000_000 / Int64(perSecond)
            while clock.monotonic().nanoseconds < due {}
            let posted = clock.monotonic()
            let append = Append(event: event, deliveries: deliveries, dedup: .within(.seconds(86400)))
            _ = writer.append(append) { result in
                guard case .success(.accepted(let id, _)) = result else { return }
                latencies.withLock { $0.append((clock.monotonic() - posted).microseconds) }
                for (index, subscriber) in subscribers.enumerated() {
                    let settlement = Self.settlement(
                        DeliveryID(event: id, ordinal: Int32(index) + 1), subscriber.subscriber, at: clock.wall())
                    if case .settle(let settlement) = settlement { writer.settle(settlement) {} }
                }
            }
        }
        writer.stop()
        let cpu = Self.usage(0) - Self.usage(1) - before
        let sorted = latencies.withLock { $0.sorted() }
        print(
            "\(perSecond) events/s: \(Int(cpu / Double(events.count) * 1e6)) µs CPU an event,",
            "accepted after p50 \(sorted[sorted.count / 2]) p99 \(sorted[sorted.count * 99 / 100]) µs")
    }
}
