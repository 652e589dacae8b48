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
        let bytes = Limits.deliveryBytes + event.change(.usual, by: 1).taken
        if book.withLock({ $0.tryTake(bytes) }) { return true }
        _ = event.change(.usual, by: -1)
        return false
    }

    /// The body is not needed for this delivery any more; the delivery itself still is, but not for long.
    func letGo(_ event: Event, as holder: Event.Holder) {
        let less = event.change(holder, by: -1)
        let beside = holder == .doubtful ? Limits.deliveryBytes : 0
        guard less.taken != 0 || less.doubtful - beside != 0 else { return }
        tell(book.withLock { $0.give(-less.taken, doubtful: beside - less.doubtful) })
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
        var used = deliveries.count * Limits.deliveryBytes
        var doubtful = grant.isDoubtful ? used : 0
        for delivery in deliveries {
            let more = delivery.event.change(grant.isDoubtful ? .doubtful : .usual, by: 1)
            used += more.taken
            doubtful += more.doubtful
        }
        tell(book.withLock { $0.exchange(grant, for: used, doubtful: doubtful) })
    }

    func give(back grant: MemoryBook.Grant) { tell(book.withLock { $0.give(grant) }) }

    private func tell(_ grants: [MemoryBook.Grant]) { for grant in grants { wake(grant) } }

    var taken: Int { book.withLock { $0.taken } }
    var takenDoubtful: Int { book.withLock { $0.takenDoubtful } }
}

/// `holders` counts lanes that hold an event under a doubtful grant, and above them the others: as long as there is one of
/// those, it is no doubtful lane that keeps the event.
extension Event {
    enum Holder: Int {
        case doubtful = 1
        case usual = 0x1_0000_0000
    }

    /// - Returns: by how much the bytes that are taken change, and of those the bytes that doubtful lanes alone hold.
    fileprivate func change(_ holder: Holder, by count: Int) -> (taken: Int, doubtful: Int) {
        let step = holder.rawValue * count
        let after = holders.wrappingAdd(step, ordering: .acquiringAndReleasing).newValue
        let before = after - step
        func isDoubtful(_ holders: Int) -> Bool { holders > 0 && holders < Holder.usual.rawValue }
        return (
            weight * ((after > 0 ? 1 : 0) - (before > 0 ? 1 : 0)),
            weight * ((isDoubtful(after) ? 1 : 0) - (isDoubtful(before) ? 1 : 0))
        )
    }
}
