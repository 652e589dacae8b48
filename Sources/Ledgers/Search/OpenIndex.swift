internal import Domain

/// How large the pieces of an index are.
struct SearchSizes {
    /// Events of a new block, and the content that fills one of fewer.
    var blockEvents = 2048
    var blockBytes: Int64 = 16 << 20
    /// Events of one step.
    var stepEvents = 128
    /// Blocks that are put together: a search has at most so many of each size to look into.
    var fold = 96
    /// Events that they may have together.
    var mostEvents = EventSet.most
    /// What is younger is left for later: most deliveries are settled by then.
    var settling = TimeSpan.seconds(2)
}

/// The index as the one who writes it has it open. After an error it is given up and opened again.
final class OpenIndex {
    private let database: Database
    private let blocks: BlockTable
    private let classes: DeliveryClasses
    private let store: Statement
    private let insertErase: Statement
    private let selectErase: Statement
    private let deleteErase: Statement
    private let begin: Statement
    private let commit: Statement
    private let rollback: Statement

    private let sizes: SearchSizes
    private var builder: BlockBuilder
    private var rewrite: BlockRewrite?
    /// What the block that is made anew is without.
    private var erased: [EventID] = []
    /// Blocks that may hold what retention has removed; the last one is looked at next.
    private var suspects: [Int64] = []
    /// At the start too: an earlier process may not have come to it.
    private var isLogToBeCut = true

    /// Rows of the ledger that are followed in one step. Most attempts are of events that are not indexed yet, and passed over:
    /// at the pace of a busy gateway it must not fall behind these.
    private static let attemptsOfStep: Int64 = 8000
    private static let actionsOfStep = 200

    init(_ ledger: String, _ sizes: SearchSizes) throws(SQLiteError) {
        self.sizes = sizes
        builder = BlockBuilder(mostEvents: sizes.blockEvents)
        database = try SearchFile.open(of: ledger)
        blocks = try BlockTable(database)
        classes = try DeliveryClasses(database)
        store = try Statement("INSERT OR REPLACE INTO search VALUES (1, ?, ?, ?, ?, ?, ?, ?)", on: database)
        insertErase = try Statement("INSERT OR IGNORE INTO erase VALUES (?)", on: database)
        selectErase = try Statement("SELECT event FROM erase ORDER BY event", on: database)
        deleteErase = try Statement("DELETE FROM erase WHERE event = ?", on: database)
        begin = try Statement("BEGIN IMMEDIATE", on: database)
        commit = try Statement("COMMIT", on: database)
        rollback = try Statement("ROLLBACK", on: database)
        try database.execute("UPDATE blocks SET state = 2 WHERE state = 1")
    }

    func place() throws(SQLiteError) -> SearchPlace? { try SearchPlace.read(database) }

    /// - Returns: whether more is to be done at once.
    func step(
        _ ledger: LedgerFollower, _ position: LedgerFollower.Position, bytes: Int64, before end: EventID,
        looksForGone: Bool, mayGrow: Bool
    ) throws(SQLiteError) -> Bool {
        guard var place = try place() else {
            try transaction { () throws(SQLiteError) in
                // What was before is read as it is now.
                try save(
                    SearchPlace(
                        identity: position.identity, batch: 0, hash: .zero, first: EventID(0), last: EventID(0),
                        attempts: position.attempts, actions: position.actions), position)
            }
            return true
        }
        if looksForGone, suspects.isEmpty { suspects = try suspected(ledger) }
        // A half-read block is finished first: what becomes of its events meanwhile is followed afterwards.
        if builder.isEmpty {
            if try follow(ledger, position, &place) { return true }
            if try rewriteSome() { return true }
            if try erase(ledger, upTo: place.last) { return true }
            if try lookForGone(ledger) { return true }
            if try transaction({ () throws(SQLiteError) in try blocks.removeSomeDoomed() }) { return true }
            if try forgetOldest(bytes, position, &place) { return true }
            try cutLog()
            guard mayGrow else { return false }
            if try fold() { return true }
            guard try ledger.fillsBlock(sizes, after: place.last, before: end) else { return false }
        }
        try build(ledger, position, &place, before: end)
        return true
    }

    // MARK: New events

    private func build(
        _ ledger: LedgerFollower, _ position: LedgerFollower.Position, _ place: inout SearchPlace, before end: EventID
    ) throws(SQLiteError) {
        let start = builder.events.count
        let found = try ledger.read(
            after: builder.events.last ?? place.last, before: end, most: sizes.stepEvents, into: &builder)
        try transaction { () throws(SQLiteError) in
            var event = start
            for (id, one) in found.deliveries {
                while event < builder.events.count, builder.events[event] < id.event { event += 1 }
                guard event < builder.events.count, builder.events[event] == id.event else { continue }
                if one.isFinal {
                    builder.add(SearchTerm.bytes(.delivered, try classes.number(of: one)), toEventAt: event)
                } else {
                    try classes.note(id, as: one)
                }
            }
        }
        guard builder.isFull || !found.isWhole, let last = builder.events.last else { return }
        try transaction { () throws(SQLiteError) in
            let block = try blocks.add(builder.events, level: 0, as: .live)
            try builder.forEachTerm { term, places throws(SQLiteError) in try blocks.add(term, places, to: block) }
            place.last = last
            try save(place, position)
        }
        builder.clear()
    }

    // MARK: What becomes of them

