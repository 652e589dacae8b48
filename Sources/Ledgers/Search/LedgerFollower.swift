internal import CSQLite
internal import Domain

/// What the index reads of the ledger. Opened for one step and closed again: the gateway cannot mend the file after an error of
/// storage while anybody has it open, and a reader that stays keeps the log from being written back.
final class LedgerFollower {
    private let database: Database

    init(path: String) throws(SQLiteError) {
        database = try Database(path: path, flags: SQLITE_OPEN_READONLY)
        sqlite3_busy_timeout(database.raw, 100)
        try database.execute("PRAGMA cache_size = -1024; BEGIN")
    }

    /// Whether the ledger is at fault, and not the index.
    func hasFailed(_ error: SQLiteError) -> Bool { error.isOf(database) }

    struct Position: Equatable {
        let identity: String
        let batch: Int64
        let hash: Digest256
        let attempts: Int64
        let actions: Int64
    }

    func position() throws(SQLiteError) -> Position {
        let end = try Statement("SELECT id, hash FROM chain ORDER BY id DESC LIMIT 1", on: database)
            .first { ($0.int(0), $0.digest(1)) }
        return Position(
            identity: try LedgerReader.identity(of: database), batch: end?.0 ?? 0, hash: end?.1 ?? .zero,
            attempts: try database.number("SELECT max(id) FROM attempts") ?? 0,
            actions: try database.number("SELECT max(id) FROM actions") ?? 0)
    }

    func owns(_ place: SearchPlace) throws(SQLiteError) -> Bool { try place.isOf(database) }

    /// Whether what came between these two fills a block.
    func fillsBlock(
        _ sizes: SearchSizes, after first: EventID = EventID(0), before end: EventID
    ) throws(SQLiteError) -> Bool {
        let found = try Statement(
            """
            SELECT count(*), total(bytes) FROM (
                SELECT length(headers) + length(body) AS bytes FROM events WHERE id > ? AND id < ? ORDER BY id LIMIT ?)
            """, on: database
        ).first({
            $0.add(first)
            $0.add(end)
            $0.add(Int64(sizes.blockEvents))
        }) { (count: $0.int(0), bytes: $0.int(1)) }
        return (found?.count ?? 0) >= Int64(sizes.blockEvents) || (found?.bytes ?? 0) >= sizes.blockBytes
    }

    /// Adds events to a block, with what they can be found by.
    ///
    /// - Returns: what the caller adds to those, and whether there were as many as asked for.
    func read(
        after first: EventID, before end: EventID, most: Int, into block: inout BlockBuilder
    ) throws(SQLiteError) -> (deliveries: [(id: DeliveryID, is: DeliveryClass)], isWhole: Bool) {
        var builder = block
        block.clear()  // so that what is added to the other is not copied
        defer { block = builder }
        var (from, count) = (EventID(0), 0)
        try Statement(
            """
            SELECT e.id, e.route, e.provider_id, e.type, e.source, r.event IS NULL, e.headers, e.body
            FROM events AS e LEFT JOIN removed AS r ON r.event = e.id
            WHERE e.id > ? AND e.id < ? ORDER BY e.id LIMIT ?
            """, on: database
        ).forEach({
            $0.add(first)
            $0.add(end)
            $0.add(Int64(most))
        }) { row in
            if count == 0 { from = row.id(0) }
            count += 1
            builder.add(row)
            return !builder.isFull
        }
        guard count > 0, let last = builder.events.last else { return ([], false) }
        return (try deliveries(from: from, through: last), count == most)
    }

    private func deliveries(
        from first: EventID, through last: EventID
    ) throws(SQLiteError) -> [(id: DeliveryID, is: DeliveryClass)] {
        var found: [(id: DeliveryID, is: DeliveryClass)] = []
        try Statement(
            """
            SELECT d.event, d.ordinal, d.subscriber, d.state, a.outcome, a.status
            FROM deliveries AS d LEFT JOIN attempts AS a ON a.id = d.last_attempt
            WHERE d.event >= ? AND d.event <= ? ORDER BY d.event, d.ordinal
            """, on: database
        ).forEach({
            $0.add(first)
            $0.add(last)
        }) { row in
            found.append((row.delivery(0), row.deliveryClass()))
            return true
        }
        return found
    }

    // MARK: What became of them

