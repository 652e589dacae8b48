package import Domain

/// Everything that the ledger knows of one event, and what proves that it is part of the ledger: enough to check it
/// without the ledger. Its size grows with the event's own records, not with the ledger.
package struct Evidence: Sendable {
    package let event: EventDetail
    /// Of the event as it was received, also when it is no longer there.
    package let bodyBytes: Int64
    /// How many deliveries it was accepted with.
    package let fanout: Int32
    package let deliveries: [Delivery]
    /// Those that touched it, and the orders of jobs that did.
    package let actions: [ActionRecord]
    /// Of all deliveries that these actions touched; nil where the delivery is no longer there.
    package let touchedRoutes: Set<String?>
    /// Subscribers of the route that it was not accepted for: their filters did not match, or they came later.
    package let others: [String]
    /// Those that hold the leaves of all these records, in their order.
    package let batches: [BatchProof]
    package let checkpoint: Checkpoint

    package struct Delivery: Sendable {
        package let row: DeliveryRow
        /// `CanonicalForm.endpoint`.
        package let endpoint: Digest256
        /// The action that made it; nil for those that the event was accepted with.
        package let madeBy: Int64?
        package let attempts: [(row: AttemptRow, previous: Int64?)]
    }
}

/// One batch of the chain, and the way from it to a checkpoint's root.
package struct BatchProof: Sendable {
    package let id: Int64
    package let at: WallTime
    package let lastEvent: EventID
    package let lastAttempt: Int64
    /// Nil when the batch holds no action.
    package let lastAction: Int64?
    /// The hash of the batch before.
    package let previous: Digest256
    /// 32 bytes each.
    package let leaves: Bytes
    package let path: [Digest256]

    package init(
        id: Int64, at: WallTime, lastEvent: EventID, lastAttempt: Int64, lastAction: Int64?, previous: Digest256,
        leaves: Bytes, path: [Digest256]
    ) {
        self.id = id
        self.at = at
        self.lastEvent = lastEvent
        self.lastAttempt = lastAttempt
        self.lastAction = lastAction
        self.previous = previous
        self.leaves = leaves
        self.path = path
    }

    package var leafHashes: [Digest256] {
        stride(from: 0, to: leaves.count - leaves.count % 32, by: 32).map {
            Digest256(copying: UnsafeRawBufferPointer(rebasing: leaves.buffer[$0..<$0 + 32])) ?? .zero
        }
    }
}
