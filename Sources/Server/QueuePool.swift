import Wire

/// Lends byte queues to connections while they have bytes on the way, so that an idle connection holds none, and counts
/// the memory of those that outgrew the standard capacity.
final class QueuePool {
    private var free: [ByteQueue] = []
    private var borrowedBeyondStandard = 0
    private let most: Int

    /// Enough for one turn's worth of busy connections.
    private static let keptMost = 64

    /// - Parameter most: bytes beyond the standard capacity that all lent queues together may hold.
    init(most: Int) { self.most = most }

    func take() -> ByteQueue { free.popLast() ?? ByteQueue() }

    /// - Parameter isCounted: it grew by `space`; queues of answers grow by what is appended, and are not counted.
    func giveBack(_ queue: ByteQueue, isCounted: Bool) {
        if isCounted { borrowedBeyondStandard -= queue.capacity - ByteQueue.standardCapacity }
        queue.reset()
        if free.count < Self.keptMost { free.append(queue) }
    }

    /// Free memory in a lent queue that may grow up to `room`; empty when the pool has no more to lend.
    func space(in queue: ByteQueue, room: Int) -> UnsafeMutableRawBufferPointer {
        let before = queue.capacity
        let space = queue.space(most: min(room, before + max(most - borrowedBeyondStandard, 0)))
        borrowedBeyondStandard += queue.capacity - before
        return space
    }
}
