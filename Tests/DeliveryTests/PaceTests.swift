import Domain
import Ledgers
import Testing

@testable import Delivery

@Suite("The pace of a lane")
struct PaceTests {
    private let start = MonotonicTime(nanoseconds: 0)
    private let wall = WallTime(seconds: 1_700_000_000)
    private let event = Event(
        route: RouteID(1), receivedAt: WallTime(seconds: 1_700_000_000), source: .unspecified, providerID: nil,
        type: nil, headers: .empty, body: .empty, bodyDigest: .zero, coverage: .full, provenBy: "")

    private func deliveries(_ numbers: Range<Int64>) -> [ClaimedDelivery] {
        numbers.map { number in
            ClaimedDelivery(
                id: DeliveryID(event: EventID(number), ordinal: 1), event: event, url: "http://127.0.0.1/", attempts: 0,
                dueAt: wall, conflictsWith: nil)
        }
    }

    private func lane(concurrency: Int = 32, rate: Rate? = nil) -> Lane {
        Lane(Lane.Settings(concurrency: concurrency, rate: rate, isPaused: false), at: start)
    }

    /// Asked to fetch and given all it asked for, with more on disk; the sends of that turn.
    @discardableResult
    private func fill(_ lane: inout Lane, at now: MonotonicTime) -> Lane.Step {
        lane.due(at: wall)
        let step = lane.next(at: now, wall: wall)
        if let claim = step.claim {
            lane.claimed(ClaimResult(deliveries: deliveries(0..<Int64(claim)), nextDue: wall), at: wall)
        }
        return lane.next(at: now, wall: wall)
    }

    /// So many sends, one after the other, that take as long.
    private func learn(_ lane: inout Lane, sends: Int, each took: TimeSpan) -> MonotonicTime {
        var now = start
        for delivery in deliveries(0..<Int64(sends)) {
            lane.enqueue(delivery)
            _ = lane.next(at: now, wall: wall)
            now = now + took
            lane.finished(success: true, after: took, at: now)
            lane.settled(.delivered)
        }
        return now
    }

    @Test("at first it holds twice its concurrency, and is not slow")
    func unknown() {
        var lane = lane()
        let step = lane.next(at: start, wall: wall)
        #expect(step.lookAhead == 64 && step.isOpen && !lane.isDoubtful)
    }

    @Test("a fast one holds all that any may, after its first send", arguments: [1, 20, 100])
    func fast(milliseconds: Int64) {
        var lane = lane()
        let now = learn(&lane, sends: 1, each: .milliseconds(milliseconds))
        lane.due(at: wall)
        let step = lane.next(at: now, wall: wall)
        #expect(step.lookAhead == Limits.laneLookAhead && step.claim == step.lookAhead && step.isOpen)
    }

    @Test("a fast one that begins with a backlog holds nearly all that any may after a hundred sends")
    func fastAndBusy() {
        var lane = lane()
        for delivery in deliveries(0..<200) { lane.enqueue(delivery) }
        for number in 0..<100 {
            let now = start + .milliseconds(Int64(number))
            _ = lane.next(at: now, wall: wall)
            lane.finished(success: true, after: .milliseconds(20), at: now)
            lane.settled(.delivered)
        }
        #expect(lane.next(at: start + .milliseconds(100), wall: wall).lookAhead > Limits.laneLookAhead * 9 / 10)
    }

    @Test("one that takes half a second holds what it sends in two")
    func middling() {
        var lane = lane(concurrency: 10)
        let now = learn(&lane, sends: 1, each: .milliseconds(500))
        #expect(lane.next(at: now, wall: wall).lookAhead == 40 && !lane.isDoubtful)
    }

    @Test("one that takes five seconds holds twice what it has under way, all of it from disk")
    func slow() {
        var lane = lane(concurrency: 10)
        let now = learn(&lane, sends: 1, each: .seconds(5))
        lane.due(at: wall)
        let step = lane.next(at: now, wall: wall)
        #expect(step.lookAhead == 20 && step.claim == 20 && !step.isOpen && lane.isDoubtful)
    }

    @Test("a slow one that becomes fast is let in memory again")
    func recovered() {
        var lane = lane()
        _ = learn(&lane, sends: 5, each: .seconds(15))
        #expect(lane.isDoubtful)
        let now = learn(&lane, sends: 1, each: .milliseconds(10))
        let step = lane.next(at: now, wall: wall)
        #expect(step.isOpen && !lane.isDoubtful && step.lookAhead > 64)
    }

    @Test("a configured rate counts from the first moment", arguments: [(1, 2), (20, 40), (100, 64)])
    func rate(perSecond: Int, lookAhead: Int) {
        var lane = lane(rate: Rate(count: perSecond, per: .seconds(1)))
        fill(&lane, at: start)
        #expect(lane.next(at: start, wall: wall).lookAhead == lookAhead)
        #expect(lane.depth == lookAhead && !lane.isDoubtful)
    }

    @Test("at a rate of a hundred an hour it holds nothing that it may not send")
    func veryLowRate() {
        var lane = lane(rate: Rate(count: 100, per: .seconds(3600)))
        #expect(fill(&lane, at: start).start.count == 1)
        #expect(!lane.next(at: start, wall: wall).isOpen)
        lane.finished(success: true, at: start)
        lane.settled(.delivered)
        lane.due(at: wall)
        let waiting = lane.next(at: start + .seconds(1), wall: wall)
        #expect(waiting.claim == nil)
        #expect(waiting.wakeAt == start + .seconds(36) + TimeSpan(microseconds: 1))
        #expect(lane.next(at: start + .seconds(37), wall: wall).claim == 1)
    }

    @Test("a fast one whose sends do not end any more gives back what waits, within a second")
    func stalled() throws {
        var lane = lane()
        var now = learn(&lane, sends: 200, each: .milliseconds(1))
        #expect(fill(&lane, at: now).start.count == 32)
        #expect(lane.depth == Limits.laneLookAhead)
        let alarm = try #require(lane.next(at: now, wall: wall).wakeAt)
        #expect(alarm <= now + .milliseconds(1001))
        now = alarm
        let step = lane.next(at: now, wall: wall)
        #expect(step.giveBack.count == Limits.laneLookAhead - 32 && lane.depth == 32)
        #expect(step.giveBack.first?.id.event.raw == 32, "the last ones")
        #expect(!step.isOpen && lane.isDoubtful)
        #expect(step.claim == nil, "nothing can start")
        lane.finished(success: true, after: .seconds(5), at: now)
        lane.settled(.delivered)
        #expect(lane.next(at: now, wall: wall).claim == 64, "asked for as a doubtful one")
    }

    @Test("one send that takes long among many that do not makes no lane slow")
    func outlier() {
        var lane = lane()
        let now = learn(&lane, sends: 200, each: .milliseconds(5))
        for delivery in deliveries(0..<32) { lane.enqueue(delivery) }
        _ = lane.next(at: now, wall: wall)
        lane.finished(success: true, after: .milliseconds(5), at: now)
        lane.finished(success: true, after: .seconds(15), at: now)
        #expect(!lane.isDoubtful && lane.next(at: now, wall: wall).isOpen)
    }

    @Test("of many that take long the mean counts")
    func mixed() {
        var lane = lane()
        for delivery in deliveries(0..<500) { lane.enqueue(delivery) }
        for number in 0..<200 {
            _ = lane.next(at: start, wall: wall)
            lane.finished(success: true, after: number % 2 == 0 ? .milliseconds(5) : .seconds(5), at: start)
        }
        #expect(lane.isDoubtful)
    }
}
