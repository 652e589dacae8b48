/// Bytes on their way in or out of one connection: appended at the end, consumed from the front, at one stretch of
/// memory, so that what is parsed is parsed in place. Owned by one thread.
package final class ByteQueue {
    /// Most requests with their bodies fit; an idle connection holds no queue at all.
    package static let standardCapacity = 16 << 10

    private var storage: UnsafeMutableRawPointer
    private var start = 0
    private var end = 0
    package private(set) var capacity: Int

    package init(capacity: Int = ByteQueue.standardCapacity) {
        precondition(capacity > 0)
        storage = .allocate(byteCount: capacity, alignment: 16)
        self.capacity = capacity
    }

    deinit { storage.deallocate() }

    package var count: Int { end - start }
    package var isEmpty: Bool { start == end }

    /// What was appended and not yet consumed. Valid until the next call that changes the queue.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage + start, count: end - start) }

    /// Free memory behind the bytes, to be filled by a read and then reported by `didFill`.
    ///
    /// - Parameters:
    ///   - least: wanted; less is given only when `most` forbids it.
    ///   - most: the queue never grows beyond this many bytes by this call.
    /// - Returns: all free memory there is; empty when the bound is reached.
    package func space(atLeast least: Int = 1, most: Int = .max) -> UnsafeMutableRawBufferPointer {
        if isEmpty { (start, end) = (0, 0) }
        if capacity - end < least, start > 0 { compact() }
        if capacity - end < least, capacity < most { resize(to: min(most, max(capacity * 2, end + least))) }
        return UnsafeMutableRawBufferPointer(start: storage + end, count: capacity - end)
    }

    package func didFill(_ added: Int) {
        precondition(added >= 0 && added <= capacity - end)
        end += added
    }

    package func append(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        space(atLeast: bytes.count).copyMemory(from: bytes)
        didFill(bytes.count)
    }

    package func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package func consume(_ length: Int) {
        precondition(length >= 0 && length <= count)
        start += length
        if isEmpty { (start, end) = (0, 0) }
    }

    /// Keeps the first `length` bytes.
    package func truncate(to length: Int) {
        precondition(length >= 0 && length <= count)
        end = start + length
    }

    /// Moves `range` down to `offset`; both count from the first byte. What lay between is overwritten.
    func move(_ range: Range<Int>, to offset: Int) {
        precondition(offset >= 0 && offset <= range.lowerBound && range.upperBound <= count)
        guard offset < range.lowerBound, !range.isEmpty else { return }
        (storage + start + offset).copyMemory(from: storage + start + range.lowerBound, byteCount: range.count)
    }

    /// Empties the queue and gives memory beyond the standard capacity back.
    package func reset() {
        (start, end) = (0, 0)
        guard capacity != Self.standardCapacity else { return }
        storage.deallocate()
        storage = .allocate(byteCount: Self.standardCapacity, alignment: 16)
        capacity = Self.standardCapacity
    }

    /// A few bytes that may have to wait for long need no more room than this.
    package static let foldedCapacity = 1 << 10

    /// Gives memory back while only a few bytes are there.
    package func fold() {
        guard count <= Self.foldedCapacity, capacity == Self.standardCapacity else { return }
        resize(to: Self.foldedCapacity)
    }

    /// Back to the standard capacity.
    package func unfold() { resize(to: Self.standardCapacity) }

    private func compact() {
        storage.copyMemory(from: storage + start, byteCount: count)
        (start, end) = (0, count)
    }

    private func resize(to size: Int) {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        larger.copyMemory(from: storage + start, byteCount: count)
        storage.deallocate()
        (storage, start, end, capacity) = (larger, 0, count, size)
    }
}
