internal import Domain

/// A record as the tables hold it, hashed again.
struct ChainRecord {
    enum Kind { case event(EventID), attempt(Int64, DeliveryID), action(Int64) }

    let kind: Kind
    let leaf: Digest256
}

/// One row of the chain.
struct ChainBatch {
    let id: Int64
    let at: WallTime
    let lastEvent: EventID
    let lastAttempt: Int64
    /// Nil when the batch holds no action.
    let lastAction: Int64?
    let leaves: Bytes
    let hash: Digest256

    var leafHashes: [Digest256] {
        stride(from: 0, to: leaves.count, by: 32).map {
            Digest256(copying: UnsafeRawBufferPointer(rebasing: leaves.buffer[$0..<$0 + 32])) ?? .zero
        }
    }

    /// The first of `records` that is not the batch's own.
    ///
    /// - Parameter mayMiss: retention was announced for this batch: what is there must be its own, in its order.
    func compare(_ records: [ChainRecord], mayMiss: Bool) -> ChainFault? {
        let leaves = mayMiss ? present(records) : leafHashes
        let common = min(records.count, leaves.count)
        let differing = (0..<common).first { records[$0].leaf != leaves[$0] }
        guard let place = differing ?? (records.count == leaves.count ? nil : common) else { return nil }
        // What stands one further tells a record that is gone from one that was changed.
        if place == records.count || place + 1 < leaves.count && records[place].leaf == leaves[place + 1] {
            return .missing(record: place + 1, ofBatch: id)
        }
        let isInserted =
            place == leaves.count || place + 1 < records.count && records[place + 1].leaf == leaves[place]
        let change: ChainFault.Change = isInserted ? .inserted : .altered
        switch records[place].kind {
        case .event(let id): return .event(id, change)
        case .attempt(let id, let delivery): return .attempt(id, of: delivery, change)
        case .action(let id): return .action(id, change)
        }
    }

    /// The leaves of those records that have one, in the batch's order; one that has none gets a leaf that is not its own.
    private func present(_ records: [ChainRecord]) -> [Digest256] {
        var rest = leafHashes[...]
        return records.map { record in
            guard let place = rest.firstIndex(of: record.leaf) else { return .zero }
            rest = rest[(place + 1)...]
            return record.leaf
        }
    }
}
