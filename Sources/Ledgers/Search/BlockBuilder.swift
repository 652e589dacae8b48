internal import Domain
internal import Glibc

/// Gathers the terms of the events of one new block in memory, and gives them back in order.
struct BlockBuilder {
    /// When a block is closed: a bound on memory, some 5 MiB.
    private let mostEvents: Int
    private static let mostPostings = 128 << 10
    private static let mostTermBytes = 2 << 20

    private struct Posting {
        /// The first eight bytes of the term: most comparisons end with them.
        let key: UInt64
        let start: UInt32
        let length: UInt16
        let event: UInt16
    }

    private(set) var events: [EventID] = []
    private var postings: [Posting] = []
    private var terms: [UInt8] = []

    init(mostEvents: Int) { self.mostEvents = mostEvents }

    var isEmpty: Bool { events.isEmpty }

    var isFull: Bool {
        events.count >= mostEvents || postings.count >= Self.mostPostings || terms.count >= Self.mostTermBytes
    }

    mutating func clear() { self = BlockBuilder(mostEvents: mostEvents) }

    /// What is added next belongs to this event; later ones have higher ids.
    mutating func begin(_ event: EventID) { events.append(event) }

    mutating func add(_ term: [UInt8]) { add(term, toEventAt: events.count - 1) }

    mutating func add(_ term: [UInt8], toEventAt place: Int) {
        let start = terms.count
        terms.append(contentsOf: term)
        postings.append(Self.posting(terms, from: start, of: UInt16(place)))
    }

    /// - Returns: how many words there were.
    mutating func addWords(of content: UnsafeRawBufferPointer, most: Int) -> Int {
        let content = Words.searched(content)
        let folding = Words.folding(isText: Words.isText(content))
        var count = 0
        // The closure cannot hold `self` and change it at once.
        var (postings, terms) = (self.postings, self.terms)
        (self.postings, self.terms) = ([], [])
        let event = UInt16(events.count - 1)
        Words.forEach(in: content, folding) { range in
            count += 1
            guard count <= most else { return false }
            let word = UnsafeRawBufferPointer(rebasing: content[range].prefix(Words.mostBytes))
            let start = terms.count
            terms.append(SearchTerm.Kind.word.rawValue)
            for byte in word { terms.append(folding[Int(byte)]) }
            postings.append(Self.posting(terms, from: start, of: event))
            return true
        }
        (self.postings, self.terms) = (postings, terms)
        return count
    }

    private static func posting(_ terms: [UInt8], from start: Int, of event: UInt16) -> Posting {
        var key: UInt64 = 0
        for place in start..<start + 8 { key = key << 8 | (place < terms.count ? UInt64(terms[place]) : 0) }
        return Posting(
            key: key, start: UInt32(start), length: UInt16(clamping: terms.count - start), event: event)
    }

    /// Each term once, in the order of its bytes, with the places of its events.
    mutating func forEachTerm(
        _ each: (UnsafeRawBufferPointer, [Int]) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        sort()
        var places: [Int] = []
        var next = 0
        while next < postings.count {
            let first = postings[next]
            places.removeAll(keepingCapacity: true)
            while next < postings.count, isSame(postings[next], first) {
                if places.last != Int(postings[next].event) { places.append(Int(postings[next].event)) }
                next += 1
            }
            let term = Array(terms[Int(first.start)..<Int(first.start) + Int(first.length)])
            var failure: SQLiteError?
            term.withUnsafeBytes { term in
                do throws(SQLiteError) { try each(term, places) } catch { failure = error }
            }
            if let failure { throw failure }
        }
    }

    private mutating func sort() {
        terms.withUnsafeBytes { terms in
            postings.sort { a, b in
                if a.key != b.key { return a.key < b.key }
                let order = Self.compare(a, b, terms)
                return order == 0 ? a.event < b.event : order < 0
            }
        }
    }

    private func isSame(_ a: Posting, _ b: Posting) -> Bool {
        a.key == b.key && terms.withUnsafeBytes { Self.compare(a, b, $0) == 0 }
    }

    /// As SQLite orders blobs.
    private static func compare(_ a: Posting, _ b: Posting, _ terms: UnsafeRawBufferPointer) -> Int {
        let common = Int(min(a.length, b.length))
        guard common > 0, let base = terms.baseAddress else { return Int(a.length) - Int(b.length) }
        let order = memcmp(base + Int(a.start), base + Int(b.start), common)
        return order == 0 ? Int(a.length) - Int(b.length) : Int(order)
    }
}
