package import Domain
internal import Ledgers
internal import Synchronization

/// How intake learns, without asking the dispatch loop, whether a subscriber's lane has room in memory for one more
/// delivery. Without room the delivery goes to disk and the lane fetches it later, so memory is bounded whatever the
/// backlog, and older deliveries are not overtaken for long.
package final class LaneGate: Sendable {
    /// Deliveries, and below them the bytes of their events: one addition counts both.
    private let inside = Atomic<Int>(0)
    /// Deliveries that the lane may hold; 0: it is shut.
    private let lookAhead = Atomic<Int>(0)
    private let hasBacklog = Atomic<Bool>(false)
    private let memory: DispatchMemory

    private static let one = 1 << 40

    init(sharing memory: DispatchMemory) { self.memory = memory }

    /// True: the delivery is inside and must be sent, or left by `leave`.
    package func tryEnter(_ event: Event) -> Bool {
        let most = lookAhead.load(ordering: .relaxed)
        guard most > 0 else { return false }
        let held = inside.wrappingAdd(Self.one + event.weight, ordering: .relaxed).newValue
        if held / Self.one <= most, held % Self.one <= Limits.laneBytes, memory.tryHold(event) {
            return true
        }
        inside.wrappingSubtract(Self.one + event.weight, ordering: .relaxed)
        return false
    }

    package func leave(_ event: Event) {
        letGo(event, as: .usual)
        leave()
    }

    /// A delivery was left on disk. True for the first since the lane last looked: it needs to be told only once.
    package func noteBacklog() -> Bool { !hasBacklog.exchange(true, ordering: .acquiringAndReleasing) }

    // MARK: The lane's side

    /// The body is not needed any more: the send ended.
    func letGo(_ delivery: ClaimedDelivery) { letGo(delivery.event, as: delivery.isDoubtful ? .doubtful : .usual) }

    private func letGo(_ event: Event, as holder: Event.Holder) {
        inside.wrappingSubtract(event.weight, ordering: .relaxed)
        memory.letGo(event, as: holder)
    }

    /// The end is in the ledger.
    func leave() {
        inside.wrappingSubtract(Self.one, ordering: .relaxed)
        memory.leave()
    }

    var count: Int { inside.load(ordering: .relaxed) / Self.one }

    /// How many deliveries may be fetched from disk now, by a lane that may hold `lookAhead`. At least one.
    func room(in lookAhead: Int) -> Int { max(lookAhead - count, 1) }

    /// Half empty in bytes too: the disk may be asked.
    var mayFetch: Bool { inside.load(ordering: .relaxed) % Self.one <= Limits.laneBytes / 2 }

    /// What was fetched under a grant is inside.
    func enter(_ deliveries: [ClaimedDelivery], under grant: MemoryBook.Grant) {
        let weight = deliveries.reduce(0) { $0 + $1.event.weight }
        inside.wrappingAdd(deliveries.count * Self.one + weight, ordering: .relaxed)
        memory.hold(deliveries, under: grant)
    }

    func shut() { open(to: 0) }
    func open(to lookAhead: Int) { self.lookAhead.store(lookAhead, ordering: .relaxed) }
    func lookedAtBacklog() { hasBacklog.store(false, ordering: .releasing) }
}
