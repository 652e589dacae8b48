internal import Crypto
package import Domain

extension LedgerReader {
    /// With a checkpoint of this moment; nil when there is no such event.
    package func evidence(_ id: EventID, at now: WallTime) throws(LedgerError) -> Evidence? {
        try lastingSnapshot { () throws(SQLiteError) in try EvidenceSearch(self).evidence(id, at: now) }
    }
}

private final class EvidenceSearch {
    private let reader: LedgerReader
    private let batches: BatchSearch
    private let tree: TreeReader
    private let selectActions: Statement
    private let selectAction: Statement
    private let selectMadeBy: Statement
    private let selectFanout: Statement
    private var sha256: SHA256

    init(_ reader: LedgerReader) throws(SQLiteError) {
        self.reader = reader
        batches = try BatchSearch(reader.database)
        tree = try TreeReader(reader.database)
        // Actions are rare; those before the event are passed over without a look at what they touched.
        selectActions = try Statement("SELECT * FROM actions WHERE at >= ? ORDER BY id", on: reader.database)
        selectAction = try Statement("SELECT * FROM actions WHERE id = ?", on: reader.database)
        selectMadeBy = try Statement(
            "SELECT made_by FROM deliveries WHERE event = ? AND ordinal = ?", on: reader.database)
        selectFanout = try Statement(
            """
            SELECT e.fanout, coalesce(r.bytes, length(e.body)) FROM events AS e LEFT JOIN removed AS r ON r.event = e.id
            WHERE e.id = ?
            """, on: reader.database)
        sha256 = try SHA256.ofLedger()
    }

    func evidence(_ id: EventID, at now: WallTime) throws(SQLiteError) -> Evidence? {
        let names = try reader.directory.names()
        guard let event = try reader.detail(id, names),
            let (fanout, bytes) = try selectFanout.first({ $0.add(id) }, { ($0.int32(0), $0.int(1)) })
        else { return nil }
        var deliveries: [Evidence.Delivery] = []
        for row in event.deliveries { deliveries.append(try delivery(row)) }
        let actions = try actions(on: id)
        let checkpoint = try LedgerReader.checkpoint(of: reader.database, at: now, sha256: &sha256)
        return Evidence(
            event: event, bodyBytes: bytes, fanout: fanout, deliveries: deliveries, actions: actions,
            touchedRoutes: try routes(touchedBy: actions, names),
            others: names.unreached(by: event, whenGone: true),
            batches: try proofs(of: id, deliveries, actions, up: checkpoint), checkpoint: checkpoint)
    }

    private func delivery(_ row: DeliveryRow) throws(SQLiteError) -> Evidence.Delivery {
        var attempts: [(row: AttemptRow, previous: Int64?)] = []
        var next = row.lastAttempt?.id
        while let id = next, let found = try reader.attempt(id) {
            attempts.append(found)
            next = found.previous.flatMap { $0 < id ? $0 : nil }
        }
        let madeBy = try selectMadeBy.first({ $0.add(row.id) }) { $0.int(0) }
        let endpoint = CanonicalForm.endpoint(
            route: row.route, subscriber: row.subscriber, url: row.url, sha256: &sha256)
        return Evidence.Delivery(
            row: row, endpoint: endpoint, madeBy: madeBy == 0 ? nil : madeBy, attempts: attempts.reversed())
    }

    private func actions(on event: EventID) throws(SQLiteError) -> [ActionRecord] {
        var found: [Int64: ActionRecord] = [:]
        var jobs: Set<Int64> = []
        try selectActions.forEach({ $0.add(event.time) }) { row in
            let isOrder = row.text(4) == event.text
            if isOrder || TouchedDelivery.decode(row.buffer(8)).contains(where: { $0.id.event == event }) {
                let action = row.action()
                found[action.id] = action
                if let job = JobID(text: action.target) { jobs.insert(job.raw) }
            }
            return true
        }
        for job in jobs where found[job] == nil {
            found[job] = try selectAction.first({ $0.add(job) }) { $0.action() }
        }
        return found.values.sorted { $0.id < $1.id }
    }

    private func routes(
        touchedBy actions: [ActionRecord], _ names: ReaderDirectory.Names
    ) throws(SQLiteError) -> Set<String?> {
        var routes: Set<String?> = []
        for touched in actions.flatMap({ TouchedDelivery.decode($0.deliveries.buffer) }) {
            let subscriber = try reader.selectDelivery.first({ $0.add(touched.id) }) { SubscriberID($0.int(0)) }
            routes.insert(subscriber.flatMap { names.subscribers[$0]?.route })
        }
        return routes
    }

    private func proofs(
        of event: EventID, _ deliveries: [Evidence.Delivery], _ actions: [ActionRecord], up checkpoint: Checkpoint
    ) throws(SQLiteError) -> [BatchProof] {
        var numbers: Set<Int64> = [try batches.batch(of: event)]
        for attempt in deliveries.flatMap(\.attempts) { numbers.insert(try batches.batch(ofAttempt: attempt.row.id)) }
        for action in actions { numbers.insert(try batches.batch(of: action)) }
        var proofs: [BatchProof] = []
        for number in numbers.sorted() {
            guard let batch = try batches.read(number) else { throw .damaged("batch \(number) is missing") }
            proofs.append(
                BatchProof(
                    id: number, at: batch.at, lastEvent: batch.lastEvent, lastAttempt: batch.lastAttempt,
                    lastAction: batch.lastAction, previous: try batches.read(number - 1)?.hash ?? .zero,
                    leaves: batch.leaves,
                    path: try tree.path(to: number - 1, in: checkpoint.batch, sha256: &sha256)))
        }
        return proofs
    }
}
