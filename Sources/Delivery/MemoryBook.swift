package import Domain

/// Who may hold how much memory, in bytes, as a pure machine. The sum never exceeds `most`, but for one thing alone in
/// memory that is larger than that.
///
/// What is in memory anyway may stay there when there is room. What lies on disk is fetched only under a grant: lanes that
/// got none wait in line, each gets at least what its next delivery may need, and while one waits nobody goes before
/// it. So each lane gets on, however many there are, without a share of its own. Lanes whose subscribers fail or are slow hold
/// what they have for longest, and are doubtful: all of them together get half of the memory, or what one of them needs, and
/// waiting for it they hold up only each other. The other half is held by lanes that send what they hold within two seconds
/// (`Pace`), so whoever waits in line for it is served at their pace.
package struct MemoryBook {
    package struct Grant: Equatable, Sendable {
        package let lane: SubscriberID
        package let bytes: Int
        package let isDoubtful: Bool

        package init(lane: SubscriberID, bytes: Int, isDoubtful: Bool = false) {
            (self.lane, self.bytes, self.isDoubtful) = (lane, bytes, isDoubtful)
        }
    }

    private let most: Int
    private let mostDoubtful: Int
    /// The most that one grant brings, unless its lane needs more.
    private let portion: Int
    package private(set) var taken = 0
    /// Of `taken`, what none but doubtful lanes hold.
    package private(set) var takenDoubtful = 0
    private var waiting = Queue<(number: Int, wish: Grant)>()
    private var doubtful = Queue<(number: Int, wish: Grant)>()
    private var asked = 0

    package init(most: Int, portion: Int) { (self.most, self.portion, mostDoubtful) = (most, portion, most / 2) }

    /// For what is in memory already.
    package mutating func tryTake(_ bytes: Int) -> Bool {
        guard next == nil, taken + bytes <= most else { return false }
        taken += bytes
        return true
    }

    /// - Parameters:
    ///   - least: what the lane cannot do with less than: what its next delivery may need.
    ///   - isDoubtful: it may hold for long what it gets.
    /// - Returns: nil when the lane has to wait: its grant is among those of a later `give`.
    package mutating func ask(_ lane: SubscriberID, least: Int, isDoubtful: Bool = false) -> Grant? {
        let wish = Grant(lane: lane, bytes: min(least, most), isDoubtful: isDoubtful)
        asked += 1
        if isDoubtful { doubtful.append((asked, wish)) } else { waiting.append((asked, wish)) }
        // Whoever could be granted something was: this can only be the new one.
        return serve().first
    }

    /// A grant turned out to be `used`. Of what was taken before, less may be in doubtful hands alone now.
    package mutating func exchange(_ grant: Grant, for used: Int, doubtful: Int) -> [Grant] {
        taken += used
        takenDoubtful += doubtful
        return give(grant)
    }

    package mutating func give(_ grant: Grant) -> [Grant] {
        give(grant.bytes, doubtful: grant.isDoubtful ? grant.bytes : 0)
    }

    /// - Parameter doubtful: so much less do doubtful lanes alone hold; more, if negative.
    package mutating func give(_ bytes: Int, doubtful: Int = 0) -> [Grant] {
        taken -= bytes
        takenDoubtful -= doubtful
        return serve()
    }

    /// Whose turn it is.
    private var next: Grant? {
        let usual = waiting.first
        let last = doubtful.first.flatMap { first in
            takenDoubtful == 0 || takenDoubtful + first.wish.bytes <= mostDoubtful ? first : nil
        }
        guard let usual else { return last?.wish }
        guard let last else { return usual.wish }
        return usual.number < last.number ? usual.wish : last.wish
    }

    private mutating func serve() -> [Grant] {
        var grants: [Grant] = []
        while let wish = next, wish.bytes <= most - taken {
            if wish.isDoubtful {
                _ = doubtful.popFirst()
                grants.append(wish)
                takenDoubtful += wish.bytes
            } else {
                _ = waiting.popFirst()
                // Half of what is left, so that the next one finds something too.
                let bytes = max(wish.bytes, min((most - taken) / 2, portion))
                grants.append(Grant(lane: wish.lane, bytes: bytes))
            }
            taken += grants.last?.bytes ?? 0
        }
        return grants
    }
}
