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
            SELECT route, received_at, source, provider_id, type, headers, body, body_sha256, coverage, proven_by,
                conflicts_with
            FROM events WHERE id = ?
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

    func event(_ id: EventID) throws(SQLiteError) -> (event: Event, conflictsWith: EventID?)? {
        try select.first({ $0.add(id) }) { row in
            let event = Event(
                route: row.id(0), receivedAt: row.time(1), source: row.addressIfAny(2) ?? .unspecified,
                providerID: row.bytesIfAny(3), type: row.bytesIfAny(4), headers: row.bytes(5), body: row.bytes(6),
                bodyDigest: row.digest(7), coverage: Coverage(rawValue: row.uint8(8)) ?? .none, provenBy: row.text(9))
            return (event, row.intIfAny(10).map { EventID($0) })
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
