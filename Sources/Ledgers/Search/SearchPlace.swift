internal import Domain

/// How far an index is, and of which ledger it is.
struct SearchPlace {
    let identity: String
    let batch: Int64
    let hash: Digest256
    /// Events after `first` and up to `last` are in its blocks.
    var first: EventID
    var last: EventID
    var attempts: Int64
    var actions: Int64

    static func read(_ database: borrowing Database) throws(SQLiteError) -> SearchPlace? {
        try Statement("SELECT identity, batch, hash, first, last, attempts, actions FROM search", on: database).first {
            SearchPlace(
                identity: $0.text(0), batch: $0.int(1), hash: $0.digest(2), first: $0.id(3), last: $0.id(4),
                attempts: $0.int(5), actions: $0.int(6))
        }
    }

    /// Whether the chain of this ledger once ended as it did then: a copy that was restored may have gone on differently.
    func isOf(_ ledger: borrowing Database) throws(SQLiteError) -> Bool {
        guard try LedgerReader.identity(of: ledger) == identity else { return false }
        if batch == 0 { return true }
        return try Statement("SELECT hash FROM chain WHERE id = ?", on: ledger)
            .first({ $0.add(batch) }) { $0.digest(0) } == hash
    }

    /// Deliveries that operators changed after an action, and events that they redacted.
    static func forEachTouched(
        after action: Int64, most: Int, in ledger: borrowing Database, _ delivery: (DeliveryID) -> Void,
        redacted: (EventID) -> Void, seen: (Int64) -> Void
    ) throws(SQLiteError) {
        try Statement("SELECT id, kind, target, deliveries FROM actions WHERE id > ? ORDER BY id LIMIT ?", on: ledger)
            .forEach({
                $0.add(action)
                $0.add(Int64(most))
            }) { row in
                seen(row.int(0))
                switch ActionKind(rawValue: row.uint8(1)) {
                case .redact: if let event = EventID(text: row.text(2)) { redacted(event) }
                case .retry, .discard, .cancel, .sendNow, .replay:
                    if let id = DeliveryID(text: row.text(2)) { delivery(id) }
                    for touched in TouchedDelivery.decode(row.buffer(3)) { delivery(touched.id) }
                default: break
                }
                return true
            }
    }
}
