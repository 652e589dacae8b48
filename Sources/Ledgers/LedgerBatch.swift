internal import Domain

/// Posts that are committed together. Each leaves as its poster is told: no body outlives its count in
/// `Limits.appendBytesWaiting`.
struct LedgerBatch {
    private var posts: [LedgerPost] = []

    var places: Range<Int> { posts.indices }
    var entries: some Sequence<LedgerEntry> { posts.lazy.compactMap(\.entry) }

    /// From the front of `waiting`, up to what must go alone; a few of the claims go with each batch, so that many lanes that
    /// fill up at once do not keep events waiting.
    mutating func gather(_ waiting: inout [LedgerPost], _ claims: inout [LedgerPost]) {
        let most = Limits.batchEntries - Limits.batchClaims
        posts.append(contentsOf: waiting.prefix(most).prefix { $0.entry != nil })
        waiting.removeFirst(posts.count)
        posts += claims.prefix(Limits.batchClaims)
        claims.removeFirst(min(claims.count, Limits.batchClaims))
    }

    mutating func gather(_ waiting: inout ArraySlice<LedgerPost>) {
        posts.append(contentsOf: waiting.prefix(Limits.batchEntries))
        waiting = waiting.dropFirst(Limits.batchEntries)
    }

    /// Once for each place.
    mutating func take(_ place: Int) -> LedgerPost {
        var post = LedgerPost.stop
        swap(&post, &posts[place])
        return post
    }

    /// Its places are free again.
    mutating func end() { posts.removeAll(keepingCapacity: true) }
}
