internal import CSQLite
internal import Crypto
internal import Domain

extension LedgerReader {
    /// Recomputes the chain from the tables, batch by batch, in constant memory; a running gateway goes on meanwhile.
    /// Stops at the first fault.
    ///
    /// - Parameter known: an earlier `ChainReport.end`, kept elsewhere: without one, a ledger that was rewritten whole, or
    ///   whose last batches were cut off, looks sound.
    package func verifyChain(against known: ChainPlace? = nil) throws(LedgerError) -> ChainReport {
        do throws(SQLiteError) {
            return try ChainVerifier(database).verify(against: known)
        } catch { throw error.ledgerError(path: path) }
    }
}

/// Compares what the tables hold with the leaves that the chain holds, and the chain with itself.
private final class ChainVerifier {
    private let selectBatch: Statement
    private let selectEvents: Statement
    private let selectDeliveries: Statement
    private let selectAttempts: Statement
    private let selectActions: Statement
    private let selectDeliveriesOfAction: Statement
    private let selectMadeBy: Statement
    private let selectStray: Statement
    private let selectBeyond: Statement
    private let directory: DirectoryTable
    private let events: EventTable
    private var form = CanonicalForm()
    private var sha256: SHA256

    private var report = ChainReport()
    private var lastEvent = EventID(0)
    private var lastAttempt: Int64 = 0
    private var lastAction: Int64 = 0

    init(_ database: borrowing Database) throws(SQLiteError) {
        do { sha256 = try SHA256() } catch { throw .damaged("\(error)") }
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
        // One statement, so that a batch committed meanwhile is either seen whole or not at all.
        selectBeyond = try Statement(
            """
            SELECT (SELECT max(id) FROM chain), (SELECT max(id) FROM events), (SELECT max(id) FROM attempts),
                (SELECT event FROM deliveries ORDER BY event DESC LIMIT 1), (SELECT max(id) FROM actions)
            """, on: database)
    }

    func verify(against known: ChainPlace?) throws(SQLiteError) -> ChainReport {
        repeat {
            while let batch = try nextBatch() {
                try verify(batch)
                if report.fault == nil, let known, known.batch == batch.id, known.hash != batch.hash {
                    report.fault = .place(known)
                }
                if report.fault != nil { return report }
            }
        } while try !isAtEnd()
        if report.fault == nil, let known, known.batch > report.end.batch { report.fault = .place(known) }
        return report
    }

    private func nextBatch() throws(SQLiteError) -> ChainBatch? {
        try selectBatch.first({ $0.add(report.end.batch) }) { row in
            ChainBatch(
                id: row.int(0), at: row.time(1), lastEvent: row.id(2), lastAttempt: row.int(3),
                lastAction: row.intIfAny(6), leaves: row.bytes(4), hash: row.digest(5))
        }
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
        if let fault = batch.compare(records) { conclude(fault) }
        guard report.fault == nil else { return }
        for record in records {
            switch record.kind {
            case .event: report.events += 1
            case .attempt: report.attempts += 1
            case .action: report.actions += 1
            }
        }
        (lastEvent, lastAttempt) = (batch.lastEvent, batch.lastAttempt)
        lastAction = batch.lastAction ?? lastAction
        report.end = ChainPlace(batch: batch.id, hash: batch.hash)
    }

    // MARK: Leaves of what the tables hold

    private func readEvents(
        upTo last: EventID, into records: inout [ChainRecord]
    ) throws(SQLiteError) {
        var found: [(id: EventID, fanout: Int64)] = []
        try selectEvents.forEach({
            $0.add(lastEvent)
            $0.add(last)
        }) { row in
            found.append((row.id(0), row.int(1)))
            return true
        }
        for (id, fanout) in found {
            guard let (event, conflictsWith) = try events.event(id) else { continue }
            if sha256.hash(event.body.buffer) != event.bodyDigest { note(.body(id)) }
            let endpoints = try endpoints(of: id, fanout: fanout)
            let route = try directory.routeName(event.route) ?? .empty
            let leaf = form.event(
                event, id: id, route: route, conflictsWith: conflictsWith, endpoints: endpoints, sha256: &sha256)
            records.append(ChainRecord(kind: .event(id), leaf: leaf))
        }
        let stray = try selectStray.first({
            $0.add(lastEvent)
            $0.add(last)
        }) { $0.delivery(0) }
        if let stray { note(.delivery(stray, .inserted)) }
    }

