import Domain
import Ledgers
import Testing

@testable import Delivery

@Suite("A lane")
struct LaneTests {
    let start = MonotonicTime(nanoseconds: 0)
    let wall = WallTime(seconds: 1_700_000_000)

    func delivery(_ number: Int64, dueAt: WallTime? = nil) -> ClaimedDelivery {
        let event = Event(
            route: RouteID(1), receivedAt: wall, source: .unspecified, providerID: nil, type: nil, headers: .empty,
            body: .empty, bodyDigest: .zero, coverage: .full, provenBy: "")
        return ClaimedDelivery(
            id: DeliveryID(event: EventID(number), ordinal: 1), event: event, url: "http://127.0.0.1/", attempts: 0,
            dueAt: dueAt ?? wall, conflictsWith: nil)
    }

    func lane(concurrency: Int = 2, rate: Rate? = nil, isPaused: Bool = false) -> Lane {
        Lane(Lane.Settings(concurrency: concurrency, rate: rate, isPaused: isPaused), at: start)
    }

    @Test("starts as many as its concurrency allows, first in first out")
    func concurrency() {
        var lane = lane(concurrency: 2)
        for number in 1...5 { lane.enqueue(delivery(Int64(number))) }
        #expect(lane.next(at: start, wall: wall).start.map(\.id.event.raw) == [1, 2])
        #expect(lane.next(at: start, wall: wall).start.isEmpty)
        lane.finished(success: true, at: start)
        #expect(lane.next(at: start, wall: wall).start.map(\.id.event.raw) == [3])
    }

    @Test("asks the ledger once for what is due, and again after the answer")
    func claims() {
        var lane = lane()
        #expect(!lane.next(at: start, wall: wall).shouldClaim)
        lane.due(at: wall)
        #expect(lane.next(at: start, wall: wall).shouldClaim)
        #expect(!lane.next(at: start, wall: wall).shouldClaim, "one claim at a time")
        lane.claimed(ClaimResult(deliveries: [delivery(1)], nextDue: wall), at: wall)
        let step = lane.next(at: start, wall: wall)
        #expect(step.start.count == 1)
        #expect(step.shouldClaim)
    }

    @Test("wakes when the next retry is due, and not before")
    func retryTime() {
        var lane = lane()
        lane.due(at: wall + .seconds(5))
        let step = lane.next(at: start, wall: wall)
        #expect(!step.shouldClaim)
        #expect(step.wakeAt == start + .seconds(5))
        #expect(lane.next(at: start + .seconds(5), wall: wall + .seconds(5)).shouldClaim)
    }

    @Test("a retry further away than the clock is trusted is looked at sooner")
    func longSleep() {
        var lane = lane()
        lane.due(at: wall + .seconds(3600))
        #expect(lane.next(at: start, wall: wall).wakeAt == start + .seconds(30))
    }

    @Test("that nobody tells of anything asks once a minute all the same")
    func asksAnyway() {
        var lane = lane()
        lane.due(at: wall)
        _ = lane.next(at: start, wall: wall)
        lane.claimed(ClaimResult(deliveries: [], nextDue: nil), at: wall)
        #expect(!lane.next(at: start, wall: wall + .seconds(59)).shouldClaim)
        #expect(lane.next(at: start, wall: wall + .seconds(60)).shouldClaim)
    }

    @Test("a failed claim is asked again a second later")
    func failedClaim() {
        var lane = lane()
        lane.due(at: wall)
        _ = lane.next(at: start, wall: wall)
        lane.claimed(nil, at: wall)
        #expect(!lane.next(at: start, wall: wall).shouldClaim)
        #expect(lane.next(at: start + .seconds(1), wall: wall + .seconds(1)).shouldClaim)
    }

    @Test("is shut while due deliveries wait on disk, and opens when the disk is drained")
    func gate() {
        var lane = lane()
        #expect(lane.next(at: start, wall: wall).isOpen)
        lane.overflowed(at: wall)
        let shut = lane.next(at: start, wall: wall)
        #expect(!shut.isOpen)
        #expect(shut.shouldClaim)
        lane.claimed(ClaimResult(deliveries: [], nextDue: wall), at: wall)
        #expect(!lane.next(at: start, wall: wall).isOpen)
        lane.claimed(ClaimResult(deliveries: [], nextDue: wall + .seconds(60)), at: wall)
        #expect(lane.next(at: start, wall: wall).isOpen, "a retry in a minute is no backlog")
    }

    @Test("does not fetch more than it may hold")
    func bounded() {
        var lane = lane(concurrency: 1)
        for number in 0...Limits.laneLookAhead { lane.enqueue(delivery(Int64(number))) }
        lane.due(at: wall)
        #expect(!lane.next(at: start, wall: wall).shouldClaim)
    }

    @Test("a paused lane starts, asks and lets in nothing")
    func paused() {
        var lane = lane(isPaused: true)
        lane.enqueue(delivery(1))
        lane.due(at: wall)
        let step = lane.next(at: start, wall: wall)
        #expect(step.start.isEmpty && !step.shouldClaim && !step.isOpen && step.wakeAt == nil)
        #expect(lane.empty().count == 1)
    }

