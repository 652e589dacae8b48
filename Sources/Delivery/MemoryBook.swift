package import Domain

/// Who may hold how much memory, in bytes, as a pure machine. The sum never exceeds `most`, but for one thing alone in
/// memory that is larger than that.
///
/// What is in memory anyway may stay there when there is room. What lies on disk is fetched only under a grant: lanes that
/// got none wait in line, each gets at least what its largest delivery may need, and while one waits nobody goes before
/// it. So each lane gets on, however many there are, without a share of its own.
package struct MemoryBook {
    package struct Grant: Equatable, Sendable {
        package let lane: SubscriberID
        package let bytes: Int
    }

    private let most: Int
    /// The most that one grant brings, unless its lane needs more.
    private let portion: Int
    package private(set) var taken = 0
    private var waiting = Queue<Grant>()

    package init(most: Int, portion: Int) { (self.most, self.portion) = (most, portion) }

    /// For what is in memory already.
    package mutating func tryTake(_ bytes: Int) -> Bool {
        guard waiting.isEmpty, taken + bytes <= most else { return false }
        taken += bytes
        return true
    }

    /// - Parameter least: what the lane cannot do with less than.
    /// - Returns: nil when the lane has to wait: its grant is among those of a later `give`.
    package mutating func ask(_ lane: SubscriberID, least: Int) -> Grant? {
        let wish = Grant(lane: lane, bytes: min(least, most))
        if waiting.isEmpty, let grant = granted(wish) { return grant }
        waiting.append(wish)
        return nil
    }

    /// A grant turned out to be `used` instead.
    package mutating func exchange(_ granted: Int, for used: Int) -> [Grant] {
        taken += used
        return give(granted)
    }

    package mutating func give(_ bytes: Int) -> [Grant] {
        taken -= bytes
        var grants: [Grant] = []
        while let first = waiting.first, let grant = granted(first) {
            _ = waiting.popFirst()
            grants.append(grant)
        }
        return grants
    }

    /// Half of what is left, so that the next one finds something too.
    private mutating func granted(_ wish: Grant) -> Grant? {
        let left = most - taken
        guard wish.bytes <= left else { return nil }
        let bytes = max(wish.bytes, min(left / 2, portion))
        taken += bytes
        return Grant(lane: wish.lane, bytes: bytes)
    }
}
