internal import Domain

/// Finds the earlier event that a new one may repeat. An entry is only a hint: the event it names is compared for real.
final class DedupTable {
    private let key: SipHash.Key
    private let insert: Statement
    private let select: Statement
    private let replace: Statement
    private let place: Statement
    private let trim: Statement
    private let widen: Statement

    /// The longest window that was ever asked for: entries older than it are of no use to anybody.
    private var longestWindow: TimeSpan
    /// Where the sweep over the keys goes on.
    private var hand = Int64.min

    /// Entries looked at for each one added: at 2 the table holds at most half as many again as its window needs.
    private static let sweep: Int64 = 2
    /// Earlier events with the same id and other bodies that are compared with the new one.
    private static let conflictsMost = 16

    init(_ database: borrowing Database) throws(SQLiteError) {
        let select = try Statement("SELECT dedup_key, dedup_window FROM ledger", on: database)
        let kept = try select.first { (SipHash.Key($0.buffer(0)), TimeSpan(microseconds: $0.int(1))) }
        guard let kept, let key = kept.0 else { throw SQLiteError.damaged("the ledger's own row is missing") }
        (self.key, longestWindow) = (key, kept.1)
        insert = try Statement("INSERT INTO dedup (key, event) VALUES (?, ?) ON CONFLICT DO NOTHING", on: database)
        self.select = try Statement("SELECT event FROM dedup WHERE key = ?", on: database)
        replace = try Statement("UPDATE dedup SET event = ?2 WHERE key = ?1", on: database)
        place = try Statement("SELECT key FROM dedup WHERE key > ? ORDER BY key LIMIT 1 OFFSET ?", on: database)
        trim = try Statement("DELETE FROM dedup WHERE key > ? AND key <= ? AND event < ?", on: database)
        widen = try Statement("UPDATE ledger SET dedup_window = ?", on: database)
    }

    enum Finding {
        case new(conflictsWith: EventID?)
        case duplicate(of: EventID)
    }

    /// Enters `id` unless the event is a duplicate.
    func enter(
        _ event: Event, as id: EventID, window: TimeSpan, events: EventTable, database: borrowing Database
    ) throws(SQLiteError) -> Finding {
        if window > longestWindow {
            try widen.run { $0.add(window.microseconds) }
            longestWindow = window
        }
        let hash = Self.hash(event.route, providerID: event.providerID, bodyDigest: event.bodyDigest, key: key)
        try insert.run {
            $0.add(hash)
            $0.add(id)
        }
        if database.changes == 1 { return .new(conflictsWith: nil) }

        let found: EventID? = try self.select.first({ $0.add(hash) }) { $0.id(0) }
        let finding = try compare(event, with: found, window: window, events: events)
        if case .new = finding {
            try replace.run {
                $0.add(hash)
                $0.add(id)
            }
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
                facts.providerID == event.providerID, event.receivedAt - facts.receivedAt <= window
            else { break }
            if facts.bodyDigest == event.bodyDigest { return .duplicate(of: candidate) }
            // Without a provider's id only an equal body is the same event; the hashes have met by chance.
            if event.providerID == nil { break }
            conflict = conflict ?? candidate
            next = facts.conflictsWith
        }
        return .new(conflictsWith: conflict)
    }

    /// Takes expired entries away where the hand stands, and moves it on. The keys are in the order of their hashes, so
    /// one page is written for a hundred of them; and an entry tells its age, because event ids begin with the time.
    func sweep(added: Int, at now: WallTime) throws(SQLiteError) {
        let from = hand
        let to: Int64? = try place.first({
            $0.add(from)
            $0.add(Int64(added) * Self.sweep)
        }) { $0.int(0) }
        try trim.run {
            $0.add(from)
            $0.add(to ?? Int64.max)
            $0.add(EventID.first(at: WallTime(microseconds: now.microseconds - longestWindow.microseconds)))
        }
        hand = to ?? Int64.min
    }

    /// The latest event entered under this id; to be compared, because hashes can meet.
    func latest(_ route: RouteID, providerID: Bytes) throws(SQLiteError) -> EventID? {
        let hash = Self.hash(route, providerID: providerID, bodyDigest: .zero, key: key)
        return try select.first({ $0.add(hash) }) { $0.id(0) }
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
}
