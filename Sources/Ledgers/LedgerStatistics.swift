package import Domain

package struct LedgerStatistics: Sendable {
    package var ledgerBytes: Int64
    package var walBytes: Int64
    /// By subscriber, stored state (never `held`): counted incrementally, not by a scan.
    package var deliveries: [SubscriberID: [DeliveryState: Int64]]
    /// Due time of the oldest unclaimed pending delivery.
    package var oldestDue: [SubscriberID: WallTime]
    /// Refused requests that are kept, and what they count for.
    package var quarantineRequests = 0
    package var quarantineBytes = 0

    package init(
        ledgerBytes: Int64 = 0, walBytes: Int64 = 0, deliveries: [SubscriberID: [DeliveryState: Int64]] = [:],
        oldestDue: [SubscriberID: WallTime] = [:]
    ) {
        self.ledgerBytes = ledgerBytes
        self.walBytes = walBytes
        self.deliveries = deliveries
        self.oldestDue = oldestDue
    }
}
