internal import Domain

/// Removes what is too old, a little at a time, between the batches of what comes in.
///
/// First it is announced: an action in the chain says up to which batch. Only then rows go, so that a check that finds a leaf
/// without its record knows whether it may be missing. Leaves stay.
final class RetentionWork {
    private enum Stage { case resting, counting, seekingBodies, seekingEvents, bodies, events, attempts }

    private let table: RetentionTable
    private let count: BodyCount
    private var stage = Stage.resting
    private var nextLook: WallTime?
    /// Of the last sweep that began at the first event that was left.
    private var wholeAt: WallTime?
    private var isWhole = true
    /// The last batches that were announced.
    private var announced: (bodies: Int64, events: Int64)
    private var bodies: RetentionSweep
    private var events: RetentionSweep
    private var attempts: (place: Int64, end: Int64) = (0, 0)

    private var bodySeries = RetentionSeries()
    private var eventSeries = RetentionSeries()
    /// Of the search for the first event that can go.
    private var seek: (place: EventID, end: EventID, batch: Int64) = (EventID(0), EventID(0), 0)

    /// Of one step, together with `RemovalBudget.bytesOfStep`: some milliseconds.
    private static let eventsOfStep = 64
    private static let attemptsOfStep = 256
    /// Events that one step passes over, because they are not sent yet or have no body any more.
    private static let eventsSeen = 512
    /// From one sweep over what was left to the next: a subscriber that rests may have left very many.
    private static let wholePause = TimeSpan.seconds(10)

    init(_ database: borrowing Database) throws(SQLiteError) {
        table = try RetentionTable(database)
        count = try BodyCount(database)
        announced = (
            try RetentionTarget.announced(.removeBodies, database)?.batch ?? 0,
            try RetentionTarget.announced(.removeEvents, database)?.batch ?? 0
        )
        let places = try table.places()
        bodies = RetentionSweep(places.bodies)
        events = RetentionSweep(places.events)
    }

    func isDue(_ retention: Retention, at now: WallTime) -> Bool {
        if stage != .resting || now >= nextLook ?? now { return true }
        if retention.bodyBytes != nil, bodySeries.isDue(at: now) { return true }
        return retention.bytes != nil && eventSeries.isDue(at: now)
    }

    /// Inside a transaction of its own.
    func work(
        _ retention: Retention, in ledger: OpenLedger, within most: RemovalBudget, at now: WallTime
    ) throws(SQLiteError) {
        var budget = most
        while !budget.isSpent, isDue(retention, at: now) {
            budget.steps -= 1
            switch stage {
            case .resting where retention.bodyBytes != nil, .counting:
                stage = .counting
                if try !count.countSome() { try look(retention, in: ledger, at: now) }
            case .resting: try look(retention, in: ledger, at: now)
            case .seekingBodies: try seekBodies(retention, in: ledger, at: now)
            case .seekingEvents: try seekEvents(in: ledger, at: now)
            case .bodies: try removeBodies(in: ledger, &budget)
            case .events: try removeEvents(in: ledger, &budget)
            case .attempts: try removeAttempts()
            }
        }
    }

    // MARK: What is too old

    private func look(_ retention: Retention, in ledger: OpenLedger, at now: WallTime) throws(SQLiteError) {
        isWhole = wholeAt.map { now - $0 >= Self.wholePause } ?? true
        if isWhole { wholeAt = now }
        if now >= nextLook ?? now {
            nextLook = now + retention.interval
            let search = try BatchSearch(ledger.database)
            func end(before age: TimeSpan) throws(SQLiteError) -> Int64 {
                try search.batch(at: WallTime(microseconds: now.microseconds - age.microseconds)) - 1
            }
            if let age = retention.bodies {
                try announce(.removeBodies, min(try end(before: age), newest(ledger)), Self.reason(age), ledger, now)
            }
            if let age = retention.events {
                let window = max(age, try table.dedupWindow())
                try announce(.removeEvents, min(try end(before: window), newest(ledger)), Self.reason(age), ledger, now)
            }
        }
        try lookAtBodies(retention, in: ledger, at: now)
    }

