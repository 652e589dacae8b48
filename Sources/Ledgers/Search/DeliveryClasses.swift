internal import Domain

/// What a delivery is searched by. There are few of them: the subscribers times the ways in which things go.
struct DeliveryClass: Hashable {
    let subscriber: SubscriberID
    /// As stored: `held` is `pending`.
    let state: Int64
    /// Of the last attempt; nil without one.
    let outcome: Int64?
    let status: Int64

    /// Nothing about it changes any more: a redelivery is another delivery.
    var isFinal: Bool { state == Int64(DeliveryState.delivered.rawValue) }
}

/// Deliveries by class. One that was delivered when its event was indexed is a term of its block; any other stands in
/// `late`, where what becomes of it is followed.
final class DeliveryClasses {
    private var known: [DeliveryClass: Int64] = [:]
    private let selectClass: Statement
    private let insertClass: Statement
    private let storeLate: Statement
    private let deleteLate: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        selectClass = try Statement(
            "SELECT id FROM classes WHERE subscriber = ? AND state = ? AND outcome = ? AND status = ?", on: database)
        insertClass = try Statement(
            """
            INSERT INTO classes (subscriber, state, outcome, status) VALUES (?, ?, ?, ?) RETURNING id
            """, on: database)
        storeLate = try Statement(
            """
            INSERT INTO late (event, ordinal, class) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET class = ?3 WHERE class <> ?3
            """, on: database)
        deleteLate = try Statement("DELETE FROM late WHERE event = ?", on: database)
    }

    func number(of one: DeliveryClass) throws(SQLiteError) -> Int64 {
        if let number = known[one] { return number }
        let bind = { (values: inout Values) in
            values.add(one.subscriber)
            values.add(one.state)
            values.add(one.outcome ?? DeliveryClasses.noOutcome)
            values.add(one.status)
        }
        var number = try selectClass.first(bind) { $0.int(0) }
        if number == nil { number = try insertClass.first(bind) { $0.int(0) } }
        guard let number else { throw .damaged("a class of deliveries has no number") }
        known[one] = number
        return number
    }

    static let noOutcome: Int64 = -1

    /// What was added in a transaction that failed is not there.
    func forget() { known.removeAll() }

    func note(_ delivery: DeliveryID, as one: DeliveryClass) throws(SQLiteError) {
        let number = try number(of: one)
        try storeLate.run {
            $0.add(delivery)
            $0.add(number)
        }
    }

    func remove(_ event: EventID) throws(SQLiteError) { try deleteLate.run { $0.add(event) } }
}