    /// Of each delivery the event was accepted with; checks the deliveries on the way.
    private func endpoints(of id: EventID, fanout: Int64) throws(SQLiteError) -> [Digest256] {
        struct Delivery {
            let id: DeliveryID
            let endpoint: EndpointID
            let isSound: Bool
            let madeBy: Int64
            let replayOf: Int32
        }
        var deliveries: [Delivery] = []
        try selectDeliveries.forEach({ $0.add(id) }) { row in
            let last = row.isNull(7) ? nil : (number: row.int(7), isOK: row.uint8(8) == Outcome.ok.rawValue)
            let isOwn = last == nil || row.int(9) == row.int(0) && row.int(10) == row.int(1)
            let isDelivered = row.state(5) == .delivered
            let isSound =
                row.int(3) == row.int(4) && row.int(6) == last?.number ?? 0 && isOwn
                && isDelivered == (last?.isOK ?? false)
            deliveries.append(
                Delivery(
                    id: row.delivery(0), endpoint: row.id(2), isSound: isSound, madeBy: row.int(11),
                    replayOf: row.int32(12)))
            return true
        }
        var endpoints: [Digest256] = []
        for (index, delivery) in deliveries.enumerated() {
            let expected = DeliveryID(event: id, ordinal: Int32(index) + 1)
            if delivery.id != expected { note(.delivery(expected, .missing)) }
            let digest = try directory.endpoint(delivery.endpoint, sha256: &sha256)?.digest ?? .zero
            if index < fanout {
                endpoints.append(digest)
                if delivery.madeBy != 0 || delivery.replayOf != 0 { note(.delivery(delivery.id, .altered)) }
            } else {
                let made = TouchedDelivery(id: delivery.id, replayOf: delivery.replayOf, endpoint: digest)
                if try !touched(by: delivery.madeBy).contains(made) { note(.delivery(delivery.id, .inserted)) }
            }
            if !delivery.isSound { note(.delivery(delivery.id, .altered)) }
        }
        if endpoints.count < fanout {
            note(.delivery(DeliveryID(event: id, ordinal: Int32(endpoints.count) + 1), .missing))
        }
        return endpoints
    }

    /// What an action says of itself; its leaf is compared when its batch is reached.
    private func touched(by action: Int64) throws(SQLiteError) -> [TouchedDelivery] {
        try selectDeliveriesOfAction.first({ $0.add(action) }) { TouchedDelivery.decode($0.buffer(0)) } ?? []
    }

    private func readActions(
        upTo last: Int64, into records: inout [ChainRecord]
    ) throws(SQLiteError) {
        var found: [ActionRecord] = []
        try selectActions.forEach({
            $0.add(lastAction)
            $0.add(last)
        }) { row in
            found.append(row.action())
            return true
        }
        for action in found {
            records.append(ChainRecord(kind: .action(action.id), leaf: form.action(action, sha256: &sha256)))
            guard action.kind == .replay else { continue }
            for made in TouchedDelivery.decode(action.deliveries.buffer) {
                let maker = try selectMadeBy.first({ $0.add(made.id) }) { $0.int(0) }
                if maker != action.id { note(.delivery(made.id, maker == nil ? .missing : .altered)) }
            }
        }
    }

    private func readAttempts(
        upTo last: Int64, into records: inout [ChainRecord]
    ) throws(SQLiteError) {
        try selectAttempts.forEach({
            $0.add(lastAttempt)
            $0.add(last)
        }) { row in
            let (found, previous) = row.attempt()
            let leaf = form.attempt(
                found.attempt, id: found.id, of: found.delivery, previous: previous, sha256: &sha256)
            records.append(ChainRecord(kind: .attempt(found.id, found.delivery), leaf: leaf))
            if row.isNull(15) {
                note(.delivery(found.delivery, .missing))
            } else if row.int32(15) < found.attempt.number {
                note(.delivery(found.delivery, .altered))
            }
            return true
        }
    }

    private func note(_ fault: ChainFault) { report.fault = report.fault ?? fault }

    /// A record that does not match its leaf tells more than what was noted on the way, unless that says why it does not.
    private func conclude(_ fault: ChainFault) {
        switch (fault, report.fault) {
        case (.event(let id, .altered), .delivery(let delivery, _)) where delivery.event == id: break
        case (.event(let id, .altered), .body(let other)) where other == id: break
        default: report.fault = fault
        }
    }
}
