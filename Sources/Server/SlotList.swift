/// Slots of connections in the order in which they became idle, say, or last received: a doubly linked list in two arrays, so
/// that a request costs a few stores and no allocation.
struct SlotList {
    private var next: [Int32] = [0]
    private var previous: [Int32] = [0]
    /// Links of slot n are at n + 1; 0 is the list's own head, and an unlinked slot points to itself.

    /// The one that was appended longest ago.
    var oldest: Int? { next[0] == 0 ? nil : Int(next[0]) - 1 }

    func contains(_ slot: Int) -> Bool { slot + 1 < next.count && next[slot + 1] != Int32(slot + 1) }

    mutating func append(_ slot: Int) {
        remove(slot)
        let place = Int32(slot + 1)
        let last = previous[0]
        (next[Int(last)], previous[Int(place)]) = (place, last)
        (next[Int(place)], previous[0]) = (0, place)
    }

    mutating func remove(_ slot: Int) {
        let place = slot + 1
        while next.count <= place {
            next.append(Int32(next.count))
            previous.append(Int32(previous.count))
        }
        let (after, before) = (next[place], previous[place])
        next[Int(before)] = after
        previous[Int(after)] = before
        (next[place], previous[place]) = (Int32(place), Int32(place))
    }
}
