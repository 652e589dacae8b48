import Domain
import Testing

@Suite("A breaker")
struct BreakerTests {
    private let start = MonotonicTime(nanoseconds: 0)

    private func opened() -> Breaker {
        var breaker = Breaker()
        for _ in 0..<Breaker.threshold { breaker.failed(at: start) }
        return breaker
    }

    @Test("stays closed below its threshold, and a success starts the count again")
    func closed() {
        var breaker = Breaker()
        for _ in 1..<Breaker.threshold { breaker.failed(at: start) }
        breaker.succeeded()
        for _ in 1..<Breaker.threshold { breaker.failed(at: start) }
        #expect(breaker.permits(at: start, room: 5) == 5)
    }

    @Test("opens at its threshold and lets one probe through after its rest")
    func probe() {
        var breaker = opened()
        #expect(breaker.permits(at: start, room: 5) == 0)
        let later = start + Breaker.firstRest
        #expect(breaker.permits(at: later, room: 5) == 1)
        breaker.started(at: later)
        #expect(breaker.permits(at: later, room: 5) == 0)
    }

    @Test("closes at the probe's success")
    func closes() {
        var breaker = opened()
        breaker.started(at: start + Breaker.firstRest)
        breaker.succeeded()
        #expect(breaker.permits(at: start, room: 9) == 9)
    }

    @Test("rests longer after each failed probe, up to a cap")
    func doubles() {
        var breaker = opened()
        var now = start
        var rests: [Int64] = []
        for _ in 0..<8 {
            guard case .open(let until) = breaker.state else { break }
            rests.append((until - now).milliseconds)
            now = until
            breaker.started(at: now)
            breaker.failed(at: now)
        }
        #expect(rests == [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000])
    }

    @Test("a late failure of a send from before does not reopen what a probe is testing")
    func lateFailure() {
        var breaker = opened()
        breaker.failed(at: start)
        #expect(breaker.permits(at: start + Breaker.firstRest, room: 2) == 1)
    }
}
