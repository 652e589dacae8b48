internal import Domain

/// What each entry of a batch does, inside the batch's transaction.
extension OpenLedger {
    func apply(_ entry: LedgerEntry, at now: WallTime) throws(SQLiteError) -> LedgerResult {
        switch entry {
        case .append(let append): return .appended(try self.append(append, at: now))
        case .settle(let settlement): try settle(settlement)
        case .claim(let claim): return .claimed(try self.claim(claim))
        case .release(let ids): for id in ids { try deliveries.release(id, from: run) }
        case .pause(let subscriber, let paused, let reason):
            _ = try operate(
                Operation(paused ? .pause(subscriber) : .resume(subscriber), actor: "headgate", reason: reason), at: now
            )
        case .uses(let uses): try secretUses.note(uses)
        case .operate(let operation): return .operated(try operate(operation, at: now))
        }
        return .done
    }

    func append(_ append: Append, at now: WallTime) throws(SQLiteError) -> AppendResult {
        let event = append.event
        let id = sequence.next(at: now)
        var conflict: EventID?
        if case .within(let window) = append.dedup {
            let finding = try dedup.enter(event, as: id, window: window, events: events)
            switch finding {
            case .duplicate(let earlier):
                tallies.duplicate(append, at: now)
                return .duplicate(of: earlier)
            case .new(let conflictsWith): conflict = conflictsWith
            }
        }
        guard let route = try directory.routeName(event.route) else {
            throw .damaged("route \(event.route.raw) is missing")
        }
        try events.insert(event, id: id, fanout: append.deliveries.count, conflictsWith: conflict)
        var endpoints: [Digest256] = []
        endpoints.reserveCapacity(append.deliveries.count)
        for (index, delivery) in append.deliveries.enumerated() {
            try deliveries.insert(
                DeliveryID(event: id, ordinal: Int32(index) + 1), delivery, due: now,
                lease: delivery.claimed ? handover.lease(of: id) : 0)
            endpoints.append(try chain.endpoint(delivery.endpoint, in: directory).digest)
            counts.accepted(for: delivery.subscriber)
        }
        if !append.filtered.isEmpty { tallies.filtered(append, at: now) }
        chain.add(event, id: id, route: route, conflictsWith: conflict, endpoints: endpoints)
        handover.noteEvent()
        // Lanes without room will ask for it soon.
        if append.deliveries.contains(where: { !$0.claimed }) { recent.keep(event, conflictsWith: conflict, as: id) }
        return .accepted(id, conflictsWith: conflict)
    }

    /// A settlement that is recorded already is passed over: after an error the writer brings its settlements again.
    private func settle(_ settlement: Settlement) throws(SQLiteError) {
        let (state, due): (DeliveryState, WallTime?) =
            switch settlement.next {
            case .delivered: (.delivered, nil)
            case .retry(let at), .again(let at): (.pending, at)
            case .dead: (.dead, nil)
            }
        let (id, attempt) = (settlement.delivery, settlement.attempt)
        let previous = attempt.number > 1 ? try deliveries.lastAttempt(id) : nil
        let number = chain.lastAttempt + 1
        let isNew = try deliveries.finish(
            id, of: settlement.subscriber, as: state, attempts: attempt.number, lastAttempt: number, due: due,
            database: database)
        guard isNew else { return }
        if case .again = settlement.next { try deliveries.leaveUncounted(id) }
        try attempts.insert(attempt, id: number, of: id, previous: previous)
        chain.add(attempt, id: number, of: id, previous: previous)
        if state != .pending { counts.left(settlement.subscriber, pendingFor: state) }
    }

    private func claim(_ claim: Claim) throws(SQLiteError) -> ClaimResult {
        guard claim.most > 0, !directory.isPaused(claim.subscriber) else {
            return ClaimResult(deliveries: [], nextDue: nil)
        }
        var claimed: [ClaimedDelivery] = []
        var damaged: [DeliveryID] = []
        var weight = 0
        var needed: Int?
        for due in try deliveries.due(claim.subscriber, until: claim.due, most: claim.most) {
            let isBound = !claimed.isEmpty || claim.isStrict
            let left = isBound ? claim.mostBytes - weight : .max
            guard let reading = try intactEvent(due.id.event, most: left) else {
                // One event that cannot be read must not stop those behind it.
                try deliveries.park(due.id)
                counts.left(claim.subscriber, pendingFor: .dead)
                damaged.append(due.id)
                continue
            }
            guard case .event(let found) = reading, found.event.weight <= left else {
                if claimed.isEmpty { needed = reading.weight }
                break
            }
            weight += found.event.weight
            try deliveries.lease(due.id, to: handover.lease(of: due.id.event))
            claimed.append(
                ClaimedDelivery(
                    id: due.id, event: found.event, url: try chain.endpoint(due.endpoint, in: directory).url,
                    attempts: due.attempts, dueAt: due.dueAt, conflictsWith: found.conflictsWith,
                    attemptsBefore: due.attemptsBefore, replayOf: due.replayOf))
        }
        return ClaimResult(
            deliveries: claimed, nextDue: try deliveries.nextDue(claim.subscriber), damaged: damaged, needed: needed)
    }

    /// Nil when the event is missing or its body is not the one that was received: the pages of the database carry no
    /// checksum of their own. What is larger than `most` is not read.
    private func intactEvent(_ id: EventID, most: Int) throws(SQLiteError) -> EventTable.Reading? {
        if let known = recent[id] { return .event(known) }
        let reading = try events.event(id, most: most)
        guard case .event(let found) = reading else { return reading }
        guard chain.digest(of: found.event.body) == found.event.bodyDigest else { return nil }
        recent.keep(found.event, conflictsWith: found.conflictsWith, as: id)
        return reading
    }

    /// Some of the deliveries that an earlier run held, each with an attempt whose outcome nobody knows. 0 when none is
    /// left.
    func recover(at now: WallTime) throws(SQLiteError) -> Int {
        var orphans = try deliveries.orphans(before: run, most: Limits.batchEntries)
        if orphans.isEmpty {
            orphans = try deliveries.handedOrphans(before: run, from: handover.from, most: Limits.batchEntries)
            if let last = orphans.last { handover.recovered(before: last.id.event) }
        }
        for orphan in orphans {
            let attempt = Attempt(
                number: orphan.attempts + 1, startedAt: now, took: .zero, outcome: .unknown, status: 0, address: nil,
                phases: Attempt.Phases(), response: .empty)
            let number = chain.lastAttempt + 1
            let isNew = try deliveries.finish(
                orphan.id, of: orphan.subscriber, as: .pending, attempts: attempt.number, lastAttempt: number,
                due: min(orphan.dueAt, now), database: database)
            guard isNew else { throw .damaged("delivery \(orphan.id.text) is not as its index says") }
            try attempts.insert(attempt, id: number, of: orphan.id, previous: orphan.lastAttempt)
            chain.add(attempt, id: number, of: orphan.id, previous: orphan.lastAttempt)
        }
        return orphans.count
    }
}
