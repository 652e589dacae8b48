import Domain
import Telemetry
import Testing

@Suite("Alarms")
struct AlarmTests {
    private func at(_ seconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }
    private let quiet = Limits.alarmInterval.microseconds / 1_000_000

    @Test func `one of a kind and subject goes out in a while, and the next one says how many were kept back`() {
        var pace = AlarmPace()
        #expect(pace.note(.deliveryDead, of: "a", "1", at: at(0))?.suppressed == 0)
        #expect(pace.note(.deliveryDead, of: "a", "2", at: at(1)) == nil)
        #expect(pace.note(.deliveryDead, of: "a", "3", at: at(2)) == nil)
        #expect(pace.note(.deliveryDead, of: "b", "1", at: at(2))?.suppressed == 0, "another subject")
        #expect(pace.note(.breakerOpen, of: "a", "1", at: at(2))?.suppressed == 0, "another kind")
        #expect(pace.note(.deliveryDead, of: "a", "4", at: at(quiet))?.suppressed == 2)
    }

    @Test func `what was kept back comes out when nothing follows`() {
        var pace = AlarmPace()
        _ = pace.note(.deliveryDead, of: "a", "1", at: at(0))
        for word in ["2", "3"] { _ = pace.note(.deliveryDead, of: "a", word, at: at(1)) }
        #expect(pace.takeKeptBack(at: at(quiet - 1)).isEmpty)
        let taken = pace.takeKeptBack(at: at(quiet))
        #expect(taken.map(\.detail) == ["3"])
        #expect(taken.map(\.suppressed) == [1], "beside the one that comes out")
        #expect(pace.takeKeptBack(at: at(quiet)).isEmpty)
    }

    @Test func `however many subjects there are, they stay few`() {
        var pace = AlarmPace()
        let out = (0..<5000).filter { pace.note(.deliveryDead, of: "s\($0)", "", at: at(0)) != nil }.count
        #expect(out == Limits.alarmSubjects + 1)
        #expect(pace.takeKeptBack(at: at(quiet)).map(\.subject) == [AlarmPace.others])
    }

    @Test func `every alarm is counted, also one that is kept back`() {
        let metrics = Metrics()
        let bell = AlarmBell(log: Log(level: .error, format: .json, clock: Still()), clock: Still(), metrics: metrics)
        for _ in 0..<3 { bell.ring(.diskLow, of: "ledger", "little is free") }
        #expect(metrics.text().contains("headgate_alarms_total{kind=\"disk-low\"} 3\n"))
        #expect(metrics.text().contains("headgate_alarms_total{kind=\"breaker-open\"} 0\n"))
    }
}

private struct Still: Clock {
    func wall() -> WallTime { WallTime(seconds: 1) }
    func monotonic() -> MonotonicTime { MonotonicTime(nanoseconds: 1) }
}
