internal import Crypto
internal import Domain

/// Writes the chain: one row for each batch that stored an event, an attempt or an action. The leaves stay in the row, so that a
/// check can name the very record that was changed, and so that the chain still holds when old records are removed.
final class ChainTable {
    private let insert: Statement
    private let tree: TreeTable
    private var form = CanonicalForm()
    private var sha256: SHA256
    private var eventLeaves: [UInt8] = []
    private var attemptLeaves: [UInt8] = []
    private var actionLeaves: [UInt8] = []

    private(set) var end: ChainPlace
    private(set) var lastEvent: EventID
    private(set) var lastAttempt: Int64
    private(set) var lastAction: Int64
    private(set) var latest: WallTime

    /// What it takes, about: 32 bytes for each record, and for each batch its row.
    var bytes: Int64 { tree.records * 32 + end.batch * 64 }

    init(_ database: borrowing Database) throws(SQLiteError) {
        do { sha256 = try SHA256() } catch { throw SQLiteError.damaged("\(error)") }
        insert = try Statement(
            """
            INSERT INTO chain (id, at, last_event, last_attempt, last_action, leaves, hash) VALUES (?, ?, ?, ?, ?, ?, ?)
            """, on: database)
        let last = try Statement(
            "SELECT id, hash, last_event, last_attempt, at FROM chain ORDER BY id DESC LIMIT 1", on: database
        ).first { (ChainPlace(batch: $0.int(0), hash: $0.digest(1)), EventID($0.int(2)), $0.int(3), $0.time(4)) }
        (end, lastEvent, lastAttempt, latest) = last ?? (.beginning, EventID(0), 0, WallTime(microseconds: 0))
        lastAction = try database.number("SELECT max(id) FROM actions") ?? 0
        tree = try TreeTable(database, sha256: &sha256)
    }

    func endpoint(_ id: EndpointID, in directory: DirectoryTable) throws(SQLiteError) -> DirectoryTable.EndpointNames {
        guard let endpoint = try directory.endpoint(id, sha256: &sha256) else {
            throw .damaged("endpoint \(id.raw) is missing")
        }
        return endpoint
    }

    func add(
        _ event: Event, id: EventID, route: Bytes, conflictsWith: EventID?, endpoints: [Digest256]
    ) {
        form.event(event, id: id, route: route, conflictsWith: conflictsWith, endpoints: endpoints, sha256: &sha256)
            .withBytes { eventLeaves.append(contentsOf: $0) }
        lastEvent = id
    }

    func add(_ attempt: Attempt, id: Int64, of delivery: DeliveryID, previous: Int64?) {
        form.attempt(attempt, id: id, of: delivery, previous: previous, sha256: &sha256)
            .withBytes { attemptLeaves.append(contentsOf: $0) }
        lastAttempt = id
    }

    func add(_ action: ActionRecord) {
        form.action(action, sha256: &sha256).withBytes { actionLeaves.append(contentsOf: $0) }
        lastAction = action.id
    }

    func digest(of bytes: Bytes) -> Digest256 { sha256.hash(bytes.buffer) }

    /// Closes the batch, inside its transaction.
    func seal(at now: WallTime) throws(SQLiteError) {
        guard !eventLeaves.isEmpty || !attemptLeaves.isEmpty || !actionLeaves.isEmpty else { return }
        eventLeaves += attemptLeaves + actionLeaves
        let place = end
        let (lastEvent, lastAttempt) = (lastEvent, lastAttempt)
        let lastAction = actionLeaves.isEmpty ? nil : lastAction
        let hash = eventLeaves.withUnsafeBytes {
            form.batch(
                place, at: now, lastEvent: lastEvent, lastAttempt: lastAttempt, lastAction: lastAction, leaves: $0,
                sha256: &sha256)
        }
        let leaves = Bytes(eventLeaves)
        try insert.run {
            $0.add(place.batch + 1)
            $0.add(now)
            $0.add(lastEvent)
            $0.add(lastAttempt)
            $0.add(lastAction)
            $0.add(leaves)
            $0.add(hash)
        }
        try tree.add(hash, records: leaves.count / 32, sha256: &sha256)
        end = ChainPlace(batch: place.batch + 1, hash: hash)
        latest = now
        eventLeaves.removeAll(keepingCapacity: true)
        attemptLeaves.removeAll(keepingCapacity: true)
        actionLeaves.removeAll(keepingCapacity: true)
    }
}
