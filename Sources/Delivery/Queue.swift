/// First in, first out, without shifting: the head moves, and the storage is compacted when half of it is past. What a
/// backlog needed is given back when the queue is empty: there is one for each lane.
struct Queue<Element> {
    private static var keptCapacity: Int { 64 }

    private var storage: [Element?] = []
    private var head = 0

    var count: Int { storage.count - head }
    var capacity: Int { storage.capacity }
    var isEmpty: Bool { count == 0 }

    var first: Element? { head < storage.count ? storage[head] : nil }

    mutating func append(_ element: Element) { storage.append(element) }

    mutating func putBack(_ element: Element) {
        if head > 0 {
            head -= 1
            storage[head] = element
        } else {
            storage.insert(element, at: 0)
        }
    }

    mutating func popFirst() -> Element? {
        guard head < storage.count else { return nil }
        let first = storage[head].take()
        head += 1
        if head == storage.count {
            if storage.capacity > Self.keptCapacity { storage = [] } else { storage.removeAll(keepingCapacity: true) }
            head = 0
        } else if head * 2 > storage.count, head > 32 {
            storage.removeFirst(head)
            head = 0
        }
        return first
    }

    mutating func takeAll() -> [Element] {
        let all = storage[head...].compactMap { $0 }
        (storage, head) = ([], 0)
        return all
    }
}