    /// Deliveries of events up to one, as they are now, that had one of these attempts. Nearly all are of later events:
    /// SQLite itself passes over them.
    func attempts(
        after first: Int64, upTo end: Int64, ofEventsUpTo last: EventID
    ) throws(SQLiteError) -> [(id: DeliveryID, is: DeliveryClass)] {
        var touched: Set<DeliveryID> = []
        try Statement("SELECT event, ordinal FROM attempts WHERE id > ? AND id <= ? AND event <= ?", on: database)
            .forEach({
                $0.add(first)
                $0.add(end)
                $0.add(last)
            }) { row in
                touched.insert(row.delivery(0))
                return true
            }
        return try classes(of: touched)
    }

    /// The same of operators' actions, so many at most; and what they removed. With the last one that was looked at.
    func actions(
        after action: Int64, ofEventsUpTo last: EventID, most: Int
    ) throws(SQLiteError) -> (deliveries: [(id: DeliveryID, is: DeliveryClass)], redacted: [EventID], last: Int64?) {
        var (touched, redacted, seen): (Set<DeliveryID>, [EventID], Int64?) = ([], [], nil)
        try SearchPlace.forEachTouched(after: action, most: most, in: database) { id in
            if id.event <= last { touched.insert(id) }
        } redacted: {
            redacted.append($0)
        } seen: {
            seen = $0
        }
        return (try classes(of: touched), redacted, seen)
    }

    private func classes(
        of deliveries: Set<DeliveryID>
    ) throws(SQLiteError) -> [(id: DeliveryID, is: DeliveryClass)] {
        let select = try Statement(
            """
            SELECT d.event, d.ordinal, d.subscriber, d.state, a.outcome, a.status
            FROM deliveries AS d LEFT JOIN attempts AS a ON a.id = d.last_attempt WHERE d.event = ? AND d.ordinal = ?
            """, on: database)
        var found: [(id: DeliveryID, is: DeliveryClass)] = []
        for id in deliveries {
            if let one = try select.first({ $0.add(id) }, { $0.deliveryClass() }) { found.append((id, one)) }
        }
        return found
    }

    // MARK: What is gone

    /// Of these events, those whose body is no longer there, and those that are not there at all.
    func gone(_ events: [EventID]) throws(SQLiteError) -> (bodies: EventSet, events: EventSet) {
        var (bodies, missing) = (EventSet(events.count), EventSet(events.count))
        guard let first = events.first, let last = events.last else { return (bodies, missing) }
        for place in events.indices { missing.insert(place) }
        var (present, place) = (EventSet(events.count), 0)
        try Statement(
            """
            SELECT e.id, r.event IS NULL FROM events AS e LEFT JOIN removed AS r ON r.event = e.id
            WHERE e.id >= ? AND e.id <= ? ORDER BY e.id
            """, on: database
        ).forEach({
            $0.add(first)
            $0.add(last)
        }) { row in
            let id: EventID = row.id(0)
            while place < events.count, events[place] < id { place += 1 }
            guard place < events.count, events[place] == id else { return true }
            present.insert(place)
            if row.int(1) == 0 { bodies.insert(place) }
            return true
        }
        missing.subtract(present)
        return (bodies, missing)
    }

    /// The last events that retention may have removed, or the bodies of, by now.
    func retained() throws(SQLiteError) -> (bodies: EventID, events: EventID) {
        let search = try BatchSearch(database)
        func end(_ kind: ActionKind) throws(SQLiteError) -> EventID {
            try search.ends(before: (try RetentionTarget.announced(kind, database)?.batch ?? 0) + 1).event
        }
        return (try end(.removeBodies), try end(.removeEvents))
    }
}

extension Row {
    /// event, ordinal, subscriber, state, outcome, status
    fileprivate func deliveryClass() -> DeliveryClass {
        DeliveryClass(subscriber: id(2), state: int(3), outcome: intIfAny(4), status: int(5))
    }
}

extension BlockBuilder {
    /// id, route, provider_id, type, source, has body, headers, body
    fileprivate mutating func add(_ row: borrowing Row) {
        begin(row.id(0))
        add(SearchTerm.bytes(.route, row.int(1)))
        if !row.isNull(2) { add(SearchTerm.bytes(.providerID, row.buffer(2))) }
        // Without a type it is found as one whose type is empty.
        add(SearchTerm.bytes(.type, row.buffer(3)))
        if let source = row.addressIfAny(4) { add(SearchTerm.source(source)) }
        guard row.int(5) != 0 else { return }
        let count = addWords(of: row.buffer(6), most: Words.mostOfEvent)
        if count + addWords(of: row.buffer(7), most: Words.mostOfEvent - min(count, Words.mostOfEvent))
            > Words.mostOfEvent
        {
            add(SearchTerm.bytes(.unread, []))
        }
    }
}
