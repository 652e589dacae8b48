package import Domain

/// How long what was received is kept. Nothing goes whose delivery is still to come, and no event that the search for
/// duplicates may need.
package struct Retention: Sendable, Equatable {
    /// Bodies older than this are removed; their digests stay.
    package var bodies: TimeSpan?
    /// Events older than this are removed with all that belongs to them; their hashes stay.
    package var events: TimeSpan?
    /// When all bodies together are more than this, the oldest are removed.
    package var bodyBytes: Int64?
    /// When the ledger uses more than this, its oldest events are removed.
    package var bytes: Int64?

    package init(
        bodies: TimeSpan? = nil, events: TimeSpan? = nil, bytes: Int64? = nil, bodyBytes: Int64? = nil
    ) {
        self.bodyBytes = bodyBytes
        self.bodies = bodies
        self.events = events
        self.bytes = bytes
    }

    package var keepsEverything: Bool { self == Retention() }

    /// From one look for what is too old to the next: each that finds something is a record in the ledger.
    var interval: TimeSpan {
        let shortest =
            [bodies, events, (bytes ?? bodyBytes).map { _ in TimeSpan.seconds(86_400) }].compactMap { $0 }.min()
            ?? .zero
        return min(max(shortest * (1 / 24), .seconds(1)), .seconds(3600))
    }
}
