package import Crypto
package import Domain
internal import Net

/// The ledger as one SQLite file in this process. Made on any thread, then used by one.
package final class SQLiteLedger: LedgerEngine {
    private let file: LedgerFile
    private let run: Int64
    /// Nil after an error, until `reopen()`.
    private var open: OpenLedger?
    private var trouble: LedgerError?
    /// Of the log that `open` writes to.
    private var log: FileIdentity?
    /// The end of the chain as of the last commit that succeeded.
    private var end: ChainPlace

    private var retention = Retention()
    private var key: SealingKey?
    private var clock: any Clock = SystemClock()
    private var pace = RetentionPace()

    /// Makes the file, and its directory, when they are missing.
    /// - Parameter path: on a local disk. Beside it appear `-wal`, `-shm` and `.lock`.
    package init(path: String) throws(LedgerError) {
        let file = try LedgerFile(path: path)
        let open = try OpenLedger(path: path, run: nil)
        self.file = file
        self.open = open
        run = open.run
        log = file.logIdentity
        end = open.chain.end
    }

    /// The time of the last batch that stored an event or an attempt; 1970 when there is none.
    package var latest: WallTime { open?.chain.latest ?? WallTime(microseconds: 0) }

    package func register(_ directory: Directory) throws(LedgerError) -> DirectoryIDs {
        try transaction(at: WallTime(microseconds: 0)) { open throws(SQLiteError) in
            try open.enroll(directory, try open.directory.register(directory))
        }
    }

    package func commit(_ batch: [LedgerEntry], at now: WallTime) throws(LedgerError) -> [LedgerResult] {
        if !retention.keepsEverything { pace.note(batch) }
        return try transaction(at: now, isSynced: batch.contains(where: \.isReliedOn)) { open throws(SQLiteError) in
            var results: [LedgerResult] = []
            results.reserveCapacity(batch.count)
            for entry in batch { results.append(try open.apply(entry, at: now)) }
            return results
        }
    }

    package func quarantine(
        _ refused: [RefusedRequest], caps: QuarantineCaps, at now: WallTime
    ) throws(LedgerError) -> QuarantineChange {
        var nothing = QuarantineChange()
        (nothing.dropped, nothing.isEmpty) = (refused.count, false)
        guard hasRoom() else { return nothing }
        do throws(LedgerError) {
            return try inPlace { open throws(SQLiteError) in try open.keep(refused, caps: caps, key: key, at: now) }
        } catch {
            // Events come first: they find out for themselves whether there is still room.
            guard error.isFull else { throw error }
            trouble = nil
            try withOpen { open throws(SQLiteError) in try open.quarantine.recount() }
            return nothing
        }
    }

    /// Seals with this key what is hidden of refused requests; without one that is not kept. Before the first batch.
    package func seal(with key: SealingKey?) { self.key = key }

    /// Seals it with another key, part by part: after an error, or a crash, the same call goes on where it was.
    package func reseal(from old: SealingKey, to new: SealingKey) throws(LedgerError) -> Resealing {
        var count = Resealing()
        var last: QuarantineID? = QuarantineID(0)
        while let after = last {
            last = try transaction(at: WallTime(microseconds: 0)) { open throws(SQLiteError) in
                try open.quarantine.reseal(after: after, from: old, to: new, &count)
            }
        }
        return count
    }

    package func recover(at now: WallTime) throws(LedgerError) -> Int {
        var recovered = 0
        while true {
            let some = try transaction(at: now) { open throws(SQLiteError) in try open.recover(at: now) }
            if some == 0 { return recovered }
            recovered += some
        }
    }

    package func statistics() throws(LedgerError) -> LedgerStatistics {
        try withOpen { open throws(SQLiteError) in
            var statistics = LedgerStatistics(
                ledgerBytes: file.ledgerBytes, walBytes: file.walBytes, deliveries: open.counts.byState)
            (statistics.quarantineRequests, statistics.quarantineBytes) = (
                open.quarantine.requests, open.quarantine.bytes
            )
            for subscriber in open.counts.withPending {
                statistics.oldestDue[subscriber] = try open.deliveries.nextDue(subscriber)
            }
            return statistics
        }
    }

    package func hasRoom() -> Bool {
        guard let space = file.space(), let open else { return true }  // the next commit will tell
        if space.free > space.reserve + open.checkpoints.growthMost { return true }
        return open.room(in: file)?.isForEvents ?? true
    }

    /// A checkpoint that runs out of space has used up what was left and freed nothing.
    private func canCheckpoint(_ open: OpenLedger) -> Bool {
        guard let space = file.space() else { return true }
        return space.free > open.checkpoints.growthMost || space.free > open.growth(of: file)
    }

    /// Removes what is too old as part of `tidy`. Before the first batch.
    ///
    /// - Parameter clock: the one that gives batches their times.
    package func keep(_ retention: Retention, clock: any Clock) {
        self.retention = retention
        self.clock = clock
    }

    package func tidy(isIdle: Bool) throws(LedgerError) -> Bool {
        let isRetained = try retain(isIdle: isIdle)
        return try writeBack(isIdle: isIdle) && isRetained
    }

    /// False while something is still to be removed, now or later.
    private func retain(isIdle: Bool) throws(LedgerError) -> Bool {
        guard !retention.keepsEverything else { return true }
        let start = clock.monotonic()
        guard let steps = pace.steps(at: start, isIdle: isIdle) else { return false }
        repeat {
            guard let open, open.retention.isDue(retention, at: clock.wall()) else { break }
            var room = open.room(in: file)
            if room?.isTight ?? false {
                _ = try writeBack(isIdle: true)
                room = open.room(in: file)
            }
            // A commit that finds no room would close the ledger.
            guard let budget = room.map({ $0.removal(steps: steps) }) ?? RemovalBudget(steps: steps) else { break }
            let time = clock.wall()
            try transaction(at: time) { [retention] open throws(SQLiteError) in
                try open.retention.work(retention, in: open, within: budget, at: time)
            }
        } while isIdle && clock.monotonic() - start < RetentionPace.idleTime
        return false
    }

    private func writeBack(isIdle: Bool) throws(LedgerError) -> Bool {
        do throws(LedgerError) {
            return try withOpen { open throws(SQLiteError) in
                if isIdle ? open.checkpoints.isLogEmpty : !open.checkpoints.isDue { return true }
                guard canCheckpoint(open) else { return false }
                if isIdle { return try open.checkpoints.whole(open.database) }
                return try open.checkpoints.some(open.database)
            }
        } catch {
            // Nothing is lost when the database cannot grow: the log still has it.
            guard case .full = error else { throw error }
            trouble = nil
            return false
        }
    }

    package func close() {
        if trouble == nil { _ = try? writeBack(isIdle: true) }
        // Of what was to be written back the log may have the only good copy.
        if trouble != nil { open?.keepLog() }
        open = nil
        trouble = .latched
    }

    package func reopen() throws(LedgerError) {
        do throws(LedgerError) {
            try mend()
            trouble = nil
        } catch {
            // Space alone does not cure what else was found on the way.
            if !error.isFull { trouble = error }
            throw error
        }
    }

    private func mend() throws(LedgerError) {
        if let old = open {
            try storing { () throws(SQLiteError) in try rescue(old) }
            old.keepLog()
            open = nil
        }
        // Whatever stands in its place is not touched.
        guard file.isInPlace else { throw SQLiteError.displaced(file.path).ledgerError(path: file.path) }
        let isFull = trouble?.isFull ?? false
        if !isFull { try storing { () throws(SQLiteError) in try Repair.run(path: file.path) } }
        let fresh = try OpenLedger(path: file.path, run: run)
        if isFull { _ = try storing { () throws(SQLiteError) in try fresh.checkpoints.whole(fresh.database) } }
        guard fresh.chain.end == end else {
            throw .storage(
                path: file.path, code: 0,
                detail: "its end is not the one this process left; restart headgate to read it afresh")
        }
        open = fresh
        log = file.logIdentity
    }

    /// The last that is done with a connection before it is given up.
    private func rescue(_ old: OpenLedger) throws(SQLiteError) {
        if file.logIdentity == log { return try old.overwriteFailed() }
        // The log has lost its name, and has all of what it had: only this connection can still reach it.
        guard try old.checkpoints.whole(old.database) else { throw .displaced(file.path + "-wal") }
    }

    private func storing<Result>(_ body: () throws(SQLiteError) -> Result) throws(LedgerError) -> Result {
        do throws(SQLiteError) { return try body() } catch { throw error.ledgerError(path: file.path) }
    }

    private func transaction<Result>(
        at now: WallTime, isSynced: Bool = true, _ body: (OpenLedger) throws(SQLiteError) -> Result
    ) throws(LedgerError) -> Result {
        try inPlace { open throws(SQLiteError) in
            let result = try open.transaction(at: now, isSynced: isSynced) { () throws(SQLiteError) in try body(open) }
            end = open.chain.end
            return result
        }
    }

    /// Nothing is written to files that would not be found again.
    private func inPlace<Result>(
        _ body: (OpenLedger) throws(SQLiteError) -> Result
    ) throws(LedgerError) -> Result {
        try withOpen { open throws(SQLiteError) in
            guard file.isInPlace else { throw .displaced(file.path) }
            guard file.logIdentity == log else { throw .displaced(file.path + "-wal") }
            return try body(open)
        }
    }

    /// Any error closes the ledger: SQLite itself would let the next transaction succeed on what the kernel has lost.
    private func withOpen<Result>(
        _ body: (OpenLedger) throws(SQLiteError) -> Result
    ) throws(LedgerError) -> Result {
        guard trouble == nil, let open else { throw .latched }
        do throws(SQLiteError) {
            return try body(open)
        } catch {
            let error = error.ledgerError(path: file.path)
            trouble = error
            throw error
        }
    }
}
