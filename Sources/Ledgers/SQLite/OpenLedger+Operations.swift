internal import Domain

/// What operators order, inside the batch's transaction: the change, and the record of it.
extension OpenLedger {
    func operate(_ operation: Operation, at now: WallTime) throws(SQLiteError) -> OperationResult {
        switch operation.deed {
        case .pause(let id): try setPaused(id, operation.reason, by: operation, at: now)
        case .resume(let id): try setPaused(id, nil, by: operation, at: now)
        case .retry(let id): try one(id, .retry, by: operation, at: now)
        case .discard(let id): try one(id, .discard, by: operation, at: now)
        case .cancel(let id): try one(id, .cancel, by: operation, at: now)
        case .sendNow(let id): try one(id, .sendNow, by: operation, at: now)
        case .start(let order): try start(order, by: operation, at: now)
        case .advance(let step): try advance(step, by: operation, at: now)
        case .stop(let job): try stop(job, by: operation, at: now)
        case .releaseRefused(let releases): try release(releases, by: operation, at: now)
        case .discardRefused(let ids): try discard(ids, by: operation, at: now)
        case .access(let deed): try access(deed, by: operation, at: now)
        case .redact(let event): try redact(event, by: operation, at: now)
        case .register(let change): try operate(change, by: operation, at: now)
        case .route(let change): try operate(change, by: operation, at: now)
        }
    }

    private func setPaused(
        _ id: SubscriberID, _ reason: String?, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        guard let subscriber = try directory.subscriber(id) else { return .refused(.noSuchSubscriber) }
        guard subscriber.paused != reason else { return .done(changed: 0, subscribers: []) }
        try directory.pause(id, reason: reason)
        try record(
            reason == nil ? .resume : .pause, of: "\(subscriber.route)/\(subscriber.name)", done: 1, by: operation,
            at: now)
        return .done(changed: 1, subscribers: reason == nil ? [id] : [])
    }

    // MARK: One delivery

    private func one(
        _ id: DeliveryID, _ kind: ActionKind, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        guard let found = try touched.find(id) else { return .refused(.noSuchDelivery) }
        switch kind {
        case .retry, .discard:
            guard found.state == .dead else { return .refused(.notDead(found.state)) }
        default:
            guard found.state == .pending else { return .refused(.notPending(found.state)) }
            guard !found.isClaimed else { return .refused(.beingSent) }
        }
        switch kind {
        case .retry:
            if try removals.isGone(id.event) { return .refused(.noBody(id.event)) }
            if let other = try touched.pending(id.event, for: found.subscriber) {
                return .refused(.pendingAlready(other))
            }
            try touched.requeue(id, due: now)
            counts.requeued(found.subscriber)
        case .discard: try touched.close(id, as: .discarded)
        case .cancel:
            try touched.close(id, as: .cancelled)
            counts.left(found.subscriber, pendingFor: .dead)
        default: try touched.hasten(id, due: now)
        }
        try record(
            kind, of: id.text, done: 1, touching: [try trace(id, found.replayOf, at: found.endpoint)], by: operation,
            at: now)
        return .done(changed: 1, subscribers: kind == .retry || kind == .sendNow ? [found.subscriber] : [])
    }

    // MARK: Jobs

    private func start(
        _ order: JobOrder, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        if order.kind != .cancel {
            for event in order.selection.events ?? [] where try removals.isGone(event) {
                return .refused(.noBody(event))
            }
        }
        let id = JobID(chain.lastAction + 1)
        try jobs.insert(id, order, actor: operation.actor, reason: operation.reason, at: now)
        let rate = "rate=\(order.rate.count)/\(order.rate.per.microseconds / 1_000_000)s"
        let most = order.most == .max ? [] : ["limit=\(order.most)"]
        let words = [id.text, order.kind.text, order.selection.text] + most + [rate]
        try record(.startJob, of: words.joined(separator: " "), by: operation, at: now)
        return .started(id)
    }

