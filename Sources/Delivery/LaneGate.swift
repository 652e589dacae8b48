internal import Domain
internal import Synchronization

/// How intake learns, without asking the dispatch loop, whether a subscriber's lane has room in memory for one more
/// delivery. Without room the delivery goes to disk and the lane fetches it later, so memory is bounded whatever the
/// backlog, and older deliveries are not overtaken for long.
package final class LaneGate: Sendable {
    private let inside = Atomic<Int>(0)
    private let isShut = Atomic<Bool>(true)
    private let hasBacklog = Atomic<Bool>(false)
    private let shared: DispatchBudget

    package init(sharing budget: DispatchBudget) { shared = budget }

    /// True: the delivery is inside and must be sent, or left by `leave`.
    package func tryEnter(weight: Int) -> Bool {
        guard !isShut.load(ordering: .relaxed), shared.tryTake(weight) else { return false }
        if inside.wrappingAdd(1, ordering: .relaxed).newValue <= Limits.laneLookAhead { return true }
        leave(weight: weight)
        return false
    }

    package func leave(weight: Int) {
        inside.wrappingSubtract(1, ordering: .relaxed)
        shared.give(weight)
    }

    /// A delivery was left on disk. True for the first since the lane last looked: it needs to be told only once.
    package func noteBacklog() -> Bool { !hasBacklog.exchange(true, ordering: .acquiringAndReleasing) }

    // MARK: The lane's side

    var count: Int { inside.load(ordering: .relaxed) }

    /// How many deliveries, and how many bytes, may be fetched from disk now.
    var room: (deliveries: Int, bytes: Int) { (max(Limits.laneLookAhead - count, 0), shared.left) }

    /// What was fetched is inside; it may exceed the budget by one delivery of any size, so that each one gets its turn.
    func enter(_ deliveries: Int, weight: Int) {
        inside.wrappingAdd(deliveries, ordering: .relaxed)
        shared.take(weight)
    }

    func shut() { isShut.store(true, ordering: .relaxed) }
    func open() { isShut.store(false, ordering: .relaxed) }
    func lookedAtBacklog() { hasBacklog.store(false, ordering: .releasing) }
}

/// Bodies in memory for all lanes together, in bytes (`Limits.dispatchBytes`).
package final class DispatchBudget: Sendable {
    private let taken = Atomic<Int>(0)
    package init() {}

    func tryTake(_ bytes: Int) -> Bool {
        if taken.wrappingAdd(bytes, ordering: .relaxed).newValue <= Limits.dispatchBytes { return true }
        give(bytes)
        return false
    }

    func take(_ bytes: Int) { taken.wrappingAdd(bytes, ordering: .relaxed) }
    func give(_ bytes: Int) { taken.wrappingSubtract(bytes, ordering: .relaxed) }
    var left: Int { max(Limits.dispatchBytes - taken.load(ordering: .relaxed), 0) }
}
