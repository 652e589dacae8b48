internal import Domain

/// A size that is exceeded is got back in parts of what is there when that is found, so that no more goes than must. Each
/// part is a record in the ledger: where all of them were not enough, whatever came since goes in one.
struct RetentionSeries {
    /// Batches up to which it goes, and how many at once.
    private var (end, part): (Int64, Int64) = (0, 1)
    private var nextLook: WallTime?
    private var hasRunOut = false

    private static let parts: Int64 = 64
    /// From one look at the size to the next, except inside a series.
    private static let pause = TimeSpan.seconds(60)

    func isDue(at now: WallTime) -> Bool { now >= nextLook ?? now }

    /// The size is met; or nothing that is there can go, and so nothing is announced.
    mutating func rest(at now: WallTime) { (end, hasRunOut, nextLook) = (0, false, now + Self.pause) }

    /// How far the next part goes.
    ///
    /// - Parameters:
    ///   - first: the batch of the first event that can go.
    ///   - bound: the last batch that may go.
    mutating func target(after announced: Int64, reaching first: Int64, upTo bound: Int64) -> Int64 {
        if announced >= end {
            let all = max(bound - announced, 1)
            (end, part) = (bound, hasRunOut ? all : max(all / Self.parts, 1))
        }
        return min(max(announced + part, first), bound)
    }

    mutating func announced(_ batch: Int64, at now: WallTime) {
        hasRunOut = batch >= end
        nextLook = hasRunOut ? now + Self.pause : now
    }
}
