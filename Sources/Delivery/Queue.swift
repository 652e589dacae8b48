/// First in, first out, without shifting: the head moves, and the storage is compacted when half of it is past.
struct Queue<Element> {
    private var storage: [Element?] = []
    private var head = 0

    var count: Int { storage.count - head }
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
        if head * 2 > storage.count, head > 32 || head == storage.count {
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
