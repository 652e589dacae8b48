internal import Domain

extension OpenLedger {
    /// Refused while a delivery of the event waits: what was acknowledged would never arrive. Whoever redacts anyway first
    /// cancels it, which is on record too.
    func redact(
        _ event: EventID, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        guard let bytes = try removals.bodyBytes(event) else { return .refused(.noSuchEvent) }
        if try removals.isGone(event) { return .refused(.noBody(event)) }
        if let delivery = try removals.unsent(event) { return .refused(.redactionWouldLose(delivery)) }
        // Free pages would still hold the bytes; most builds of SQLite leave them there.
        try database.execute("PRAGMA secure_delete = ON")
        try record(.redact, of: event.text, done: 1, by: operation, at: now)
        try removals.remove(event, bytes: bytes, by: chain.lastAction)
        try retention.redacted(event, bytes: bytes)
        return .done(changed: 1, subscribers: [])
    }
}