    /// The last batch stays: its place tells where the chain ends.
    private func newest(_ ledger: OpenLedger) -> Int64 { max(ledger.chain.end.batch - 1, 0) }

    private func lookAtBodies(_ retention: Retention, in ledger: OpenLedger, at now: WallTime) throws(SQLiteError) {
        if let most = retention.bodyBytes, bodySeries.isDue(at: now) {
            if count.bytes > most {
                stage = .seekingBodies
                return try beginSeek(bodies, upTo: newest(ledger), in: ledger)
            }
            bodySeries.rest(at: now)
        }
        try lookAtBytes(retention, in: ledger, at: now)
    }

    private func lookAtBytes(_ retention: Retention, in ledger: OpenLedger, at now: WallTime) throws(SQLiteError) {
        if let most = retention.bytes, eventSeries.isDue(at: now) {
            // What never goes, and what has a bound of its own, is not held against the events.
            let used = try table.usedBytes() - ledger.chain.bytes - Int64(ledger.quarantine.bytes)
            if used > most {
                let window = try table.dedupWindow()
                let bound = try BatchSearch(ledger.database)
                    .batch(at: WallTime(microseconds: now.microseconds - window.microseconds))
                stage = .seekingEvents
                return try beginSeek(events, upTo: min(bound - 1, newest(ledger)), in: ledger)
            }
            eventSeries.rest(at: now)
        }
        try beginSweeps(in: ledger)
    }

    private static func reason(_ age: TimeSpan) -> String { "older than \(age.microseconds / 1_000_000) s" }

    private func announce(
        _ kind: ActionKind, _ batch: Int64, _ reason: String, _ ledger: OpenLedger, _ now: WallTime
    ) throws(SQLiteError) {
        guard batch > (kind == .removeBodies ? announced.bodies : announced.events) else { return }
        let action = ActionRecord(
            id: ledger.chain.lastAction + 1, at: now, kind: kind, actor: "headgate",
            target: RetentionTarget(batch: batch).text, reason: reason, done: 0, skipped: 0, deliveries: .empty)
        try ledger.actions.insert(action)
        ledger.chain.add(action)
        if kind == .removeBodies { announced.bodies = batch } else { announced.events = batch }
    }

    // MARK: What can go

    private func beginSeek(
        _ sweep: RetentionSweep, upTo batch: Int64, in ledger: OpenLedger
    ) throws(SQLiteError) {
        let end = try BatchSearch(ledger.database).ends(before: batch + 1).event
        seek = (sweep.beginning(isWhole: isWhole), end, batch)
    }

    /// The batch of the first event that can go; 0 when there is none, nil when that is not known yet.
    private func soughtBatch(
        in ledger: OpenLedger, _ canGo: (RetentionTable.Candidate) -> Bool
    ) throws(SQLiteError) -> Int64? {
        let found = try table.candidates(
            after: seek.place, upTo: seek.end, most: Self.eventsSeen, isEnough: canGo)
        guard let last = found.last else { return 0 }
        if canGo(last) { return try BatchSearch(ledger.database).batch(of: last.id) }
        seek.place = last.id
        return nil
    }

    private func seekBodies(_ retention: Retention, in ledger: OpenLedger, at now: WallTime) throws(SQLiteError) {
        let sought = try soughtBatch(in: ledger) { !$0.isUnsent && !$0.isGone && $0.bodyBytes > 0 }
        guard let first = sought else { return }
        try announceNext(
            .removeBodies, of: &bodySeries, after: announced.bodies, reaching: first, "the bodies are too large",
            ledger, now)
        try lookAtBytes(retention, in: ledger, at: now)
    }

    private func seekEvents(in ledger: OpenLedger, at now: WallTime) throws(SQLiteError) {
        guard let first = try soughtBatch(in: ledger, { !$0.isUnsent }) else { return }
        try announceNext(
            .removeEvents, of: &eventSeries, after: announced.events, reaching: first, "the ledger is too large",
            ledger, now)
        try beginSweeps(in: ledger)
    }

