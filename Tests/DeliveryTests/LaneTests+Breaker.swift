import Domain
import Ledgers
import Testing

@testable import Delivery

/// While its subscriber fails, and when it comes back.
extension LaneTests {
    @Test("after many failures it probes with one, and goes on when the probe succeeds")
    func breaker() {
        var lane = lane(concurrency: 50)
        for number in 0..<200 { lane.enqueue(delivery(Int64(number))) }
        for _ in lane.next(at: start, wall: wall).start { lane.finished(success: false, at: start) }
        let resting = lane.next(at: start, wall: wall)
        #expect(resting.start.isEmpty)
        #expect(resting.giveBack.count == 150, "what waits for a failing subscriber needs no memory")
        let later = start + Breaker.firstRest
        #expect(resting.wakeAt == later)
        #expect(!resting.isOpen && !resting.shouldClaim)
        #expect(lane.next(at: later, wall: wall).claim == 1, "the probe alone is fetched")
        lane.claimed(ClaimResult(deliveries: [delivery(1)], nextDue: wall), at: wall)
        #expect(lane.next(at: later, wall: wall).start.count == 1)
        #expect(lane.next(at: later, wall: wall).start.isEmpty, "one probe at a time")
        lane.finished(success: true, at: later)
        for number in 0..<200 { lane.enqueue(delivery(Int64(number))) }
        var rounds: [Int] = []
        for _ in 0..<6 {
            let started = lane.next(at: later, wall: wall).start.count
            rounds.append(started)
            for _ in 0..<started { lane.finished(success: true, at: later) }
        }
        #expect(rounds == [2, 4, 8, 16, 32, 50], "what waited comes as a stream, not as a wave")
    }

    @Test("sends whose kept connections had ended leave its breaker closed")
    func staleConnections() {
        var lane = lane(concurrency: 2 * Breaker.threshold)
        for number in 0..<2 * Breaker.threshold { lane.enqueue(delivery(Int64(number))) }
        for _ in lane.next(at: start, wall: wall).start { lane.wentStale(after: .zero, at: start) }
        #expect(lane.isIdle)
        #expect(lane.breaker.state == .closed && !lane.breaker.isDoubtful)
    }

    @Test("a probe whose kept connection had ended is no probe: the next one starts at once")
    func staleProbe() {
        var (lane, opened) = failed()
        let rested = opened + Breaker.firstRest
        lane.enqueue(delivery(1))
        #expect(lane.next(at: rested, wall: wall).start.count == 1)
        lane.wentStale(after: .zero, at: rested)
        lane.settled(.again(at: wall))
        lane.enqueue(delivery(1))
        #expect(lane.next(at: rested, wall: wall).start.count == 1)
        lane.finished(success: false, at: rested)
        #expect(lane.breaker.state == .open(until: rested + Breaker.firstRest + Breaker.firstRest))
    }

    /// Failed until its breaker opened, and when that was.
    private func failed(rate: Rate? = nil) -> (Lane, at: MonotonicTime) {
        var lane = lane(concurrency: Breaker.threshold, rate: rate)
        for number in 1...Breaker.threshold { lane.enqueue(delivery(Int64(number))) }
        var now = start
        while lane.breaker.state == .closed {
            now = now + .seconds(60)
            for _ in lane.next(at: now, wall: wall).start {
                lane.finished(success: false, at: now)
                lane.settled(.retry(at: wall + .seconds(25)))
            }
        }
        return (lane, now)
    }

    @Test("whose breaker has rested sleeps until there is something to probe with")
    func nothingToProbe() {
        var (lane, opened) = failed()
        #expect(lane.next(at: opened, wall: wall).wakeAt == opened + Breaker.firstRest)
        let later = opened + .seconds(2)
        #expect(lane.next(at: later, wall: wall + .seconds(2)).wakeAt == later + .seconds(23))
        lane.due(at: wall)
        let step = lane.next(at: later, wall: wall + .seconds(2))
        #expect(step.claim == 1 && step.wakeAt == nil)
    }

    @Test("keeps its probe until its rate allows it")
    func probeWaitsForToken() {
        var (lane, opened) = failed(rate: Rate(count: 1, per: .seconds(2)))
        let rested = opened + Breaker.firstRest
        lane.due(at: wall)
        #expect(lane.next(at: rested, wall: wall).claim == 1)
        lane.claimed(ClaimResult(deliveries: [delivery(99)], nextDue: wall), at: wall)
        let waiting = lane.next(at: rested, wall: wall)
        #expect(waiting.start.isEmpty && waiting.giveBack.isEmpty)
        #expect(waiting.wakeAt.map { $0 > opened + .milliseconds(1900) } == true)
        #expect(lane.next(at: opened + .seconds(3), wall: wall).start.map(\.id.event.raw) == [99])
    }

    @Test("that recovers sleeps until a send ends, also when its rate would allow more")
    func recoveryWithRate() {
        var lane = lane(concurrency: 50, rate: Rate(count: 1000, per: .seconds(1)))
        for number in 0..<100 { lane.enqueue(delivery(Int64(number))) }
        for _ in lane.next(at: start, wall: wall).start { lane.finished(success: false, at: start) }
        let later = start + Breaker.firstRest
        lane.enqueue(delivery(1))
        _ = lane.next(at: later, wall: wall)
        lane.finished(success: true, at: later)
        for number in 0..<100 { lane.enqueue(delivery(Int64(number))) }
        #expect(lane.next(at: later, wall: wall).start.count == 2)
        let asleep = lane.next(at: later, wall: wall)
        #expect(asleep.wakeAt == later + Pace.patience + .milliseconds(1), "or until it must count as slow")
    }

    @Test("a probe that could not begin is no failure")
    func withdrawnProbe() {
        var lane = lane(concurrency: 50)
        for number in 0..<50 { lane.enqueue(delivery(Int64(number))) }
        for _ in lane.next(at: start, wall: wall).start { lane.finished(success: false, at: start) }
        let later = start + Breaker.firstRest
        lane.enqueue(delivery(1))
        let probe = lane.next(at: later, wall: wall).start
        lane.withdrew(probe[0], at: later)
        let again = later + .milliseconds(250)
        lane.enqueue(delivery(2))
        #expect(lane.next(at: again, wall: wall).start.map(\.id.event.raw) == [1])
    }
}
