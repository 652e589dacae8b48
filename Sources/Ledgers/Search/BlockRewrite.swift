internal import Domain

/// Makes one block of several that stand side by side, or makes one anew without what is gone, some terms at a time. The old ones
/// are searched until it is whole; then they are removed, whole pages at once, which overwrites what was in them.
final class BlockRewrite {
    /// Of events that are no longer there, or whose words are not.
    struct Filter {
        let bodies: EventSet
        let events: EventSet
    }

    private struct Source {
        let block: Int64
        /// Where its events begin in the new block.
        let offset: Int
        let count: Int
        var terms: [(term: [UInt8], events: [UInt8])] = []
        var next = 0
        var isRead = false

        var term: [UInt8]? { next < terms.count ? terms[next].term : nil }
    }

    let blocks: [SearchBlock]
    private let filter: Filter?
    private let target: Int64
    private var sources: [Source] = []

    /// Terms that are read of a block at once.
    private static let stride = 128

    /// Inside a transaction, as every step.
    ///
    /// - Parameter filter: for one block alone.
    init(_ blocks: [SearchBlock], _ filter: Filter? = nil, in table: BlockTable) throws(SQLiteError) {
        self.blocks = blocks
        self.filter = filter
        var events: [EventID] = []
        for block in blocks {
            let own = try table.ids(of: block.id)
            sources.append(Source(block: block.id, offset: events.count, count: own.count))
            events += own
        }
        let level = blocks.count > 1 ? (blocks.map(\.level).max() ?? 0) + 1 : blocks.first?.level ?? 0
        target = try table.add(
            events, level: level, as: .unfinished,
            goneBodies: filter?.bodies.count ?? blocks.reduce(0) { $0 + $1.goneBodies },
            goneEvents: filter?.events.count ?? blocks.reduce(0) { $0 + $1.goneEvents })
    }

    /// - Returns: false when the new block has taken the place of the old ones.
    func step(in table: BlockTable) throws(SQLiteError) -> Bool {
        for _ in 0..<BlockTable.stride {
            guard let term = try nextTerm(in: table) else {
                for block in blocks { try table.doom(block.id) }
                try table.finish(target)
                return false
            }
            let places = try take(term)
            guard !places.isEmpty else { continue }
            var failure: SQLiteError?
            term.withUnsafeBytes { term in
                do throws(SQLiteError) { try table.add(term, places, to: target) } catch { failure = error }
            }
            if let failure { throw failure }
        }
        return true
    }

    private func nextTerm(in table: BlockTable) throws(SQLiteError) -> [UInt8]? {
        var least: [UInt8]?
        for place in sources.indices {
            if sources[place].next == sources[place].terms.count, !sources[place].isRead {
                let after = sources[place].terms.last?.term ?? []
                sources[place].terms = try table.terms(of: sources[place].block, after: after, most: Self.stride)
                sources[place].next = 0
                sources[place].isRead = sources[place].terms.count < Self.stride
            }
            guard let term = sources[place].term else { continue }
            if least.map({ term.lexicographicallyPrecedes($0) }) ?? true { least = term }
        }
        return least
    }

    /// The places of a term's events in the new block; growing, because the blocks are in order.
    private func take(_ term: [UInt8]) throws(SQLiteError) -> [Int] {
        var places: [Int] = []
        var isDamaged = false
        let isOfBody = term.first == SearchTerm.Kind.word.rawValue || term.first == SearchTerm.Kind.unread.rawValue
        for place in sources.indices where sources[place].term == term {
            let (offset, count) = (sources[place].offset, sources[place].count)
            sources[place].terms[sources[place].next].events.withUnsafeBytes { list in
                EventList.forEach(in: list) { event in
                    guard event < count else { return isDamaged = true }
                    if let filter, filter.events.contains(event) || isOfBody && filter.bodies.contains(event) { return }
                    places.append(offset + event)
                }
            }
            sources[place].next += 1
        }
        if isDamaged { throw .damaged("a list of the search index names an event that is not in its block") }
        return places
    }
}
