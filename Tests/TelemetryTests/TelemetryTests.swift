import Domain
import Glibc
import Telemetry
import Testing

@Suite("Metrics")
struct MetricsTests {
    @Test("the same name and labels give the same counter")
    func sameCounter() {
        let metrics = Metrics()
        metrics.counter("events_total", "Events.", [("route", "a")]).add()
        metrics.counter("events_total", "Events.", [("route", "a")]).add(2)
        metrics.counter("events_total", "Events.", [("route", "b")]).add()
        #expect(
            metrics.text() == """
                # HELP events_total Events.
                # TYPE events_total counter
                events_total{route="a"} 3
                events_total{route="b"} 1

                """)
    }

    @Test("what is removed is in no scrape, and the others stay themselves")
    func removal() {
        let metrics = Metrics()
        let counters = ["a", "b", "c"].map { metrics.counter("events_total", "Events.", [("route", $0)]) }
        metrics.remove("events_total", [("route", "a")])
        metrics.remove("events_total", [("route", "nobody")])
        metrics.remove("nothing_total", [])
        for counter in counters { counter.add() }
        metrics.counter("events_total", "Events.", [("route", "c")]).add()
        let samples = metrics.text().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(samples.sorted() == [#"events_total{route="b"} 1"#, #"events_total{route="c"} 2"#])
        metrics.counter("events_total", "Events.", [("route", "a")]).add()
        #expect(metrics.text().contains(#"events_total{route="a"} 1"#))
    }

    @Test("a histogram counts cumulatively, the last bucket holds all")
    func histogram() {
        let metrics = Metrics()
        let histogram = metrics.histogram("s", "Seconds.", bounds: [0.5, 1])
        for value in [0.25, 0.5, 0.75, 4] { histogram.observe(value) }
        let lines = metrics.text().split(separator: "\n")
        #expect(lines.contains("s_bucket{le=\"0.5\"} 2"))
        #expect(lines.contains("s_bucket{le=\"1.0\"} 3"))
        #expect(lines.contains("s_bucket{le=\"+Inf\"} 4"))
        #expect(lines.contains("s_sum 5.5"))
        #expect(lines.contains("s_count 4"))
    }

    @Test("label values are escaped")
    func escaping() {
        let metrics = Metrics()
        metrics.atScrape { $0.gauge("g", "G.", [([("name", "a\"b\\c\nd")], 1)]) }
        #expect(metrics.text().contains(#"g{name="a\"b\\c\nd"} 1"#))
    }
}

@Suite("The log")
struct LogTests {
    private struct Still: Clock {
        func wall() -> WallTime { WallTime(microseconds: 1_700_000_000_000_042) }
        func monotonic() -> MonotonicTime { MonotonicTime(nanoseconds: 0) }
    }

    private func output(_ format: Log.Format, _ write: (Log) -> Void) throws -> String {
        var pipes: [Int32] = [0, 0]
        #expect(pipe(&pipes) == 0)
        let log = Log(level: .info, format: format, clock: Still())
        write(log)
        log.close()
        log.drain(to: pipes[1])
        close(pipes[1])
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(pipes[0], &bytes, bytes.count)
        close(pipes[0])
        return String(decoding: bytes[..<max(count, 0)], as: UTF8.self)
    }

    @Test("writes JSON lines whose values cannot break out")
    func json() throws {
        let text = try output(.json) { log in
            log.write(.info, "accepted") { line in
                line.add("route", "a\"\n\u{1b}[31m")
                line.add("took", milliseconds: TimeSpan(microseconds: 1042))
                line.add("bytes", 7)
            }
            log.write(.debug, "unseen")
        }
        #expect(
            text
                == #"{"time":"2023-11-14T22:13:20.000042Z","level":"info","event":"accepted","route":"a\"\u000a\u001b[31m","#
                + #""took":1.042,"bytes":7}"# + "\n")
    }

    @Test("writes text lines")
    func textLines() throws {
        let text = try output(.text) { $0.write(.warning, "refused") { $0.add("reason", "signature-wrong") } }
        #expect(text == "2023-11-14T22:13:20.000042Z warning refused reason=\"signature-wrong\"\n")
    }

    @Test("drops and counts lines beyond its bound, and never blocks the caller")
    func bounded() {
        let log = Log(level: .info, format: .text, clock: Still())
        let long = String(repeating: "x", count: 1 << 16)
        for _ in 0..<32 { log.write(.info, "long") { $0.add("x", long) } }
        #expect(log.dropped.value == 17)
    }
}
