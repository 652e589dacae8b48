internal import CSQLite
internal import Crypto
internal import Domain

extension LedgerReader {
    /// Recomputes the chain from the tables, batch by batch, in constant memory; a running gateway goes on meanwhile.
    /// Stops at the first fault.
    ///
    /// - Parameters:
    ///   - known: an earlier `ChainReport.end`, kept elsewhere.
    ///   - checkpoints: taken earlier and kept elsewhere. Without either, a ledger that was rewritten whole, or whose last
    ///     batches were cut off, looks sound.
    package func verifyChain(
        against known: ChainPlace? = nil, checkpoints: [Checkpoint] = []
    ) throws(LedgerError) -> ChainReport {
        do throws(SQLiteError) {
            return try ChainVerifier(database, checkpoints).verify(against: known, in: database)
        } catch { throw error.ledgerError(path: path) }
    }
}

/// Compares what the tables hold with the leaves that the chain holds, and the chain with itself.
final class ChainVerifier {
    let selectBatch: Statement
    let selectEvents: Statement
    let selectDeliveries: Statement
    let selectAttempts: Statement
    let selectActions: Statement
    let selectDeliveriesOfAction: Statement
    let selectMadeBy: Statement
    let selectStray: Statement
    let selectBeyond: Statement
    let selectRemoved: Statement
    let selectAction: Statement
    private let selectNode: Statement
    private let begin: Statement
    private let end: Statement
    let directory: DirectoryTable
    let events: EventTable
    var form = CanonicalForm()
    var sha256: SHA256

    var report = ChainReport()
    var lastEvent = EventID(0)
    var lastAttempt: Int64 = 0
    var lastAction: Int64 = 0

    /// How far retention was announced: a batch, and the last event up to it. The announcements are leaves themselves.
    private(set) var removedBodies: (batch: Int64, event: EventID)
    private(set) var removedEvents: (batch: Int64, event: EventID)

    private let identity: String
    private var frontier = TreeFrontier()
    /// Those not yet reached, the next one first.
    private var checkpoints: ArraySlice<Checkpoint>
    private var held: Int64 = 0

    init(_ database: borrowing Database, _ checkpoints: [Checkpoint]) throws(SQLiteError) {
        sha256 = try SHA256.ofLedger()
        self.checkpoints = checkpoints.sorted { $0.batch < $1.batch }[...]
        identity = try LedgerReader.identity(of: database)
        removedBodies = try Self.announced(.removeBodies, database)
        removedEvents = try Self.announced(.removeEvents, database)
        directory = try DirectoryTable(database)
        events = try EventTable(database)
        selectBatch = try Statement(
            """
            SELECT id, at, last_event, last_attempt, leaves, hash, last_action FROM chain
            WHERE id > ? ORDER BY id LIMIT 1
            """, on: database)
        selectEvents = try Statement(
            "SELECT id, fanout FROM events WHERE id > ? AND id <= ? ORDER BY id", on: database)
        selectDeliveries = try Statement(
            """
            SELECT d.event, d.ordinal, d.endpoint, d.subscriber, e.subscriber, d.state, d.attempts, a.number, a.outcome,
                a.event, a.ordinal, d.made_by, d.replay_of
            FROM deliveries AS d LEFT JOIN endpoints AS e ON e.id = d.endpoint
            LEFT JOIN attempts AS a ON a.id = d.last_attempt
            WHERE d.event = ? ORDER BY d.ordinal
            """, on: database)
        selectAttempts = try Statement(
            """
            SELECT a.id, a.event, a.ordinal, a.number, a.previous, a.started_at, a.took, a.outcome, a.status, a.resolved,
                a.connected, a.secured, a.first_byte, a.address, a.response, d.attempts
            FROM attempts AS a LEFT JOIN deliveries AS d ON d.event = a.event AND d.ordinal = a.ordinal
            WHERE a.id > ? AND a.id <= ? ORDER BY a.id
            """, on: database)
        selectActions = try Statement(
            """
            SELECT id, at, kind, actor, target, reason, done, skipped, deliveries FROM actions
            WHERE id > ? AND id <= ? ORDER BY id
            """, on: database)
        selectDeliveriesOfAction = try Statement("SELECT deliveries FROM actions WHERE id = ?", on: database)
        selectMadeBy = try Statement("SELECT made_by FROM deliveries WHERE event = ? AND ordinal = ?", on: database)
        selectStray = try Statement(
            """
            SELECT event, ordinal FROM deliveries
            WHERE event > ? AND event <= ? AND NOT EXISTS (SELECT 1 FROM events WHERE id = event) LIMIT 1
            """, on: database)
        selectRemoved = try Statement("SELECT bytes, action FROM removed WHERE event = ?", on: database)
        selectAction = try Statement("SELECT * FROM actions WHERE id = ?", on: database)
        selectNode = try Statement("SELECT hash, records FROM tree WHERE level = ? AND place = ?", on: database)
        begin = try Statement("BEGIN", on: database)
        end = try Statement("COMMIT", on: database)
        // One statement, so that a batch committed meanwhile is either seen whole or not at all.
        selectBeyond = try Statement(
            """
            SELECT (SELECT max(id) FROM chain), (SELECT max(id) FROM events), (SELECT max(id) FROM attempts),
                (SELECT event FROM deliveries ORDER BY event DESC LIMIT 1), (SELECT max(id) FROM actions)
            """, on: database)
    }

