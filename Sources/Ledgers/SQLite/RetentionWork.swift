internal import Domain

/// Removes what is too old, a little at a time, between the batches of what comes in.
///
/// First it is announced: an action in the chain says up to which batch. Only then rows go, so that a check that finds a leaf
/// without its record knows whether it may be missing. Leaves stay.
final class RetentionWork {
    private enum Stage { case resting, looking, bodies, events, attempts }

    private let table: RetentionTable
    private let count: BodyCount
    private var stage = Stage.resting
    private var nextLook: WallTime?
    /// The last batches that were announced.
    private var announced: (bodies: Int64, events: Int64)
    private var bodies: Sweep
    private var events: Sweep
    private var lastAttempt: (place: Int64, end: Int64) = (0, 0)

    /// One way through the events, from `start` to `end`; it leaves out those that are not sent yet, and the next one begins
    /// at the first of these.
    private struct Sweep {
        var start: EventID
        var place: EventID
        var end: EventID
        var left: EventID?

        init(_ start: EventID) { (self.start, place, end) = (start, start, start) }

        mutating func begin(to end: EventID) { (place, self.end, left) = (start, max(end, start), nil) }

        mutating func finish() { start = left.map { EventID($0.raw - 1) } ?? end }
    }

    /// Events of one step, attempts of one step, and bytes of bodies: some milliseconds.
    static let eventsOfStep = 64
    static let attemptsOfStep = 256
    static let bytesOfStep: Int64 = 1 << 20

    init(_ database: borrowing Database) throws(SQLiteError) {
        table = try RetentionTable(database)
        count = try BodyCount(database)
        announced = (
            try RetentionTarget.announced(.removeBodies, database)?.batch ?? 0,
            try RetentionTarget.announced(.removeEvents, database)?.batch ?? 0
        )
        let places = try table.places()
        bodies = Sweep(places.bodies)
        events = Sweep(places.events)
    }

    func isDue(at now: WallTime) -> Bool { stage != .resting || now >= nextLook ?? now }

    /// Inside a transaction of its own.
    ///
    /// - Returns: whether more is to be done at once.
    func step(_ retention: Retention, in ledger: OpenLedger, at now: WallTime) throws(SQLiteError) -> Bool {
        switch stage {
        case .resting where retention.bodyBytes != nil, .looking where retention.bodyBytes != nil:
            stage = .looking
            if try !count.countSome() { try look(retention, in: ledger, at: now) }
        case .resting, .looking: try look(retention, in: ledger, at: now)
        case .bodies: try removeBodies(in: ledger)
        case .events: try removeEvents(in: ledger)
        case .attempts: try removeAttempts()
        }
        return stage != .resting
    }

    // MARK: What is too old

    private func look(_ retention: Retention, in ledger: OpenLedger, at now: WallTime) throws(SQLiteError) {
        nextLook = now + retention.interval
        let search = try BatchSearch(ledger.database)
        func end(before age: TimeSpan) throws(SQLiteError) -> Int64 {
            try search.batch(at: WallTime(microseconds: now.microseconds - age.microseconds)) - 1
        }
        // The last batch stays: its place tells where the chain ends.
        let newest = max(ledger.chain.end.batch - 1, 0)
        if let age = retention.bodies {
            try announce(.removeBodies, min(try end(before: age), newest), Self.reason(age), ledger, now)
        }
        if let most = retention.bodyBytes, count.bytes > most, announced.bodies < newest {
            let part = max((newest - announced.bodies) / 64, 1)
            try announce(
                .removeBodies, min(announced.bodies + part, newest), "the bodies are too large", ledger, now)
            nextLook = now
        }
        let bound = min(try end(before: try table.dedupWindow()), newest)
        if let age = retention.events {
            try announce(.removeEvents, min(try end(before: age), bound), Self.reason(age), ledger, now)
        }
        if let most = retention.bytes, try table.usedBytes() > most, announced.events < bound {
            let part = max((newest - announced.events) / 64, 1)
            try announce(
                .removeEvents, min(announced.events + part, bound), "the ledger is too large", ledger, now)
            nextLook = now
        }
        bodies.begin(to: try search.ends(before: announced.bodies + 1).event)
        let ends = try search.ends(before: announced.events + 1)
        events.begin(to: ends.event)
        lastAttempt.end = ends.attempt
        stage = .bodies
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

    // MARK: Removing

    private func removeBodies(in ledger: OpenLedger) throws(SQLiteError) {
        let found = try table.candidates(after: bodies.place, upTo: bodies.end, most: Self.eventsOfStep)
        var (bytes, removed): (Int64, [(event: EventID, bytes: Int64)]) = (0, [])
        for candidate in found where bytes < Self.bytesOfStep {
            bodies.place = candidate.id
            if candidate.isUnsent {
                bodies.left = bodies.left ?? candidate.id
            } else if !candidate.isGone {
                try ledger.removals.remove(candidate.id, bytes: candidate.bodyBytes, by: 0)
                removed.append((candidate.id, candidate.bodyBytes))
                bytes += candidate.bodyBytes
            }
        }
        try count.removed(removed)
        guard found.isEmpty else { return }
        bodies.finish()
        stage = .events
    }

    /// One body was redacted; inside the transaction that does it.
    func redacted(_ event: EventID, bytes: Int64) throws(SQLiteError) { try count.removed([(event, bytes)]) }

    private func removeEvents(in ledger: OpenLedger) throws(SQLiteError) {
        let found = try table.candidates(after: events.place, upTo: events.end, most: Self.eventsOfStep)
        var (bytes, removed): (Int64, [(event: EventID, bytes: Int64)]) = (0, [])
        for candidate in found where bytes < Self.bytesOfStep {
            events.place = candidate.id
            if candidate.isUnsent {
                events.left = events.left ?? candidate.id
            } else {
                for delivery in try table.remove(candidate.id) {
                    ledger.counts.removed(delivery.subscriber, in: delivery.state)
                }
                removed.append((candidate.id, candidate.bodyBytes))
                bytes += candidate.bodyBytes
            }
        }
        try count.removed(removed)
        guard found.isEmpty else { return }
        events.finish()
        lastAttempt.place = 0
        stage = .attempts
    }

    private func removeAttempts() throws(SQLiteError) {
        if let seen = try table.removeAttempts(
            after: lastAttempt.place, upTo: lastAttempt.end, most: Self.attemptsOfStep)
        {
            lastAttempt.place = seen
        } else {
            try table.store(bodies: bodies.start, events: events.start)
            stage = .resting
        }
    }
}
