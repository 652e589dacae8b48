import Domain
import Ledgers
import Net
import Synchronization
import Telemetry
import Testing

@Suite("The writer and what was refused", .timeLimit(.minutes(1)))
struct QuarantineWriterTests {
    let controls = DoubleEngine.Controls()
    let metrics = Metrics()

    private func writer(_ caps: QuarantineCaps = QuarantineCaps()) throws -> LedgerWriter {
        try LedgerWriter(engine: DoubleEngine(controls), clock: SystemClock(), metrics: metrics, quarantine: caps)
    }

    private func request(_ route: Int64, _ source: UInt32, bytes: Int = 10) -> RefusedRequest {
        RefusedRequest(
            route: RouteID(route), receivedAt: WallTime(seconds: 0), source: IPAddress(v4: source),
            reason: "token-wrong",
            method: Bytes("POST"), path: Bytes("/"), headers: .empty, hidden: .init(query: nil, credentials: .empty),
            body: Bytes([UInt8](repeating: 0, count: bytes)), bodyBytes: bytes)
    }

    private var refused: [RefusedRequest] { controls.state.withLock { $0.refused.flatMap(\.self) } }

    @Test func `what waits is bounded by route and source, and more is dropped, not waited for`() throws {
        let writer = try writer()
        // A commit that hangs: nothing is taken out of the box.
        controls.gate.withLock { _ in
            _ = writer.append(WriterTests.entry("hangs")) { _ in }
            while controls.entered.withLock({ $0 }) == 0 {}
            for number in 0..<5000 { writer.quarantine(request(1, UInt32(number % 2) << 16)) }
            for _ in 0..<10 { writer.quarantine(request(2, 9 << 16)) }
            #expect(!writer.hasQuarantineRoom(for: RouteID(1), from: IPAddress(v4: 7 << 16), weight: 1))
            #expect(
                !writer.hasQuarantineRoom(for: RouteID(2), from: .unspecified, weight: Limits.quarantineWaitingBytes))
            #expect(writer.hasQuarantineRoom(for: RouteID(2), from: .unspecified, weight: 100))
        }
        writer.stop()
        let routes = refused.map(\.route.raw)
        #expect(routes.filter { $0 == 1 }.count == Limits.quarantineWaitingOfRoute)
        #expect(routes.filter { $0 == 2 }.count == 10, "another route has room all the same")
        #expect(metrics.text().contains("headgate_quarantine_total{result=\"kept\"} 138"))
    }

    @Test func `nothing is kept when it is turned off`() throws {
        let writer = try writer(.off)
        #expect(!writer.hasQuarantineRoom(for: RouteID(1), from: .unspecified, weight: 1))
        writer.stop()
        #expect(refused.isEmpty)
    }

    @Test func `what waits at the end is written`() throws {
        let writer = try writer()
        writer.quarantine(request(1, 1))
        writer.stop()
        #expect(refused.count == 1)
    }
}
