internal import Domain

/// Events that some lane left on disk or has just read: several lanes ask for the same ones soon after each other, and
/// get the same object, so that its body is read, checked and kept once. The oldest goes first.
struct RecentEvents {
    typealias Found = (event: Event, conflictsWith: EventID?)

    private var found: [EventID: Found] = [:]
    private var order: [EventID] = []
    private var oldest = 0
    private var weight = 0

    subscript(id: EventID) -> Found? { found[id] }

    mutating func keep(_ event: Event, conflictsWith: EventID?, as id: EventID) {
        guard event.weight <= Limits.recentEventBytes, found.updateValue((event, conflictsWith), forKey: id) == nil
        else { return }
        order.append(id)
        weight += event.weight
        while weight > Limits.recentEventBytes {
            weight -= found.removeValue(forKey: order[oldest])?.event.weight ?? 0
            oldest += 1
        }
        if oldest > order.count / 2 {
            order.removeFirst(oldest)
            oldest = 0
        }
    }
}