    private func advance(
        _ step: JobStep, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        guard let job = try jobs.job(step.job) else { return .refused(.noSuchJob) }
        guard job.state == .running else { return .refused(.jobEnded) }
        var (made, subscribers): ([TouchedDelivery], Set<SubscriberID>) = ([], [])
        for id in step.candidates {
            let one =
                switch job.order.kind {
                case .replay: try replay(id, at: now)
                case .retry: try requeue(id, at: now)
                case .cancel: try giveUp(id)
                }
            guard let (trace, subscriber) = one else { continue }
            made.append(trace)
            if job.order.kind != .cancel { subscribers.insert(subscriber) }
        }
        let skipped = Int64(step.candidates.count - made.count)
        if !step.candidates.isEmpty {
            try record(
                job.order.kind.action, of: job.id.text, done: Int64(made.count), skipped: skipped, touching: made,
                by: operation, at: now)
        }
        if step.isLast {
            try record(
                .endJob, of: job.id.text, done: job.done + Int64(made.count), skipped: job.skipped + skipped,
                by: operation, at: now)
        }
        try jobs.advance(
            job.id, to: step.place, done: Int64(made.count), skipped: skipped, ending: step.isLast ? .done : nil,
            at: now)
        return .done(changed: made.count, subscribers: subscribers)
    }

    /// Nil when it is passed over.
    private func replay(
        _ id: DeliveryID, at now: WallTime
    ) throws(SQLiteError) -> (TouchedDelivery, SubscriberID)? {
        guard let found = try touched.find(id), !found.isClosed,
            let endpoint = try directory.subscriber(found.subscriber)?.endpoint,
            try touched.pending(id.event, for: found.subscriber) == nil, try !removals.isGone(id.event)
        else { return nil }
        let new = try touched.repeatDelivery(
            id, to: found.subscriber, at: endpoint, due: now, by: chain.lastAction + 1)
        counts.accepted(for: found.subscriber)
        return (try trace(new, id.ordinal, at: endpoint), found.subscriber)
    }

    private func requeue(
        _ id: DeliveryID, at now: WallTime
    ) throws(SQLiteError) -> (TouchedDelivery, SubscriberID)? {
        guard let found = try touched.find(id), found.state == .dead, !found.isClosed,
            try touched.pending(id.event, for: found.subscriber) == nil, try !removals.isGone(id.event)
        else { return nil }
        try touched.requeue(id, due: now)
        counts.requeued(found.subscriber)
        return (try trace(id, found.replayOf, at: found.endpoint), found.subscriber)
    }

    private func giveUp(_ id: DeliveryID) throws(SQLiteError) -> (TouchedDelivery, SubscriberID)? {
        guard let found = try touched.find(id), found.state == .pending, !found.isClaimed else { return nil }
        try touched.close(id, as: .cancelled)
        counts.left(found.subscriber, pendingFor: .dead)
        return (try trace(id, found.replayOf, at: found.endpoint), found.subscriber)
    }

    private func stop(_ id: JobID, by operation: Operation, at now: WallTime) throws(SQLiteError) -> OperationResult {
        guard let job = try jobs.job(id) else { return .refused(.noSuchJob) }
        guard job.state == .running else { return .refused(.jobEnded) }
        try jobs.advance(id, to: job.place, done: 0, skipped: 0, ending: .stopped, at: now)
        try record(.stopJob, of: id.text, done: job.done, skipped: job.skipped, by: operation, at: now)
        return .done(changed: 0, subscribers: [])
    }

    // MARK: The record

    private func trace(
        _ id: DeliveryID, _ replayOf: Int32, at endpoint: EndpointID
    ) throws(SQLiteError) -> TouchedDelivery {
        TouchedDelivery(id: id, replayOf: replayOf, endpoint: try chain.endpoint(endpoint, in: directory).digest)
    }

    func record(
        _ kind: ActionKind, of target: String, done: Int64 = 0, skipped: Int64 = 0, touching: [TouchedDelivery] = [],
        by operation: Operation, at now: WallTime
    ) throws(SQLiteError) {
        let action = ActionRecord(
            id: chain.lastAction + 1, at: now, kind: kind, actor: operation.actor, target: target,
            reason: operation.reason, done: done, skipped: skipped, deliveries: TouchedDelivery.encode(touching))
        try actions.insert(action)
        chain.add(action)
    }
}
