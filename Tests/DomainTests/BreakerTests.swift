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
        #expect(breaker.permits(at: start, concurrency: 5, inFlight: 0) == 5)
    }

    @Test("opens at its threshold and lets one probe through after its rest")
    func probe() {
        var breaker = opened()
        #expect(breaker.permits(at: start, concurrency: 5, inFlight: 0) == 0)
        let later = start + Breaker.firstRest
        #expect(breaker.permits(at: later, concurrency: 5, inFlight: 0) == 1)
        breaker.started(at: later)
        #expect(breaker.permits(at: later, concurrency: 5, inFlight: 0) == 0)
    }

    private func recovering() -> Breaker {
        var breaker = opened()
        breaker.started(at: start + Breaker.firstRest)
        breaker.succeeded()
        return breaker
    }

    @Test("closes at the probe's success, and admits twice as many with every round of successes")
    func closes() {
        var breaker = recovering()
        var rounds: [Int] = []
        for _ in 0..<6 {
            rounds.append(breaker.permits(at: start, concurrency: 40, inFlight: 0))
            for _ in 0..<(rounds.last ?? 0) { breaker.succeeded() }
        }
        #expect(rounds == [2, 4, 8, 16, 32, 40])
    }

    @Test("counts what is on its way while it recovers, and never permits less than none")
    func inFlight() {
        let breaker = recovering()
        #expect(breaker.permits(at: start, concurrency: 9, inFlight: 1) == 1)
        #expect(breaker.permits(at: start, concurrency: 9, inFlight: 5) == 0)
        #expect(breaker.permits(at: start, concurrency: 1, inFlight: 0) == 1)
    }

    @Test("halves what it admits at a failure while it recovers, down to one")
    func setback() {
        var breaker = recovering()
        for _ in 0..<14 { breaker.succeeded() }
        breaker.failed(at: start)
        #expect(breaker.permits(at: start, concurrency: 40, inFlight: 0) == 8)
        for _ in 0..<9 { breaker.failed(at: start) }
        #expect(breaker.permits(at: start, concurrency: 40, inFlight: 0) == 1)
    }

    @Test("has recovered when it admits as many as any subscriber may have")
    func recovered() {
        var breaker = recovering()
        for _ in 0..<Limits.concurrencyMost { breaker.succeeded() }
        breaker.failed(at: start)
        #expect(breaker.permits(at: start, concurrency: 50, inFlight: 0) == 50)
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
        #expect(breaker.permits(at: start + Breaker.firstRest, concurrency: 2, inFlight: 0) == 1)
    }
}
