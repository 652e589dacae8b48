internal import Domain

final class EventTable {
    private let insert: Statement
    private let select: Statement
    private let selectFacts: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        insert = try Statement(
            """
            INSERT INTO events (id, route, fanout, coverage, received_at, conflicts_with, source, body_sha256,
                provider_id, type, proven_by, headers, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, on: database)
        select = try Statement(
            """
            SELECT route, received_at, source, provider_id, type, headers, CASE WHEN length(body) <= ?2 THEN body END,
                body_sha256, coverage, proven_by, conflicts_with, length(body)
            FROM events WHERE id = ?1
            """, on: database)
        selectFacts = try Statement(
            "SELECT route, received_at, body_sha256, provider_id, conflicts_with FROM events WHERE id = ?", on: database
        )
    }

    func insert(_ event: Event, id: EventID, fanout: Int, conflictsWith: EventID?) throws(SQLiteError) {
        try insert.run {
            $0.add(id)
            $0.add(event.route)
            $0.add(Int64(fanout))
            $0.add(event.coverage.rawValue)
            $0.add(event.receivedAt)
            $0.add(conflictsWith?.raw)
            $0.add(event.source)
            $0.add(event.bodyDigest)
            $0.add(event.providerID)
            $0.add(event.type)
            $0.add(event.provenBy)
            $0.add(event.headers)
            $0.add(event.body)
        }
    }

    enum Reading {
        case event(RecentEvents.Found)
        case larger(weight: Int)

        var weight: Int {
            switch self {
            case .event(let found): found.event.weight
            case .larger(let weight): weight
            }
        }
    }

    /// - Parameter most: of its body. What is larger is not read: SQLite knows the length of a blob without it.
    func event(_ id: EventID, most: Int = .max) throws(SQLiteError) -> Reading? {
        try select.first({
            $0.add(id)
            $0.add(Int64(most))
        }) { row in
            let length = Int(row.int(11))
            guard length <= most else {
                let (id, type, headers) = (row.buffer(3).count, row.buffer(4).count, row.buffer(5).count)
                return .larger(weight: Event.weight(headers: headers, body: length, providerID: id, type: type))
            }
            let event = Event(
                route: row.id(0), receivedAt: row.time(1), source: row.addressIfAny(2) ?? .unspecified,
                providerID: row.bytesIfAny(3), type: row.bytesIfAny(4), headers: row.bytes(5), body: row.bytes(6),
                bodyDigest: row.digest(7), coverage: Coverage(rawValue: row.uint8(8)) ?? .none, provenBy: row.text(9))
            return .event((event, row.intIfAny(10).map { EventID($0) }))
        }
    }

    /// What the search for duplicates compares.
    struct Facts {
        let route: RouteID
        let receivedAt: WallTime
        let bodyDigest: Digest256
        let providerID: Bytes?
        let conflictsWith: EventID?
    }

    func facts(_ id: EventID) throws(SQLiteError) -> Facts? {
        try selectFacts.first({ $0.add(id) }) { row in
            Facts(
                route: row.id(0), receivedAt: row.time(1), bodyDigest: row.digest(2), providerID: row.bytesIfAny(3),
                conflictsWith: row.intIfAny(4).map { EventID($0) })
        }
    }
}
