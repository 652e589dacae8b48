import Wire

/// Lends byte queues to connections while they have bytes on the way, so that an idle connection holds none. Those that
/// outgrow the standard capacity do so from a memory that all loops share.
final class QueuePool {
    private var free: [ByteQueue] = []
    private let memory: ReceiveMemory

    /// Enough for one turn's worth of busy connections.
    private static let keptMost = 64

    init(_ memory: ReceiveMemory) { self.memory = memory }

    func take() -> ByteQueue { free.popLast() ?? ByteQueue() }

    /// - Parameter isCounted: it grew by `space`; queues of answers grow by what is appended, and are not counted.
    func giveBack(_ queue: ByteQueue, isCounted: Bool) {
        if isCounted { memory.give(max(queue.capacity - ByteQueue.standardCapacity, 0)) }
        queue.reset()
        if free.count < Self.keptMost { free.append(queue) }
    }

    /// Free memory in a lent queue that may grow up to `room`; empty when the pool has no more to lend.
    func space(in queue: ByteQueue, room: Int) -> UnsafeMutableRawBufferPointer {
        if queue.capacity < ByteQueue.standardCapacity { queue.unfold() }
        let before = queue.capacity
        let space = queue.space(most: before)
        guard space.isEmpty, room > before else { return space }
        let lent = memory.take(upTo: min(room - before, before))  // it grows by doubling
        let grown = queue.space(most: before + lent)
        memory.give(lent - (queue.capacity - before))
        return grown
    }
}
