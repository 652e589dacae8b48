internal import Domain

/// Finds the earlier event that a new one may repeat. An entry is only a hint: the event it names is compared for real.
///
/// New entries gather in memory (`DedupBuffer`) and on disk as a log, one row for each batch; from there they go into the
/// table in the order of their keys. After a crash the log fills the buffer again.
final class DedupTable {
    private let key: SipHash.Key
    private let select: Statement
    private let insert: Statement
    private let selectRelease: Statement
    private let place: Statement
    private let trim: Statement
    private let widen: Statement
    private let log: Statement
    private let forget: Statement

    private var buffer = DedupBuffer()
    /// What the open transaction has added, as the log keeps it: key and event, eight bytes each, little-endian.
    private var added: [UInt8] = []
    /// Rows of the log and, for each, how many partitions had been taken out when it was written. Once all have been
    /// taken out again after it, every entry of the row is in the table.
    private var logged: [(row: Int64, taken: Int)] = []
    private var taken = 0
    private var lastRow: Int64 = 0

    /// The longest window that was ever asked for: entries older than it are of no use to anybody.
    private var longestWindow: TimeSpan
    /// Where the sweep over the keys goes on.
    private var hand = Int64.min

    /// Entries looked at for each one added: at 2 the table holds at most half as many again as its window needs.
    private static let sweep: Int64 = 2
    /// Earlier events with the same id and other bodies that are compared with the new one.
    private static let conflictsMost = 16
    /// Rows of the log that are deleted together.
    private static let forgetting = 64

    init(_ database: borrowing Database) throws(SQLiteError) {
        let kept = try Statement("SELECT dedup_key, dedup_window FROM ledger", on: database)
            .first { (SipHash.Key($0.buffer(0)), TimeSpan(microseconds: $0.int(1))) }
        guard let kept, let key = kept.0 else { throw SQLiteError.damaged("the ledger's own row is missing") }
        (self.key, longestWindow) = (key, kept.1)
        select = try Statement("SELECT event FROM dedup WHERE key = ?", on: database)
        selectRelease = try Statement("SELECT 1 FROM releases WHERE event = ?", on: database)
        insert = try Statement("INSERT OR REPLACE INTO dedup (key, event) VALUES (?, ?)", on: database)
        place = try Statement("SELECT key FROM dedup WHERE key > ? ORDER BY key LIMIT 1 OFFSET ?", on: database)
        trim = try Statement("DELETE FROM dedup WHERE key > ? AND key <= ? AND event < ?", on: database)
        widen = try Statement("UPDATE ledger SET dedup_window = ?", on: database)
        log = try Statement("INSERT INTO dedup_log (id, entries) VALUES (?, ?)", on: database)
        forget = try Statement("DELETE FROM dedup_log WHERE id <= ?", on: database)
        var loaded = 0
        try Statement("SELECT id, entries FROM dedup_log ORDER BY id", on: database).forEach { row in
            lastRow = row.int(0)
            logged.append((lastRow, 0))
            Self.decode(row.buffer(1)) {
                buffer.set($0, to: $1, isNew: false)
                loaded += 1
            }
            return true
        }
        // A process that ends before the hand has gone round leaves its log to the next; many such would leave ever more.
        if loaded > DedupBuffer.entriesMost / 2 { try emptyLog(database) }
    }

    private func emptyLog(_ database: borrowing Database) throws(SQLiteError) {
        try database.execute("BEGIN IMMEDIATE")
        do throws(SQLiteError) {
            try store(buffer.takeAll())
            try forget.run { $0.add(lastRow) }
            try database.execute("COMMIT")
        } catch {
            try? database.execute("ROLLBACK")
            throw error
        }
        logged = []
    }

    enum Finding {
        case new(conflictsWith: EventID?)
        case duplicate(of: EventID)
    }

    /// Enters `id` unless the event is a duplicate.
    func enter(_ event: Event, as id: EventID, window: TimeSpan, events: EventTable) throws(SQLiteError) -> Finding {
        if window > longestWindow {
            try widen.run { $0.add(window.microseconds) }
            longestWindow = window
        }
        let hash = Self.hash(event.route, providerID: event.providerID, bodyDigest: event.bodyDigest, key: key)
        var found = buffer.event(hash)
        if found == nil { found = try select.first({ $0.add(hash) }) { $0.id(0) } }
        let finding = try compare(event, with: found, window: window, events: events)
        if case .new = finding {
            buffer.set(hash, to: id)
            withUnsafeBytes(of: (hash.littleEndian, id.raw.littleEndian)) { added.append(contentsOf: $0) }
        }
        return finding
    }