    @Test("keeps its rate, in bursts of a tenth of a second")
    func rate() {
        var lane = lane(concurrency: 1000, rate: Rate(count: 100, per: .seconds(1)))
        for number in 0..<500 { lane.enqueue(delivery(Int64(number))) }
        var started = 0
        for millisecond in 0..<1000 {
            let now = start + .milliseconds(Int64(millisecond))
            started += lane.next(at: now, wall: wall).start.count
        }
        #expect((100...110).contains(started))
        #expect(lane.next(at: start + .milliseconds(1000), wall: wall).wakeAt != nil)
    }

    @Test("starts no more than the bound on all sends leaves, and says that it would")
    func crowded() {
        var lane = lane(concurrency: 10)
        for number in 0..<5 { lane.enqueue(delivery(Int64(number))) }
        let step = lane.next(at: start, wall: wall, sends: 2)
        #expect(step.start.count == 2 && step.isCrowded)
        #expect(lane.next(at: start, wall: wall, sends: 0).isCrowded)
        var slow = self.lane(rate: Rate(count: 100, per: .seconds(1)))
        slow.enqueue(delivery(9))
        let waiting = slow.next(at: start, wall: wall, sends: 0)
        #expect(waiting.isCrowded && waiting.wakeAt == nil, "told when there is room, and not asked every millisecond")
        let rest = lane.next(at: start, wall: wall)
        #expect(rest.start.count == 3 && !rest.isCrowded)
    }

    @Test("fetches nothing while there is no room for it")
    func noRoom() {
        var lane = lane()
        lane.due(at: wall)
        #expect(!lane.next(at: start, wall: wall, mayFetch: false).shouldClaim)
        #expect(lane.next(at: start, wall: wall).shouldClaim)
    }

    @Test("looks again for room that is not its own to give back")
    func roomElsewhere() {
        var lane = lane()
        lane.due(at: wall)
        #expect(lane.next(at: start, wall: wall, mayFetch: false).wakeAt == start + .milliseconds(250))
        lane.enqueue(delivery(1))
        #expect(lane.next(at: start, wall: wall, mayFetch: false).wakeAt == nil, "the end of its send wakes it")
    }

    @Test("what is left on disk while a claim is on its way is asked for after it")
    func notedMeanwhile() {
        var lane = lane()
        lane.due(at: wall)
        #expect(lane.next(at: start, wall: wall).shouldClaim)
        lane.overflowed(at: wall)
        lane.claimed(ClaimResult(deliveries: [], nextDue: nil), at: wall)
        let again = lane.next(at: start, wall: wall)
        #expect(again.shouldClaim && !again.isOpen)
        lane.due(at: wall + .seconds(5))
        lane.claimed(ClaimResult(deliveries: [], nextDue: wall + .seconds(9)), at: wall)
        let rest = lane.next(at: start, wall: wall)
        #expect(!rest.shouldClaim && rest.isOpen && rest.wakeAt == start + .seconds(5))
    }

    @Test("a send that could not begin is the next one again after a moment, and counts for nothing")
    func withdrawn() {
        var lane = lane(concurrency: 2)
        for number in 1...3 { lane.enqueue(delivery(Int64(number))) }
        let sent = lane.next(at: start, wall: wall).start
        lane.withdrew(sent[1], at: start)
        lane.withdrew(sent[0], at: start)
        #expect(lane.depth == 3 && lane.isIdle && lane.breaker == Breaker())
        let resting = lane.next(at: start, wall: wall)
        #expect(resting.start.isEmpty && !resting.isOpen)
        let later = start + .milliseconds(250)
        #expect(resting.wakeAt == later)
        #expect(lane.next(at: later, wall: wall).start.map(\.id.event.raw) == [1, 2])
    }

    @Test("counts what is not settled yet as held in memory")
    func depth() {
        var lane = lane()
        lane.enqueue(delivery(1))
        _ = lane.next(at: start, wall: wall)
        lane.finished(success: false, at: start)
        #expect(lane.depth == 1)
        lane.settled(.retry(at: wall + .seconds(9)))
        #expect(lane.depth == 0)
        #expect(lane.next(at: start, wall: wall).wakeAt == start + .seconds(9))
    }

    @Test("paused, it starts nothing; resumed, what waits on disk goes before what comes in")
    func pause() {
        var lane = lane()
        lane.enqueue(delivery(1))
        lane.configure(Lane.Settings(concurrency: 2, rate: nil, isPaused: true), at: start)
        let held = lane.next(at: start, wall: wall)
        #expect(held.start.isEmpty && !held.isOpen && !held.shouldClaim)
        #expect(lane.empty().map(\.id.event.raw) == [1], "given back to the ledger")
        lane.configure(Lane.Settings(concurrency: 2, rate: nil, isPaused: false), at: start)
        lane.overflowed(at: wall)
        let resumed = lane.next(at: start, wall: wall)
        #expect(resumed.shouldClaim && !resumed.isOpen)
        lane.claimed(ClaimResult(deliveries: [delivery(1)], nextDue: nil), at: wall)
        let drained = lane.next(at: start, wall: wall)
        #expect(drained.start.map(\.id.event.raw) == [1] && drained.isOpen)
    }
}
