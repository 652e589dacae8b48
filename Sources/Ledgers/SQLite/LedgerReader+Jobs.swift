package import Domain

/// Operators' work, and what it would do.
extension LedgerReader {
    /// Deliveries that a job is to take next, oldest event first: of each event and subscriber the latest alone, unless a
    /// later one is pending, which the ledger then passes over and counts.
    ///
    /// - Parameters:
    ///   - job: what it and later ones made is not looked at; nil for a job that is not started.
    ///   - place: the last delivery that was looked at; nil to begin.
    package func candidates(
        _ order: JobOrder, of job: JobID?, after place: DeliveryID?, most: Int
    ) throws(LedgerError) -> Candidates {
        try snapshot { () throws(SQLiteError) in
            let search = JobSearch(order, of: job, self, try directory.names(), most: min(max(most, 1), Self.rowsMost))
            let selection = order.selection
            let end = selection.until.map { EventID.first(at: $0) } ?? EventID(.max)
            let since = selection.since.map { EventID.first(at: $0) } ?? EventID(0)
            let start = max(place ?? DeliveryID(event: since, ordinal: 0), DeliveryID(event: since, ordinal: 0))
            guard let events = selection.events else { return try search.run(from: start, until: end) }
            for event in events.sorted() where event >= start.event && event < end {
                let from = max(start, DeliveryID(event: event, ordinal: 0))
                let found = try search.run(from: from, until: EventID(event.raw + 1))
                if !found.isLast { return found }
            }
            return search.found(isLast: true)
        }
    }

    /// Newest first.
    ///
    /// - Parameter within: only jobs whose order names one of these routes; nil for all.
    package func jobs(within: Set<String>? = nil, after: JobID?, limit: Int) throws(LedgerError) -> Page<JobRow, JobID>
    {
        try snapshot { () throws(SQLiteError) in
            var rows: [JobRow] = []
            let found = try scan(limit: limit, { $0.add(after ?? JobID(.max)) }, selectJobs) { row in
                let id: JobID = row.id(0)
                let isWanted = within.map { routes in row.textIfAny(12).map { routes.contains($0) } ?? false } ?? true
                if isWanted { rows.append(row.job()) }
                return (id, isWanted)
            }
            return Page(rows: rows, next: found.next)
        }
    }

    package func job(_ id: JobID) throws(LedgerError) -> JobRow? {
        try snapshot { () throws(SQLiteError) in try selectJob.first({ $0.add(id) }) { $0.job() } }
    }

    /// In the order in which they were started.
    package func runningJobs() throws(LedgerError) -> [JobRow] {
        try snapshot { () throws(SQLiteError) in
            var rows: [JobRow] = []
            try selectRunning.forEach { row in
                rows.append(row.job())
                return true
            }
            return rows
        }
    }
}

/// One look for a job's next deliveries; ends when enough are found, or with the reader's patience.
private final class JobSearch {
    private let order: JobOrder
    private let bound: Int64
    private let reader: LedgerReader
    private let judge: DeliveryJudge
    private let most: Int
    private let deadline: MonotonicTime
    private var ids: [DeliveryID] = []
    private var pending = 0
    private var place = DeliveryID(event: EventID(0), ordinal: 0)
    private var seen = 0
    private var failure: SQLiteError?

    init(_ order: JobOrder, of job: JobID?, _ reader: LedgerReader, _ names: ReaderDirectory.Names, most: Int) {
        self.order = order
        bound = job?.raw ?? .max
        self.reader = reader
        judge = DeliveryJudge(order.selection, names, reader)
        self.most = most
        deadline = reader.clock.monotonic() + LedgerReader.patience
    }

    func run(from start: DeliveryID, until end: EventID) throws(SQLiteError) -> Candidates {
        place = max(place, start)
        let isOfDead = order.kind == .retry || order.selection.state == .dead
        var isLast = true
        let bind = { (values: inout Values) in
            values.add(start)
            values.add(end)
            values.add(self.bound)
        }
        let each = { (row: borrowing Row) -> Bool in
            self.look(at: row)
            isLast = false
            let isEnough = self.ids.count == self.most
            let isLate = self.seen % 256 == 0 && self.reader.clock.monotonic() >= self.deadline
            if !isEnough, !isLate, self.failure == nil { isLast = true }
            return isLast
        }
        if isOfDead {
            try reader.scanOldestDead.forEach(bind, each)
        } else {
            try reader.scanOldest.forEach(bind, each)
        }
        if let failure = failure ?? judge.failure { throw failure }
        return found(isLast: isLast)
    }

    func found(isLast: Bool) -> Candidates { Candidates(ids: ids, pending: pending, place: place, isLast: isLast) }

    private var isOfAnyState: Bool {
        order.selection.state == nil && order.selection.outcome == nil && order.selection.status == nil
    }

    private func look(at row: borrowing Row) {
        let id = row.delivery(0)
        place = id
        seen += 1
        // A closed delivery was decided on.
        guard row.int(5) == 0, order.kind != .cancel || row.state(3) == .pending, judge.wants(row) else { return }
        if order.kind == .cancel { return ids.append(id) }
        let subscriber: SubscriberID = row.id(2)
        do throws(SQLiteError) {
            let later = try reader.selectLater.first({
                $0.add(id)
                $0.add(subscriber)
                $0.add(bound)
            }) { $0.state(0) }
            // Where every state is asked for, the later one is looked at in its turn.
            if let later, later != .pending || isOfAnyState { return }
            let isPending = try reader.selectPendingOf.first({
                $0.add(id.event)
                $0.add(subscriber)
            }) { _ in true }
            if isPending == true { pending += 1 }
            ids.append(id)
        } catch { failure = error }
    }
}

extension LedgerReader {
    /// What an order names and the ledger has never known, in words; nil when all is there. A slip of the pen would select
    /// nothing, and nobody would notice.
    package func unknownName(in query: DeliveryQuery) throws(LedgerError) -> String? {
        try snapshot { () throws(SQLiteError) in
            let names = try directory.names()
            if let route = query.route, !names.routeNames.values.contains(route) { return "there is no route \(route)" }
            if let name = query.subscriber,
                names.subscribers(route: query.route, within: query.within, name: name).isEmpty
            {
                return "there is no subscriber \(query.route.map { $0 + "/" } ?? "")\(name)"
            }
            for event in query.events ?? [] {
                let route = try selectEvent.first({ $0.add(event) }) { RouteID($0.int(0)) }.flatMap {
                    names.routeNames[$0]
                }
                guard let route, (query.route ?? route) == route, query.within?.contains(route) ?? true else {
                    return "the ledger has no event \(event.text)"
                }
            }
            return nil
        }
    }
}
