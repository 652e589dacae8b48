import Testing

@testable import Delivery

@Suite struct QueueTests {
    @Test func `gives its elements in order, those that were put back first`() {
        var queue = Queue<Int>()
        for number in 0..<100 { queue.append(number) }
        let first = (0..<50).compactMap { _ in queue.popFirst() }
        #expect(first == Array(0..<50))
        queue.putBack(49)
        queue.append(100)
        #expect(queue.first == 49 && queue.count == 52)
        #expect(queue.takeAll() == Array(49...100))
        #expect(queue.isEmpty && queue.popFirst() == nil)
    }

    @Test func `keeps no room of a backlog that is gone`() {
        var queue = Queue<Int>()
        for number in 0..<10_000 { queue.append(number) }
        let full = queue.capacity
        while queue.popFirst() != nil {}
        #expect(full >= 10_000 && queue.capacity <= 64)
        queue.append(1)
        #expect(queue.popFirst() == 1)
    }
}