    func verify(against known: ChainPlace?, in database: borrowing Database) throws(SQLiteError) -> ChainReport {
        if let other = checkpoints.first(where: { $0.ledger != identity }) {
            report.fault = .otherLedger(other, found: identity)
            return report
        }
        compareWithCheckpoints()
        repeat {
            while let batch = try nextBatch() {
                try verify(batch, in: database)
                if report.fault == nil, let known, known.batch == batch.id, known.hash != batch.hash {
                    report.fault = .place(known)
                }
                if report.fault == nil { compareWithCheckpoints() }
                if report.fault != nil { return report }
            }
        } while try !isAtEnd()
        if report.fault == nil, let next = checkpoints.first {
            report.fault = .cut(next, end: report.end.batch)
        }
        if report.fault == nil, let known, known.batch > report.end.batch { report.fault = .place(known) }
        return report
    }

    private static func announced(
        _ kind: ActionKind, _ database: borrowing Database
    ) throws(SQLiteError) -> (batch: Int64, event: EventID) {
        let batch = try RetentionTarget.announced(kind, database)?.batch ?? 0
        let event = try Statement("SELECT last_event FROM chain WHERE id <= ? ORDER BY id DESC LIMIT 1", on: database)
            .first({ $0.add(batch) }) { EventID($0.int(0)) }
        return (batch, event ?? EventID(0))
    }

    private func compareWithCheckpoints() {
        while report.fault == nil, let next = checkpoints.first, next.batch <= report.end.batch {
            checkpoints.removeFirst()
            let isSame =
                next.batch == report.end.batch && next.head == report.end.hash
                && next.root == frontier.root(sha256: &sha256) && next.attempts == lastAttempt
                && next.actions == lastAction && next.events == frontier.records - lastAttempt - lastAction
            if isSame {
                held = next.batch
                report.checkpoints += 1
            } else {
                report.fault = .checkpoint(next, sound: held)
            }
        }
    }

    private func nextBatch() throws(SQLiteError) -> ChainBatch? {
        try selectBatch.first({ $0.add(report.end.batch) }) { $0.batch() }
    }

