internal import Domain

/// What operators do to deliveries: rare, and apart from what every delivery goes through.
final class TouchedTable {
    private let select: Statement
    private let selectPending: Statement
    private let selectLastOrdinal: Statement
    private let insertReplay: Statement
    private let requeue: Statement
    private let close: Statement
    private let hasten: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        select = try Statement(
            """
            SELECT subscriber, endpoint, state, lease, closure, replay_of FROM deliveries WHERE event = ? AND ordinal = ?
            """, on: database)
        selectPending = try Statement(
            "SELECT event, ordinal FROM deliveries WHERE event = ? AND subscriber = ? AND state = 0 LIMIT 1",
            on: database)
        selectLastOrdinal = try Statement("SELECT max(ordinal) FROM deliveries WHERE event = ?", on: database)
        insertReplay = try Statement(
            """
            INSERT INTO deliveries (event, ordinal, subscriber, endpoint, state, attempts, last_attempt, due_at, lease,
                replay_of, made_by)
            VALUES (?, ?, ?, ?, 0, 0, NULL, ?, 0, ?, ?)
            """, on: database)
        requeue = try Statement(
            """
            UPDATE deliveries SET state = 0, due_at = ?3, lease = 0, attempts_before = attempts, closure = 0
            WHERE event = ?1 AND ordinal = ?2
            """, on: database)
        close = try Statement(
            """
            UPDATE deliveries SET state = 2, due_at = NULL, lease = 0, closure = ?3 WHERE event = ?1 AND ordinal = ?2
            """, on: database)
        hasten = try Statement("UPDATE deliveries SET due_at = ?3 WHERE event = ?1 AND ordinal = ?2", on: database)
    }

    struct Found {
        let subscriber: SubscriberID
        let endpoint: EndpointID
        let state: DeliveryState
        let isClaimed: Bool
        let isClosed: Bool
        let replayOf: Int32
    }

    func find(_ id: DeliveryID) throws(SQLiteError) -> Found? {
        try select.first({ $0.add(id) }) { row in
            Found(
                subscriber: row.id(0), endpoint: row.id(1), state: row.state(2), isClaimed: row.int(3) != 0,
                isClosed: row.int(4) != 0, replayOf: row.int32(5))
        }
    }

    /// The delivery of this event that is pending for this subscriber.
    func pending(_ event: EventID, for subscriber: SubscriberID) throws(SQLiteError) -> DeliveryID? {
        try selectPending.first({
            $0.add(event)
            $0.add(subscriber)
        }) { $0.delivery(0) }
    }

    /// A new delivery of the same event, behind all others; its id.
    func repeatDelivery(
        _ id: DeliveryID, to subscriber: SubscriberID, at endpoint: EndpointID, due: WallTime, by action: Int64
    ) throws(SQLiteError) -> DeliveryID {
        let last = try selectLastOrdinal.first({ $0.add(id.event) }) { $0.int32(0) } ?? 0
        let new = DeliveryID(event: id.event, ordinal: last + 1)
        try insertReplay.run {
            $0.add(new)
            $0.add(subscriber)
            $0.add(endpoint)
            $0.add(due)
            $0.add(id.ordinal)
            $0.add(action)
        }
        return new
    }

    /// Pending again, with its schedule from the beginning.
    func requeue(_ id: DeliveryID, due: WallTime) throws(SQLiteError) {
        try requeue.run {
            $0.add(id)
            $0.add(due)
        }
    }

    /// Dead, and marked so.
    func close(_ id: DeliveryID, as closure: Closure) throws(SQLiteError) {
        try close.run {
            $0.add(id)
            $0.add(closure.rawValue)
        }
    }

    func hasten(_ id: DeliveryID, due: WallTime) throws(SQLiteError) {
        try hasten.run {
            $0.add(id)
            $0.add(due)
        }
    }
}
