internal import Domain

final class JobTable {
    private let insert: Statement
    private let select: Statement
    private let advance: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        insert = try Statement(
            """
            INSERT INTO jobs (id, kind, state, started_at, ended_at, event, ordinal, done, skipped, most, rate_count,
                rate_per, route, subscriber, type, delivery_state, outcome, status, since, until, events, actor, reason)
            VALUES (?, ?, 0, ?, NULL, 0, 0, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, on: database)
        select = try Statement("SELECT * FROM jobs WHERE id = ?", on: database)
        advance = try Statement(
            """
            UPDATE jobs SET event = ?2, ordinal = ?3, done = done + ?4, skipped = skipped + ?5, state = ?6, ended_at = ?7
            WHERE id = ?1
            """, on: database)
    }

    func insert(_ id: JobID, _ order: JobOrder, actor: String, reason: String, at now: WallTime) throws(SQLiteError) {
        let selection = order.selection
        try insert.run {
            $0.add(id)
            $0.add(order.kind.rawValue)
            $0.add(now)
            $0.add(order.most)
            $0.add(Int64(order.rate.count))
            $0.add(order.rate.per.microseconds)
            $0.add(selection.route)
            $0.add(selection.subscriber)
            $0.add(selection.type)
            $0.add((selection.state?.rawValue).map { Int64($0) })
            $0.add((selection.outcome?.rawValue).map { Int64($0) })
            $0.add(selection.status.map { Int64($0) })
            $0.add(selection.since?.microseconds)
            $0.add(selection.until?.microseconds)
            if let events = selection.events { $0.add(copying: Self.encode(events)) } else { $0.addNull() }
            $0.add(actor)
            $0.add(reason)
        }
    }

    func job(_ id: JobID) throws(SQLiteError) -> JobRow? {
        try select.first({ $0.add(id) }) { $0.job() }
    }

    /// - Parameter state: nil leaves it running.
    func advance(
        _ id: JobID, to place: DeliveryID, done: Int64, skipped: Int64, ending state: JobState?, at now: WallTime
    ) throws(SQLiteError) {
        try advance.run {
            $0.add(id)
            $0.add(place)
            $0.add(done)
            $0.add(skipped)
            $0.add((state ?? .running).rawValue)
            $0.add(state == nil ? nil : now.microseconds)
        }
    }

    /// Eight bytes each, big-endian.
    private static func encode(_ events: [EventID]) -> [UInt8] {
        events.flatMap { event in withUnsafeBytes(of: event.raw.bigEndian) { Array($0) } }
    }
}

extension Row {
    /// From all columns of `jobs`, in the order of the schema.
    func job() -> JobRow {
        var selection = DeliveryQuery()
        selection.route = textIfAny(12)
        selection.subscriber = textIfAny(13)
        selection.type = textIfAny(14)
        selection.state = intIfAny(15).flatMap { DeliveryState(rawValue: UInt8(truncatingIfNeeded: $0)) }
        selection.outcome = intIfAny(16).flatMap { Outcome(rawValue: UInt8(truncatingIfNeeded: $0)) }
        selection.status = intIfAny(17).map { Int32(truncatingIfNeeded: $0) }
        selection.since = intIfAny(18).map { WallTime(microseconds: $0) }
        selection.until = intIfAny(19).map { WallTime(microseconds: $0) }
        if !isNull(20) {
            let events = buffer(20)
            selection.events = (0..<events.count / 8).map {
                EventID(Int64(bigEndian: events.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)))
            }
        }
        let order = JobOrder(
            kind: JobKind(rawValue: uint8(1)) ?? .replay, selection: selection, most: int(9),
            rate: Rate(count: max(1, Int(int(10))), per: TimeSpan(microseconds: int(11))))
        return JobRow(
            id: id(0), order: order, state: JobState(rawValue: uint8(2)) ?? .stopped, actor: text(21), reason: text(22),
            startedAt: time(3), endedAt: intIfAny(4).map { WallTime(microseconds: $0) }, place: delivery(5),
            done: int(7), skipped: int(8))
    }
}
