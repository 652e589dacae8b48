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

    // An event begins to be held by one thread: the one that made it, before any other can let it go.

    func tryHold(_ event: Event) -> Bool {
        let isFirst = event.holders.wrappingAdd(1, ordering: .relaxed).oldValue == 0
        let bytes = Limits.deliveryBytes + (isFirst ? event.weight : 0)
        if book.withLock({ $0.tryTake(bytes) }) { return true }
        event.holders.wrappingSubtract(1, ordering: .relaxed)
        return false
    }

    /// The body is not needed for this delivery any more; the delivery itself still is.
    func letGo(_ event: Event) {
        let isLast = event.holders.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0
        if isLast { give(event.weight) }
    }

    func leave() { give(Limits.deliveryBytes) }

    // MARK: Fetching from disk

    /// - Parameter largest: weight of the largest event that the lane may meet.
    func ask(_ lane: SubscriberID, largest: Int) -> MemoryBook.Grant? {
        book.withLock { $0.ask(lane, least: largest + Limits.laneLookAhead * Limits.deliveryBytes) }
    }

    /// What was fetched under a grant is held now; the rest of the grant goes back.
    func hold(_ deliveries: [ClaimedDelivery], granted: Int) {
        var used = deliveries.count * Limits.deliveryBytes
        for delivery in deliveries
        where delivery.event.holders.wrappingAdd(1, ordering: .relaxed).oldValue == 0 {
            used += delivery.event.weight
        }
        tell(book.withLock { $0.exchange(granted, for: used) })
    }

    func give(_ bytes: Int) { tell(book.withLock { $0.give(bytes) }) }

    private func tell(_ grants: [MemoryBook.Grant]) { for grant in grants { wake(grant) } }

    var taken: Int { book.withLock { $0.taken } }
}
