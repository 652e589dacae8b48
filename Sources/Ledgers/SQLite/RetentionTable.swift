internal import Domain

/// What retention reads and removes. Freed pages are used again for what comes; the file gets no shorter.
final class RetentionTable {
    private let selectEvents: Statement
    private let selectDeliveries: Statement
    private let selectAttempts: Statement
    private let deleteEvent: Statement
    private let deleteDeliveries: Statement
    private let deleteRemoval: Statement
    private let deleteAttempt: Statement
    private let selectPlaces: Statement
    private let storePlaces: Statement
    private let selectPages: Statement
    private let selectWindow: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        selectEvents = try Statement(
            """
            SELECT id, length(body), EXISTS (SELECT 1 FROM deliveries WHERE event = id AND state = 0),
                EXISTS (SELECT 1 FROM removed WHERE event = id)
            FROM events WHERE id > ? AND id <= ? ORDER BY id LIMIT ?
            """, on: database)
        selectDeliveries = try Statement("SELECT subscriber, state FROM deliveries WHERE event = ?", on: database)
        selectAttempts = try Statement(
            """
            SELECT id, EXISTS (SELECT 1 FROM events WHERE id = event) FROM attempts WHERE id > ? AND id <= ?
            ORDER BY id LIMIT ?
            """, on: database)
        deleteEvent = try Statement("DELETE FROM events WHERE id = ?", on: database)
        deleteDeliveries = try Statement("DELETE FROM deliveries WHERE event = ?", on: database)
        deleteRemoval = try Statement("DELETE FROM removed WHERE event = ?", on: database)
        deleteAttempt = try Statement("DELETE FROM attempts WHERE id = ?", on: database)
        selectPlaces = try Statement("SELECT bodies_until, events_until FROM proof", on: database)
        storePlaces = try Statement("UPDATE proof SET bodies_until = ?, events_until = ?", on: database)
        selectPages = try Statement(
            """
            SELECT (c.page_count - f.freelist_count) * s.page_size
            FROM pragma_page_count AS c, pragma_freelist_count AS f, pragma_page_size AS s
            """, on: database)
        selectWindow = try Statement("SELECT dedup_window FROM ledger", on: database)
    }

    struct Candidate {
        let id: EventID
        let bodyBytes: Int64
        let isUnsent: Bool
        let isGone: Bool
    }

    /// In their order, so many at most, and none behind the first for which `isEnough`.
    func candidates(
        after place: EventID, upTo last: EventID, most: Int, isEnough: (Candidate) -> Bool
    ) throws(SQLiteError) -> [Candidate] {
        var found: [Candidate] = []
        try selectEvents.forEach({
            $0.add(place)
            $0.add(last)
            $0.add(Int64(most))
        }) { row in
            let candidate = Candidate(
                id: row.id(0), bodyBytes: row.int(1), isUnsent: row.int(2) != 0, isGone: row.int(3) != 0)
            found.append(candidate)
            return !isEnough(candidate)
        }
        return found
    }

    /// With its deliveries, which the caller counts.
    func remove(_ event: EventID) throws(SQLiteError) -> [(subscriber: SubscriberID, state: DeliveryState)] {
        var deliveries: [(subscriber: SubscriberID, state: DeliveryState)] = []
        try selectDeliveries.forEach({ $0.add(event) }) { row in
            deliveries.append((row.id(0), row.state(1)))
            return true
        }
        try deleteDeliveries.run { $0.add(event) }
        try deleteRemoval.run { $0.add(event) }
        try deleteEvent.run { $0.add(event) }
        return deliveries
    }

    /// Removes those of events that are gone.
    ///
    /// - Returns: the last that was looked at; nil when there was none.
    func removeAttempts(after place: Int64, upTo last: Int64, most: Int) throws(SQLiteError) -> Int64? {
        var (seen, gone): (Int64?, [Int64]) = (nil, [])
        try selectAttempts.forEach({
            $0.add(place)
            $0.add(last)
            $0.add(Int64(most))
        }) { row in
            seen = row.int(0)
            if row.int(1) == 0 { gone.append(row.int(0)) }
            return true
        }
        for id in gone { try deleteAttempt.run { $0.add(id) } }
        return seen
    }

    /// Up to which event all that may go is gone.
    func places() throws(SQLiteError) -> (bodies: EventID, events: EventID) {
        try selectPlaces.first { ($0.id(0), $0.id(1)) } ?? (EventID(0), EventID(0))
    }

    func store(bodies: EventID, events: EventID) throws(SQLiteError) {
        try storePlaces.run {
            $0.add(bodies)
            $0.add(events)
        }
    }

    /// Of the file, without its free pages.
    func usedBytes() throws(SQLiteError) -> Int64 { try selectPages.first { $0.int(0) } ?? 0 }

    /// The longest time for which duplicates are looked for.
    func dedupWindow() throws(SQLiteError) -> TimeSpan {
        TimeSpan(microseconds: try selectWindow.first { $0.int(0) } ?? 0)
    }
}
