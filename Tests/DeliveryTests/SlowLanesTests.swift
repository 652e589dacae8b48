import Domain
import Ledgers
import Synchronization
import Testing

@testable import Delivery

/// Lanes with their gates and the memory of all, as a dispatch loop holds them; the disk has as many events for each as it
/// asks for, and no send ends by itself.
@Suite("Slow lanes")
struct SlowLanesTests {
    private final class Place {
        let id: SubscriberID
        var lane: Lane
        let gate: LaneGate
        var underWay: [ClaimedDelivery] = []

        init(_ id: Int64, sharing memory: DispatchMemory) {
            self.id = SubscriberID(id)
            lane = Lane(
                Lane.Settings(concurrency: 32, rate: nil, isPaused: false), at: MonotonicTime(nanoseconds: 0))
            gate = LaneGate(sharing: memory)
        }
    }

    enum Way: CaseIterable { case handedOver, fromDisk }

    /// Of lanes that had to wait in line.
    private final class Grants: Sendable {
        private let late = Mutex<[MemoryBook.Grant]>([])
        func add(_ grant: MemoryBook.Grant) { late.withLock { $0.append(grant) } }
        func take() -> MemoryBook.Grant? { late.withLock { $0.popLast() } }
    }

    private let grants = Grants()
    private let memory: DispatchMemory
    private let start = MonotonicTime(nanoseconds: 0)
    private let wall = WallTime(seconds: 1_700_000_000)
    private let largest = Limits.bodyBytes + Limits.headBytes

    init() { memory = DispatchMemory { [grants] in grants.add($0) } }

    private func places(_ count: Int64) -> [Place] { (1...count).map { Place($0, sharing: memory) } }

    private func event(_ bytes: Int = 8 << 10) -> Event {
        Event(
            route: RouteID(1), receivedAt: wall, source: .unspecified, providerID: nil, type: nil, headers: .empty,
            body: Bytes(count: bytes) { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }, bodyDigest: .zero,
            coverage: .full, provenBy: "")
    }

    private func delivery(of event: Event) -> ClaimedDelivery {
        ClaimedDelivery(
            id: DeliveryID(event: EventID(1), ordinal: 1), event: event, url: "", attempts: 0, dueAt: wall,
            conflictsWith: nil)
    }

    private func turn(_ place: Place, at now: MonotonicTime, bytes: Int = 8 << 10) {
        let step = place.lane.next(at: now, wall: wall, mayFetch: place.gate.mayFetch)
        place.underWay += step.start
        giveBack(step.giveBack, place)
        if step.isOpen { place.gate.open(to: step.lookAhead) } else { place.gate.shut() }
        guard let claim = step.claim else { return }
        let most = place.gate.room(in: claim)
        let grant = memory.ask(place.id, largest: largest, deliveries: most, isDoubtful: place.lane.isDoubtful)
        guard let grant else { return }
        let room = (grant.bytes - most * Limits.deliveryBytes) / event(bytes).weight
        let fetched = (0..<min(most, room)).map { _ in delivery(of: event(bytes)) }
        place.gate.enter(fetched, under: grant)
        place.lane.claimed(
            ClaimResult(deliveries: fetched, nextDue: wall), isDoubtful: grant.isDoubtful, at: wall)
    }

    private func giveBack(_ deliveries: [ClaimedDelivery], _ place: Place) {
        for delivery in deliveries {
            place.gate.letGo(delivery)
            place.gate.leave()
        }
    }

    /// With more to send than it may hold, until it takes no more.
    private func fill(_ place: Place, _ way: Way, at now: MonotonicTime, bytes: Int = 8 << 10) {
        turn(place, at: now)
        switch way {
        case .handedOver:
            for _ in 0..<Limits.laneLookAhead {
                let event = event(bytes)
                guard place.gate.tryEnter(event) else { break }
                place.lane.enqueue(delivery(of: event))
            }
        case .fromDisk:
            place.lane.due(at: wall)
            for _ in 0..<4 { turn(place, at: now, bytes: bytes) }
        }
        turn(place, at: now)
    }

    /// All that is under way ends after this time, well.
    private func end(_ place: Place, after took: TimeSpan, at now: MonotonicTime) {
        for delivery in place.underWay {
            place.lane.finished(success: true, after: took, at: now)
            place.gate.letGo(delivery)
            place.gate.leave()
            place.lane.settled(.delivered)
        }
        place.underWay = []
    }

    /// For a lane that has done nothing yet: a portion of what lies on disk, and what is handed over.
    private func expectRoom() throws {
        let grant = try #require(memory.ask(SubscriberID(9999), largest: largest, deliveries: 64, isDoubtful: false))
        memory.give(back: grant)
        let gate = LaneGate(sharing: memory)
        gate.open(to: 64)
        let event = event()
        #expect(gate.tryEnter(event))
        gate.leave(event)
    }

    @Test("that nobody knows yet leave room, from the first moment on", arguments: Way.allCases)
    func unknown(_ way: Way) throws {
        let lanes = places(20)
        for place in lanes { fill(place, way, at: start) }
        try expectRoom()
        let later = start + .milliseconds(1100)
        for place in lanes { fill(place, way, at: later) }
        #expect(lanes.allSatisfy { $0.gate.count == 32 }, "what is under way")
        try expectRoom()
    }

    @Test("that were fast until now leave room a second later", arguments: Way.allCases)
    func turned(_ way: Way) throws {
        let lanes = places(20)
        for place in lanes {
            for _ in 0..<10 {
                fill(place, way, at: start)
                end(place, after: .milliseconds(1), at: start)
            }
        }
        for place in lanes { fill(place, way, at: start) }
        #expect(memory.taken > Limits.dispatchBytes * 9 / 10)
        let later = start + .milliseconds(1100)
        for place in lanes { turn(place, at: later) }
        while let grant = grants.take() { memory.give(back: grant) }
        try expectRoom()
    }

    @Test("that are known share half of all, however many and with events of any size", arguments: [0, 300, 8 << 10])
    func known(_ bytes: Int) throws {
        let lanes = places(600)
        var now = start
        for place in lanes {
            fill(place, .fromDisk, at: now, bytes: 0)
            now = now + .seconds(5)
            end(place, after: .seconds(5), at: now)
            giveBack(place.lane.empty(), place)
            #expect(place.lane.isDoubtful)
        }
        #expect(memory.taken == 0 && memory.takenDoubtful == 0)
        for place in lanes { fill(place, .fromDisk, at: now, bytes: bytes) }
        #expect(memory.takenDoubtful > Limits.dispatchBytes / 4)
        #expect(memory.taken <= Limits.dispatchBytes / 2)
        #expect(lanes.allSatisfy { !$0.gate.tryEnter(event()) }, "nothing is handed over to them")
        try expectRoom()
    }

    @Test("hold what a healthy lane held before them as their own from then on")
    func shared() throws {
        let (healthy, slow, event) = (LaneGate(sharing: memory), LaneGate(sharing: memory), event())
        healthy.open(to: 1)
        #expect(healthy.tryEnter(event))
        let grant = try #require(
            memory.ask(SubscriberID(1), largest: largest, deliveries: 1, isDoubtful: true))
        var fetched = delivery(of: event)
        fetched.isDoubtful = true
        slow.enter([fetched], under: grant)
        #expect(memory.takenDoubtful == Limits.deliveryBytes)
        healthy.leave(event)
        #expect(memory.takenDoubtful == memory.taken && memory.taken == event.weight + Limits.deliveryBytes)
        slow.letGo(fetched)
        slow.leave()
        #expect(memory.taken == 0 && memory.takenDoubtful == 0)
    }
}