    /// True when nothing stands behind the last batch; a fault when something does that no batch accounts for.
    private func isAtEnd() throws(SQLiteError) -> Bool {
        let beyond = try selectBeyond.first {
            (
                batch: $0.int(0), event: $0.id(1) as EventID, attempt: $0.int(2), delivery: $0.id(3) as EventID,
                action: $0.int(4)
            )
        }
        guard let beyond else { return true }
        if beyond.batch > report.end.batch { return false }
        if beyond.event > lastEvent {
            report.fault = .event(beyond.event, .inserted)
        } else if beyond.attempt > lastAttempt {
            report.fault = .attempt(beyond.attempt, of: nil, .inserted)
        } else if beyond.action > lastAction {
            report.fault = .action(beyond.action, .inserted)
        } else if beyond.delivery > lastEvent {
            report.fault = .delivery(DeliveryID(event: beyond.delivery, ordinal: 1), .inserted)
        }
        return true
    }

    /// What retention announced after `announced` was read looks like a fault, once.
    private func verify(_ batch: ChainBatch, in database: borrowing Database) throws(SQLiteError) {
        let before = report
        for _ in 0..<Self.looks {
            report = before
            try atOneTime { () throws(SQLiteError) in try verify(batch) }
            if report.fault == nil { return }
            if case .tree = report.fault { return }
            let known = (removedBodies.batch, removedEvents.batch)
            removedBodies = try Self.announced(.removeBodies, database)
            removedEvents = try Self.announced(.removeEvents, database)
            let isNews = known != (removedBodies.batch, removedEvents.batch)
            guard isNews || batch.id <= max(removedBodies.batch, removedEvents.batch) else { return }
        }
    }

    private static let looks = 3

    /// What a body reads is of one moment: a redaction meanwhile is seen whole or not at all.
    private func atOneTime(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try begin.run()
        defer { try? end.run() }
        try body()
    }

    private func verify(_ batch: ChainBatch) throws(SQLiteError) {
        let hash = form.batch(
            report.end, at: batch.at, lastEvent: batch.lastEvent, lastAttempt: batch.lastAttempt,
            lastAction: batch.lastAction, leaves: batch.leaves.buffer, sha256: &sha256)
        guard batch.id == report.end.batch + 1, hash == batch.hash, batch.leaves.count % 32 == 0,
            batch.lastEvent >= lastEvent, batch.lastAttempt >= lastAttempt,
            batch.lastAction ?? .max > lastAction
        else {
            report.fault = .batch(report.end.batch + 1)
            return
        }
        var records: [ChainRecord] = []
        try readEvents(upTo: batch.lastEvent, into: &records)
        try readAttempts(upTo: batch.lastAttempt, into: &records)
        if let last = batch.lastAction { try readActions(upTo: last, into: &records) }
        let mayMiss = batch.id <= removedEvents.batch
        if let fault = batch.compare(records, mayMiss: mayMiss) { conclude(fault) }
        report.removed += batch.leaves.count / 32 - records.count
        guard report.fault == nil else { return }
        for record in records {
            switch record.kind {
            case .event: report.events += 1
            case .attempt: report.attempts += 1
            case .action: report.actions += 1
            }
        }
        try grow(by: batch)
        (lastEvent, lastAttempt) = (batch.lastEvent, batch.lastAttempt)
        lastAction = batch.lastAction ?? lastAction
        report.end = ChainPlace(batch: batch.id, hash: batch.hash)
    }

    /// Compares the nodes that the batch completes with those that are kept.
    private func grow(by batch: ChainBatch) throws(SQLiteError) {
        var complete: [(node: TreeFrontier.Node, place: Int64)] = []
        frontier.add(batch.hash, records: Int64(batch.leaves.count / 32), sha256: &sha256) { node, place in
            if node.level >= ChainTree.keptLevel { complete.append((node, place)) }
        }
        for (node, place) in complete {
            let kept = try selectNode.first({
                $0.add(Int64(node.level))
                $0.add(place)
            }) { ($0.digest(0), $0.int(1)) }
            if let kept, kept == (node.hash, node.records) { continue }
            note(.tree(batch: batch.id))
        }
    }
}