    /// Follows the events with this id from the newest to the oldest inside the window.
    private func compare(
        _ event: Event, with found: EventID?, window: TimeSpan, events: EventTable
    ) throws(SQLiteError) -> Finding {
        var next = found
        var conflict: EventID?
        for _ in 0..<Self.conflictsMost {
            guard let candidate = next, let facts = try events.facts(candidate), facts.route == event.route,
                facts.providerID == event.providerID,
                try isInside(window, candidate, facts, event)
            else { break }
            if facts.bodyDigest == event.bodyDigest { return .duplicate(of: candidate) }
            // Without a provider's id only an equal body is the same event; the hashes have met by chance.
            if event.providerID == nil { break }
            conflict = conflict ?? candidate
            next = facts.conflictsWith
        }
        return .new(conflictsWith: conflict)
    }

    /// An event that was refused at first was received long before it was let in, and until then its provider, which got no
    /// 2xx, goes on sending it: its window begins with its release.
    private func isInside(
        _ window: TimeSpan, _ candidate: EventID, _ facts: EventTable.Facts, _ event: Event
    ) throws(SQLiteError) -> Bool {
        if event.receivedAt - facts.receivedAt <= window { return true }
        guard event.receivedAt - candidate.time <= window else { return false }
        return try selectRelease.exists { $0.add(candidate) }
    }

    /// Before the end of each transaction: logs what it added, and moves on what is due.
    ///
    /// - Parameter refused: when the oldest request was received that may still be let in. Entries since then stay, for it may
    ///   repeat what they lead to.
    func flush(at now: WallTime, refused: WallTime?) throws(SQLiteError) {
        guard !added.isEmpty else { return }
        let count = added.count / 16
        lastRow += 1
        try log.run { [added, lastRow] in
            $0.add(lastRow)
            $0.add(copying: added)
        }
        logged.append((lastRow, taken))
        added.removeAll(keepingCapacity: true)
        while let entries = buffer.takeDue() {
            taken += 1
            try store(entries)
        }
        try forgetLogged()
        let expired = WallTime(microseconds: now.microseconds - longestWindow.microseconds)
        try sweep(added: count, before: min(expired, refused ?? expired))
    }

    private func store(_ entries: [DedupBuffer.Entry]) throws(SQLiteError) {
        for entry in entries {
            try insert.run {
                $0.add(entry.key)
                $0.add(entry.event)
            }
        }
    }

    private func forgetLogged() throws(SQLiteError) {
        let done = logged.prefix { taken - $0.taken >= DedupBuffer.partitionCount }
        guard done.count >= Self.forgetting, let last = done.last else { return }
        try forget.run { $0.add(last.row) }
        logged.removeFirst(done.count)
    }

    /// Takes expired entries away where the hand stands, and moves it on: the hundred entries of a page go together. An
    /// entry tells its age, because event ids begin with the time.
    private func sweep(added: Int, before end: WallTime) throws(SQLiteError) {
        let from = hand
        let to: Int64? = try place.first({
            $0.add(from)
            $0.add(Int64(added) * Self.sweep)
        }) { $0.int(0) }
        try trim.run {
            $0.add(from)
            $0.add(to ?? Int64.max)
            $0.add(EventID.first(at: end))
        }
        hand = to ?? Int64.min
    }

    static func hash(_ route: RouteID, providerID: Bytes?, bodyDigest: Digest256, key: SipHash.Key) -> Int64 {
        var hash = SipHash(key)
        hash.update(route.raw)
        if let providerID {
            hash.update(1)
            hash.update(providerID.buffer)
        } else {
            hash.update(2)
            bodyDigest.withBytes { hash.update($0) }
        }
        return Int64(bitPattern: hash.finish())
    }

    static func decode(_ entries: UnsafeRawBufferPointer, _ each: (Int64, EventID) -> Void) {
        for offset in stride(from: 0, to: entries.count - 15, by: 16) {
            each(
                Int64(littleEndian: entries.loadUnaligned(fromByteOffset: offset, as: Int64.self)),
                EventID(Int64(littleEndian: entries.loadUnaligned(fromByteOffset: offset + 8, as: Int64.self))))
        }
    }
}
