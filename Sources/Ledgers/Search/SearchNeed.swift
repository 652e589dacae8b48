internal import Domain

/// One of the things that an event must have to be found: what the index is asked for.
enum SearchNeed {
    case term([UInt8])
    /// Of terms from one to another, both included, those that `isWanted`.
    case terms(from: [UInt8], through: [UInt8], isWanted: (UnsafeRawBufferPointer) -> Bool)
    case anyTerm([[UInt8]])
    /// In one of these ways: all words, and one that begins so.
    case words([(whole: [[UInt8]], beginning: [UInt8]?)])
    /// A delivery of one of these classes.
    case deliveries(SearchedClasses)
}

struct SearchedClasses {
    let numbers: [Int64]
    /// Events whose deliveries changed since they were last followed; growing.
    let changed: [EventID]
}

extension SearchNeed {
    static func types(_ filter: EventFilter) -> SearchNeed? {
        guard !filter.globs.isEmpty, !filter.globs.contains(where: { glob in glob.allSatisfy { $0 == "*" } }) else {
            return nil
        }
        if !filter.globs.contains(where: { $0.contains("*") }) {
            return .anyTerm(filter.globs.map { SearchTerm.bytes(.type, $0.utf8) })
        }
        // All that begin as the glob does.
        let common = filter.globs.count == 1 ? filter.globs[0].prefix { $0 != "*" } : ""
        let first = SearchTerm.bytes(.type, common.utf8)
        return .terms(from: first, through: SearchTerm.end(of: first)) { term in
            filter.matches(UnsafeRawBufferPointer(rebasing: term.dropFirst()))
        }
    }

    static func source(_ range: IPRange) -> SearchNeed {
        let (first, last) = SearchTerm.sources(range)
        return .terms(from: first, through: last) { _ in true }
    }

    static func text(_ pattern: TextPattern) -> SearchNeed? {
        let ways = pattern.words
        guard !pattern.isAnywhere, ways.allSatisfy({ !$0.whole.isEmpty || $0.beginning != nil }) else { return nil }
        return .words(ways)
    }
}
