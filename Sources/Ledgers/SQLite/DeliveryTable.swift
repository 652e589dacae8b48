internal import Domain

final class DeliveryTable {
    private let insert: Statement
    private let finish: Statement
    private let leaveUncounted: Statement
    private let selectLastAttempt: Statement
    private let selectDue: Statement
    private let selectNextDue: Statement
    private let lease: Statement
    private let release: Statement
    private let park: Statement
    private let selectOrphans: Statement
    private let selectHandedOrphans: Statement
    private let selectHanded: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        insert = try Statement(
            """
            INSERT INTO deliveries (event, ordinal, subscriber, endpoint, state, attempts, last_attempt, due_at, lease)
            VALUES (?, ?, ?, ?, 0, 0, NULL, ?, ?)
            """, on: database)
        // The conditions make it true that each attempt is counted once, however often it is reported.
        finish = try Statement(
            """
            UPDATE deliveries SET state = ?4, attempts = ?5, last_attempt = ?6, due_at = ?7, lease = 0
            WHERE event = ?1 AND ordinal = ?2 AND subscriber = ?3 AND state = 0 AND attempts = ?5 - 1
            """, on: database)
        leaveUncounted = try Statement(
            "UPDATE deliveries SET attempts_before = attempts_before + 1 WHERE event = ? AND ordinal = ?", on: database)
        selectLastAttempt = try Statement(
            "SELECT last_attempt FROM deliveries WHERE event = ? AND ordinal = ?", on: database)
        selectDue = try Statement(
            """
            SELECT event, ordinal, endpoint, attempts, due_at, attempts_before, replay_of
            FROM deliveries INDEXED BY pending
            WHERE state = 0 AND lease >= 0 AND lease = 0 AND subscriber = ? AND due_at <= ?
            ORDER BY due_at, event, ordinal LIMIT ?
            """, on: database)
        selectNextDue = try Statement(
            """
            SELECT due_at FROM deliveries INDEXED BY pending
            WHERE state = 0 AND lease >= 0 AND lease = 0 AND subscriber = ? ORDER BY due_at LIMIT 1
            """, on: database)
        lease = try Statement("UPDATE deliveries SET lease = ?3 WHERE event = ?1 AND ordinal = ?2", on: database)
        release = try Statement(
            "UPDATE deliveries SET lease = 0 WHERE event = ?1 AND ordinal = ?2 AND abs(lease) = ?3 AND state = 0",
            on: database)
        park = try Statement(
            "UPDATE deliveries SET state = 2, due_at = NULL, lease = 0 WHERE event = ? AND ordinal = ?", on: database)
        selectOrphans = try Statement(
            """
            SELECT event, ordinal, subscriber, attempts, last_attempt, due_at FROM deliveries INDEXED BY pending
            WHERE state = 0 AND lease >= 0 AND lease > 0 AND lease < ? LIMIT ?
            """, on: database)
        selectHandedOrphans = try Statement(
            """
            SELECT event, ordinal, subscriber, attempts, last_attempt, due_at FROM deliveries
            WHERE event >= ?3 AND state = 0 AND lease < 0 AND lease > -?1 ORDER BY event, ordinal LIMIT ?2
            """, on: database)
        selectHanded = try Statement(
            "SELECT event FROM deliveries WHERE event >= ? AND state = 0 AND lease < 0 ORDER BY event LIMIT 1",
            on: database)
    }

    /// - Parameter lease: 0 when nobody holds it; see `HandoverTable`.
    func insert(_ id: DeliveryID, _ delivery: NewDelivery, due: WallTime, lease: Int64) throws(SQLiteError) {
        try insert.run {
            $0.add(id)
            $0.add(delivery.subscriber)
            $0.add(delivery.endpoint)
            $0.add(due)
            $0.add(lease)
        }
    }

    /// Whether it was pending with exactly `attempts` − 1 attempts: false when this attempt is recorded already.
    func finish(
        _ id: DeliveryID, of subscriber: SubscriberID, as state: DeliveryState, attempts: Int32, lastAttempt: Int64,
        due: WallTime?, database: borrowing Database
    ) throws(SQLiteError) -> Bool {
        try finish.run {
            $0.add(id)
            $0.add(subscriber)
            $0.add(state.rawValue)
            $0.add(attempts)
            $0.add(lastAttempt)
            $0.add(due?.microseconds)
        }
        return database.changes == 1
    }

    /// The attempt that was just finished uses no step of its schedule.
    func leaveUncounted(_ id: DeliveryID) throws(SQLiteError) { try leaveUncounted.run { $0.add(id) } }

    func lastAttempt(_ id: DeliveryID) throws(SQLiteError) -> Int64? {
        try selectLastAttempt.first({ $0.add(id) }) { $0.intIfAny(0) } ?? nil
    }

    struct Due {
        let id: DeliveryID
        let endpoint: EndpointID
        let attempts: Int32
        let dueAt: WallTime
        let attemptsBefore: Int32
        let replayOf: DeliveryID?
    }

    /// Unclaimed, oldest due time first.
    func due(_ subscriber: SubscriberID, until: WallTime, most: Int) throws(SQLiteError) -> [Due] {
        try selectDue.all({
            $0.add(subscriber)
            $0.add(until)
            $0.add(Int64(most))
        }) { row in
            Due(
                id: row.delivery(0), endpoint: row.id(2), attempts: row.int32(3), dueAt: row.time(4),
                attemptsBefore: row.int32(5), replayOf: row.replay(of: row.id(0), 6))
        }
    }

    func nextDue(_ subscriber: SubscriberID) throws(SQLiteError) -> WallTime? {
        try selectNextDue.first({ $0.add(subscriber) }) { $0.time(0) }
    }

    func lease(_ id: DeliveryID, to run: Int64) throws(SQLiteError) {
        try lease.run {
            $0.add(id)
            $0.add(run)
        }
    }

    func release(_ id: DeliveryID, from run: Int64) throws(SQLiteError) {
        try release.run {
            $0.add(id)
            $0.add(run)
        }
    }

    /// Dead without an attempt: its event cannot be read whole.
    func park(_ id: DeliveryID) throws(SQLiteError) { try park.run { $0.add(id) } }

    struct Orphan {
        let id: DeliveryID
        let subscriber: SubscriberID
        let attempts: Int32
        let lastAttempt: Int64?
        let dueAt: WallTime
    }

    /// Claimed by a run before this one, and not settled: those in the index.
    func orphans(before run: Int64, most: Int) throws(SQLiteError) -> [Orphan] {
        try selectOrphans.all({
            $0.add(run)
            $0.add(Int64(most))
        }) { row in
            Orphan(row)
        }
    }

    /// The same of those in no index, in the order of their events.
    func handedOrphans(before run: Int64, from: EventID, most: Int) throws(SQLiteError) -> [Orphan] {
        try selectHandedOrphans.all({
            $0.add(run)
            $0.add(Int64(most))
            $0.add(from)
        }) { row in
            Orphan(row)
        }
    }

    /// The first event from `start` on with a delivery that was handed over and is not settled.
    func firstHanded(from start: EventID) throws(SQLiteError) -> EventID? {
        try selectHanded.first({ $0.add(start) }) { $0.id(0) }
    }
}

extension DeliveryTable.Orphan {
    fileprivate init(_ row: borrowing Row) {
        self.init(
            id: row.delivery(0), subscriber: row.id(2), attempts: row.int32(3), lastAttempt: row.intIfAny(4),
            dueAt: row.time(5))
    }
}

extension Row {
    /// From two columns, the event and the ordinal.
    func delivery(_ column: Int32) -> DeliveryID { DeliveryID(event: id(column), ordinal: int32(column + 1)) }

    /// The delivery whose ordinal stands in `column`; nil for 0.
    func replay(of event: EventID, _ column: Int32) -> DeliveryID? {
        int(column) == 0 ? nil : DeliveryID(event: event, ordinal: int32(column))
    }
}

extension Values {
    mutating func add(_ id: DeliveryID) {
        add(id.event)
        add(id.ordinal)
    }
}
