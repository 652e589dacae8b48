package import Domain
package import Ledgers
package import Routes

/// What other threads tell a dispatch loop.
enum DispatchMessage: Sendable {
    /// All lanes of this loop. Lanes that are not named are gone from the routes: what they hold in memory goes back to
    /// the ledger, what is on its way is finished.
    case configure([LaneConfig])
    /// Committed, claimed, and already inside the lanes' gates.
    case deliver([LaneDelivery])
    /// A delivery was left on disk.
    case backlog(SubscriberID)
    /// Something on disk is due: new by an operator's order.
    case due(SubscriberID)
    /// Stopped, or resumed when there is no reason: the order in the ledger stands already.
    case pause(SubscriberID, String?)
    /// There is memory for what a lane wants to fetch.
    case granted(MemoryBook.Grant)
    case claimed(MemoryBook.Grant, ClaimResult?)
    case settled(SubscriberID, Settlement.Next)
    /// Start nothing more; call `done` when nothing is on its way.
    case drain(done: @Sendable () -> Void)
}

package struct LaneConfig: Sendable {
    package let id: SubscriberID
    package let route: String
    package let subscriber: SubscriberConfig
    package let policy: AddressPolicy
    /// Why it gets nothing: paused by an operator or stopped by a 410; nil when active.
    package let paused: String?
    /// `Event.weight` of the largest event that its route takes, or of what is usual: larger ones are looked at first.
    package let largest: Int
    /// Of the secrets that sign for it: under these their use is counted.
    package let prints: [String]

    package init(
        id: SubscriberID, route: String, subscriber: SubscriberConfig, policy: AddressPolicy, paused: String?,
        maxBody: Int = Limits.bodyBytes, prints: [String] = []
    ) {
        self.prints = prints
        largest = min(maxBody, Limits.bodyBytes) + Limits.headBytes

        self.id = id
        self.route = route
        self.subscriber = subscriber
        self.policy = policy
        self.paused = paused
    }
}

extension LaneConfig {
    /// The same lane, stopped or active.
    package func paused(_ reason: String?) -> LaneConfig {
        LaneConfig(
            id: id, route: route, subscriber: subscriber, policy: policy, paused: reason,
            maxBody: largest - Limits.headBytes, prints: prints)
    }
}

package struct LaneDelivery: Sendable {
    package let subscriber: SubscriberID
    package let delivery: ClaimedDelivery

    package init(subscriber: SubscriberID, delivery: ClaimedDelivery) {
        self.subscriber = subscriber
        self.delivery = delivery
    }
}