    /// The next part of what is too large; nothing when nothing can go.
    ///
    /// - Parameter first: the batch of the first event that can go; 0 when there is none.
    private func announceNext(
        _ kind: ActionKind, of series: inout RetentionSeries, after announced: Int64, reaching first: Int64,
        _ reason: String, _ ledger: OpenLedger, _ now: WallTime
    ) throws(SQLiteError) {
        guard first != 0 else { return series.rest(at: now) }
        guard first > announced else { return }
        let batch = series.target(after: announced, reaching: first, upTo: seek.batch)
        try announce(kind, batch, reason, ledger, now)
        series.announced(batch, at: now)
    }

    // MARK: Removing

    private func beginSweeps(in ledger: OpenLedger) throws(SQLiteError) {
        let search = try BatchSearch(ledger.database)
        bodies.begin(to: try search.ends(before: announced.bodies + 1).event, isWhole: isWhole)
        let ends = try search.ends(before: announced.events + 1)
        events.begin(to: ends.event, isWhole: isWhole)
        // Those of an event that went come behind those of the events before it, unless it had been left.
        attempts = (isWhole ? 0 : attempts.end, max(ends.attempt, attempts.end))
        stage = .bodies
    }

    /// The next events of a sweep: those that can go, and the place behind all that were seen. Nil at its end.
    private func next(
        of sweep: inout RetentionSweep, _ budget: inout RemovalBudget,
        _ canGo: (RetentionTable.Candidate) -> Bool
    ) throws(SQLiteError) -> [RetentionTable.Candidate]? {
        let (most, bodyMost) = (budget.bytesOfNext, budget.bodyMost)
        var (bytes, going) = (Int64(0), 0)
        let found = try table.candidates(after: sweep.place, upTo: sweep.end, most: Self.eventsSeen) { candidate in
            guard canGo(candidate), candidate.bodyBytes <= bodyMost else { return false }
            (bytes, going) = (bytes + candidate.bodyBytes, going + 1)
            return bytes >= most || going >= Self.eventsOfStep
        }
        guard let last = found.last else { return nil }
        // A body that is larger than what a full disk has left stays until there is more.
        for candidate in found where candidate.isUnsent || candidate.bodyBytes > bodyMost {
            sweep.leave(candidate.id)
        }
        sweep.place = last.id
        budget.bytes -= bytes
        return found.filter { canGo($0) && $0.bodyBytes <= bodyMost }
    }

    private func removeBodies(in ledger: OpenLedger, _ budget: inout RemovalBudget) throws(SQLiteError) {
        guard let going = try next(of: &bodies, &budget, { !$0.isUnsent && !$0.isGone }) else {
            bodies.finish()
            stage = .events
            return
        }
        for event in going { try ledger.removals.remove(event.id, bytes: event.bodyBytes, by: 0) }
        try count.removed(going.map { ($0.id, $0.bodyBytes) })
    }

    /// One body was redacted; inside the transaction that does it.
    func redacted(_ event: EventID, bytes: Int64) throws(SQLiteError) { try count.removed([(event, bytes)]) }

    private func removeEvents(in ledger: OpenLedger, _ budget: inout RemovalBudget) throws(SQLiteError) {
        guard let going = try next(of: &events, &budget, { !$0.isUnsent }) else {
            events.finish()
            stage = .attempts
            return
        }
        for event in going {
            for delivery in try table.remove(event.id) {
                ledger.counts.removed(delivery.subscriber, in: delivery.state)
            }
        }
        try count.removed(going.map { ($0.id, $0.bodyBytes) })
    }

    private func removeAttempts() throws(SQLiteError) {
        if let seen = try table.removeAttempts(
            after: attempts.place, upTo: attempts.end, most: Self.attemptsOfStep)
        {
            attempts.place = seen
        } else {
            try table.store(bodies: bodies.start, events: events.start)
            stage = .resting
        }
    }
}
