internal import Domain

/// Finds the batch of a record by halving: ids and times grow with the chain, which has no index of them.
final class BatchSearch {
    private let selectFacts: Statement
    private let selectWithAction: Statement
    private let selectBatch: Statement
    private let last: Int64

    private struct Facts {
        let event: EventID
        let attempt: Int64
        let at: WallTime
    }

    init(_ database: borrowing Database) throws(SQLiteError) {
        selectFacts = try Statement("SELECT last_event, last_attempt, at FROM chain WHERE id = ?", on: database)
        selectWithAction = try Statement(
            "SELECT id FROM chain WHERE id >= ? AND last_action >= ? ORDER BY id LIMIT 1", on: database)
        selectBatch = try Statement(
            "SELECT id, at, last_event, last_attempt, leaves, hash, last_action FROM chain WHERE id = ?", on: database)
        last = try database.number("SELECT max(id) FROM chain") ?? 0
    }

    func batch(of event: EventID) throws(SQLiteError) -> Int64 { try first { $0.event >= event } }
    func batch(ofAttempt id: Int64) throws(SQLiteError) -> Int64 { try first { $0.attempt >= id } }

    /// The first that was written at this time or later; one behind the last when there is none.
    func batch(at time: WallTime) throws(SQLiteError) -> Int64 { try first { $0.at >= time } }

    func batch(of action: ActionRecord) throws(SQLiteError) -> Int64 {
        for start in [try batch(at: action.at), 1] {
            let found = try selectWithAction.first({
                $0.add(start)
                $0.add(action.id)
            }) { $0.int(0) }
            // Where the clock was set back between runs, the search by time may have begun too late.
            if let found, try lastAction(before: found) < action.id { return found }
        }
        throw .damaged("action \(action.id) is in no batch of the chain")
    }

    /// The last events and attempts up to the last batch before this one; 0 for none.
    func ends(before batch: Int64) throws(SQLiteError) -> (event: EventID, attempt: Int64) {
        guard batch > 1, let facts = try facts(batch - 1) else { return (EventID(0), 0) }
        return (facts.event, facts.attempt)
    }

    func read(_ id: Int64) throws(SQLiteError) -> ChainBatch? { try selectBatch.first({ $0.add(id) }) { $0.batch() } }

    private func lastAction(before batch: Int64) throws(SQLiteError) -> Int64 {
        // Most batches hold none; the one before is rarely far.
        var place = batch - 1
        while place > 0, let found = try read(place) {
            if let action = found.lastAction { return action }
            if batch - place >= 64 { return 0 }
            place -= 1
        }
        return 0
    }

    private func first(_ isFar: (Facts) -> Bool) throws(SQLiteError) -> Int64 {
        var (low, high) = (Int64(1), last + 1)
        while low < high {
            let middle = (low + high) / 2
            guard let facts = try facts(middle) else { throw .damaged("batch \(middle) of the chain is missing") }
            if isFar(facts) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func facts(_ id: Int64) throws(SQLiteError) -> Facts? {
        try selectFacts.first({ $0.add(id) }) { Facts(event: $0.id(0), attempt: $0.int(1), at: $0.time(2)) }
    }
}

extension Row {
    /// From id, at, last_event, last_attempt, leaves, hash, last_action.
    func batch() -> ChainBatch {
        ChainBatch(
            id: int(0), at: time(1), lastEvent: id(2), lastAttempt: int(3), lastAction: intIfAny(6), leaves: bytes(4),
            hash: digest(5))
    }
}
