package import Domain
internal import Glibc

/// Keeps the index behind the ledger, a little at a time, on a thread of its own: intake and deliveries know nothing of it.
///
/// Events are indexed when enough of them for a block have come; those behind are few, and a search reads them. Small blocks
/// are put together into larger ones, so that a search looks into few. What is removed from the ledger is removed here.
package final class SearchWork {
    package enum Step: Sendable { case done, more }

    private let ledger: String
    private let bytes: Int64
    private let retention: Retention
    private let clock: any Clock
    private let sizes: SearchSizes
    private var index: OpenIndex?
    private var nextRetention: MonotonicTime?

    /// - Parameters:
    ///   - ledger: the file that is followed.
    ///   - bytes: the index gives up its oldest events when it is larger.
    ///   - clock: of the ledger's times.
    package convenience init(ledger: String, bytes: Int64, retention: Retention, clock: any Clock) {
        self.init(ledger: ledger, bytes: bytes, retention: retention, clock: clock, sizes: SearchSizes())
    }

    init(ledger: String, bytes: Int64, retention: Retention, clock: any Clock, sizes: SearchSizes) {
        self.sizes = sizes
        self.ledger = ledger
        self.bytes = bytes
        self.retention = retention
        self.clock = clock
    }

    /// Leaves nothing of an index that is not kept up.
    package static func remove(of ledger: String) { SearchFile.remove(of: ledger) }

    /// Attempts and actions so far: how busy the gateway is.
    package private(set) var activity: Int64 = 0

    /// Some milliseconds of work.
    ///
    /// - Returns: whether more is to be done at once.
    /// - Throws: what hinders it. What is damaged is removed first, and made again by later steps.
    package func step() throws(LedgerError) -> Step {
        let follower: LedgerFollower
        do throws(SQLiteError) { follower = try LedgerFollower(path: ledger) } catch {
            throw error.ledgerError(path: ledger)
        }
        do throws(SQLiteError) {
            // A small ledger needs none.
            if index == nil, !SearchFile.exists(of: ledger), try !follower.fillsBlock(sizes, before: settled) {
                return .done
            }
            let index = try opened(follower)
            let position = try follower.position()
            activity = position.attempts + position.batch
            return try index.step(
                follower, position, bytes: bytes, before: settled, looksForGone: isRetentionDue(),
                mayGrow: hasSpace)
                ? .more : .done
        } catch {
            index = nil
            // What the gateway itself finds out, and mends.
            if follower.hasFailed(error) { throw error.ledgerError(path: ledger) }
            // Whatever is wrong with the index: what it held is in the ledger.
            if error.isDamage { SearchFile.remove(of: ledger) }
            throw error.ledgerError(path: SearchFile.path(of: ledger))
        }
    }

    /// Starts over: a search found it damaged.
    package func discard() {
        close()
        SearchFile.remove(of: ledger)
    }

    /// Opened again by the next step.
    package func close() { index = nil }

    private func opened(_ follower: LedgerFollower) throws(SQLiteError) -> OpenIndex {
        if let index { return index }
        let opened = try OpenIndex(ledger, sizes)
        if let place = try opened.place(), try !follower.owns(place) { throw .damaged("of another ledger") }
        index = opened
        return opened
    }

    private var settled: EventID {
        EventID.first(at: WallTime(microseconds: clock.wall().microseconds - sizes.settling.microseconds))
    }

    private var hasSpace: Bool {
        var found = statvfs()
        guard statvfs(SearchFile.path(of: ledger), &found) == 0 else { return true }
        return UInt64(found.f_bavail).multipliedReportingOverflow(by: UInt64(found.f_frsize)).partialValue
            >= UInt64(Limits.searchFreeBytes)
    }

    private func isRetentionDue() -> Bool {
        guard !retention.keepsEverything || nextRetention == nil else { return false }
        let now = clock.monotonic()
        guard nextRetention.map({ now >= $0 }) ?? true else { return false }
        nextRetention = now + retention.interval
        return true
    }
}

extension SQLiteError {
    /// It is no index, or not as SQLite left it.
    var isDamage: Bool { [11, 26].contains(primaryCode) }  // SQLITE_CORRUPT, SQLITE_NOTADB
}
