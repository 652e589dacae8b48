internal import Domain
internal import Ledgers
internal import Synchronization

/// The memory of all lanes together (`Limits.dispatchBytes`): events with their bodies, each counted once however many
/// lanes hold it, and for each delivery what is kept beside them. Used by all threads.
final class DispatchMemory: Sendable {
    private let book = Mutex(MemoryBook(most: Limits.dispatchBytes, portion: Limits.laneBytes))
    private let wake: @Sendable (MemoryBook.Grant) -> Void

    /// - Parameter wake: gets the grants of lanes that had to wait for theirs; called from any thread.
    init(wake: @escaping @Sendable (MemoryBook.Grant) -> Void) { self.wake = wake }

    /// Of an event that nobody else knows yet: it is not in the ledger.
    func tryHold(_ event: Event) -> Bool {
        let isFirst = event.hold(isDoubtful: false)
        let bytes = Limits.deliveryBytes + (isFirst ? event.weight : 0)
        if book.withLock({ $0.tryTake(bytes) }) { return true }
        _ = event.letGo()
        return false
    }

    /// The body is not needed for this delivery any more; the delivery itself still is.
    func letGo(_ event: Event) {
        let end = event.letGo()
        if end.isLast { tell(book.withLock { $0.give(event.weight, isDoubtful: end.isDoubtful) }) }
    }

    func leave() { tell(book.withLock { $0.give(Limits.deliveryBytes) }) }

    // MARK: Fetching from disk

    /// - Parameters:
    ///   - largest: weight of the largest event that the lane may meet.
    ///   - deliveries: so many at most are fetched.
    func ask(_ lane: SubscriberID, largest: Int, deliveries: Int, isDoubtful: Bool) -> MemoryBook.Grant? {
        let least = largest + deliveries * Limits.deliveryBytes
        return book.withLock { $0.ask(lane, least: least, isDoubtful: isDoubtful) }
    }

    /// What was fetched under a grant is held now; the rest of the grant goes back.
    func hold(_ deliveries: [ClaimedDelivery], under grant: MemoryBook.Grant) {
        var used = 0
        for delivery in deliveries where delivery.event.hold(isDoubtful: grant.isDoubtful) {
            used += delivery.event.weight
        }
        tell(book.withLock { $0.exchange(grant, for: used, beside: deliveries.count * Limits.deliveryBytes) })
    }

    func give(back grant: MemoryBook.Grant) {
        tell(book.withLock { $0.give(grant.bytes, isDoubtful: grant.isDoubtful) })
    }

    private func tell(_ grants: [MemoryBook.Grant]) { for grant in grants { wake(grant) } }

    var taken: Int { book.withLock { $0.taken } }
}

/// `holders` counts in twos; one more says that the first of them held it under a doubtful grant.
extension Event {
    /// - Returns: whether this is the first holder.
    fileprivate func hold(isDoubtful: Bool) -> Bool {
        change { $0 < 2 ? (isDoubtful ? 3 : 2) : $0 + 2 } < 2
    }

    fileprivate func letGo() -> (isLast: Bool, isDoubtful: Bool) {
        let before = change { $0 < 4 ? 0 : $0 - 2 }
        return (before < 4, before % 2 == 1)
    }

    private func change(_ next: (Int) -> Int) -> Int {
        var before = holders.load(ordering: .relaxed)
        while true {
            let (done, seen) = holders.weakCompareExchange(
                expected: before, desired: next(before), ordering: .acquiringAndReleasing)
            if done { return before }
            before = seen
        }
    }
}
