internal import Crypto
internal import Domain

/// What was refused, and what operators do with it.
extension OpenLedger {
    /// In a transaction of its own, which a power cut may take, and nothing else.
    func keep(
        _ refused: [RefusedRequest], caps: QuarantineCaps, key: SealingKey?, at now: WallTime
    ) throws(SQLiteError) -> QuarantineChange {
        try transaction(at: now, isSynced: false) { () throws(SQLiteError) in
            try quarantine.write(refused, caps: caps, key: key, at: now)
        }
    }

    /// One action for each request, so that each event that came this way tells who let it in.
    func release(
        _ releases: [Release], by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        // Whoever redacts such an event later must not leave its body in a free page of what it was before.
        try database.execute("PRAGMA secure_delete = ON")
        var results: [ReleaseResult] = []
        var subscribers: Set<SubscriberID> = []
        for release in releases {
            guard try quarantine.remove(release.id) else {
                results.append(.gone)
                continue
            }
            switch try append(release.append, at: now) {
            case .accepted(let event, _):
                try record(.release, of: "\(event.text) from \(release.id.text)", done: 1, by: operation, at: now)
                try markReleased(event)
                subscribers.formUnion(release.append.deliveries.map(\.subscriber))
                results.append(.accepted(event))
            case .duplicate(let event):
                try record(
                    .release, of: "\(release.id.text), a duplicate of \(event.text)", skipped: 1, by: operation, at: now
                )
                results.append(.duplicate(of: event))
            }
        }
        return .released(results, subscribers: subscribers)
    }

    private func markReleased(_ event: EventID) throws(SQLiteError) {
        try insertRelease.run {
            $0.add(event)
            $0.add(chain.lastAction)
        }
    }

    func discard(
        _ ids: [QuarantineID], by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        var gone: [QuarantineID] = []
        for id in ids { if try quarantine.remove(id) { gone.append(id) } }
        if !gone.isEmpty {
            try record(
                .discardRefused, of: gone.map(\.text).joined(separator: " "), done: Int64(gone.count),
                skipped: Int64(ids.count - gone.count), by: operation, at: now)
        }
        return .done(changed: gone.count, subscribers: [])
    }
}