    private func follow(
        _ ledger: LedgerFollower, _ position: LedgerFollower.Position, _ place: inout SearchPlace
    ) throws(SQLiteError) -> Bool {
        guard position.attempts > place.attempts || position.actions > place.actions else { return false }
        let end = min(place.attempts + Self.attemptsOfStep, position.attempts)
        let tried = try ledger.attempts(after: place.attempts, upTo: end, ofEventsUpTo: place.last)
        let done = try ledger.actions(after: place.actions, ofEventsUpTo: place.last, most: Self.actionsOfStep)
        place.attempts = max(end, place.attempts)
        place.actions = done.last ?? place.actions
        try transaction { () throws(SQLiteError) in
            for (id, one) in tried + done.deliveries where id.event > place.first {
                try classes.note(id, as: one)
            }
            for event in done.redacted { try insertErase.run { $0.add(event) } }
            try save(place, position)
        }
        return position.attempts > place.attempts || position.actions > place.actions
    }

    // MARK: What is gone

    private func erase(_ ledger: LedgerFollower, upTo last: EventID) throws(SQLiteError) -> Bool {
        let waiting: [EventID] = try selectErase.all { $0.id(0) }
        guard let event = waiting.first else { return false }
        if let block = try blocks.live().first(where: { $0.first <= event && event <= $0.last }) {
            try remove(from: block, ledger)
            if rewrite != nil {
                erased = waiting.filter { $0 <= block.last }
                return true
            }
        }
        // It was not indexed, or is gone with its block, or the block knew.
        try transaction { () throws(SQLiteError) in try deleteErase.run { $0.add(event) } }
        return true
    }

    /// Begins to make the block anew when something of it is gone since the last time.
    private func remove(from block: SearchBlock, _ ledger: LedgerFollower) throws(SQLiteError) {
        let ids = try blocks.ids(of: block.id)
        let gone = try ledger.gone(ids)
        guard gone.bodies.count != block.goneBodies || gone.events.count != block.goneEvents else { return }
        var missing: [EventID] = []
        gone.events.forEach { missing.append(ids[$0]) }
        try transaction { () throws(SQLiteError) in
            for event in missing { try classes.remove(event) }
            isLogToBeCut = true
            if missing.count == ids.count { return try blocks.doom(block.id) }
            rewrite = try BlockRewrite([block], .init(bodies: gone.bodies, events: gone.events), in: blocks)
        }
    }

    private func suspected(_ ledger: LedgerFollower) throws(SQLiteError) -> [Int64] {
        let (bodies, events) = try ledger.retained()
        return try blocks.live().filter {
            $0.first <= events || $0.first <= bodies && $0.goneBodies + $0.goneEvents < $0.events
        }.map(\.id)
    }

    private func lookForGone(_ ledger: LedgerFollower) throws(SQLiteError) -> Bool {
        guard let id = suspects.popLast() else { return false }
        if let block = try blocks.live().first(where: { $0.id == id }) { try remove(from: block, ledger) }
        return true
    }

    /// What was removed is also in the log, until that is written back.
    private func cutLog() throws(SQLiteError) {
        guard isLogToBeCut else { return }
        let isCut = try Statement("PRAGMA wal_checkpoint(TRUNCATE)", on: database).first { $0.int(0) == 0 } ?? false
        isLogToBeCut = !isCut
    }

    // MARK: Size

    private func forgetOldest(
        _ bytes: Int64, _ position: LedgerFollower.Position, _ place: inout SearchPlace
    ) throws(SQLiteError) -> Bool {
        let live = try blocks.live()
        guard live.count > 1, let oldest = live.first, try blocks.usedBytes() > bytes else { return false }
        try transaction { () throws(SQLiteError) in
            for event in try blocks.ids(of: oldest.id) { try classes.remove(event) }
            try blocks.doom(oldest.id)
            place.first = oldest.last
            try save(place, position)
        }
        return true
    }

    private func fold() throws(SQLiteError) -> Bool {
        // Only neighbours: a block's events stand side by side.
        for run in runs(of: try blocks.live()) {
            guard let some = some(of: run) else { continue }
            try transaction { () throws(SQLiteError) in rewrite = try BlockRewrite(some, in: blocks) }
            return true
        }
        return false
    }

    private func runs(of blocks: [SearchBlock]) -> [[SearchBlock]] {
        var runs: [[SearchBlock]] = [[]]
        for block in blocks {
            if block.events > sizes.mostEvents / 2 || block.level != runs.last?.last?.level { runs.append([]) }
            if block.events <= sizes.mostEvents / 2 { runs[runs.count - 1].append(block) }
        }
        return runs
    }

    /// As many as make a whole block, when there are so many.
    private func some(of blocks: [SearchBlock]) -> [SearchBlock]? {
        var (some, events): ([SearchBlock], Int) = ([], 0)
        for block in blocks {
            if some.count == sizes.fold || events + block.events > sizes.mostEvents {
                return some.count > 1 ? some : nil
            }
            some.append(block)
            events += block.events
        }
        return some.count == sizes.fold || events == sizes.mostEvents ? some : nil
    }

    private func rewriteSome() throws(SQLiteError) -> Bool {
        guard let rewrite else { return false }
        let isMore = try transaction { () throws(SQLiteError) in
            let isMore = try rewrite.step(in: blocks)
            if !isMore { for event in erased { try deleteErase.run { $0.add(event) } } }
            return isMore
        }
        if !isMore { (self.rewrite, erased) = (nil, []) }
        return true
    }

    // MARK: Storage

    private func save(_ place: SearchPlace, _ position: LedgerFollower.Position) throws(SQLiteError) {
        try store.run {
            $0.add(position.identity)
            $0.add(position.batch)
            $0.add(position.hash)
            $0.add(place.first)
            $0.add(place.last)
            $0.add(place.attempts)
            $0.add(place.actions)
        }
    }

    private func transaction<Result>(_ body: () throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
        try begin.run()
        do throws(SQLiteError) {
            let result = try body()
            try commit.run()
            return result
        } catch {
            classes.forget()
            if database.isInTransaction { try? rollback.run() }
            throw error
        }
    }
}
