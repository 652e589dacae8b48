package import Domain
package import Ledgers
package import Routes

/// Where committed events go on to. Implemented by whoever assembles the gateway; called from several threads.
package protocol Outlet: Sendable {
    /// The entrance of one subscriber's lane.
    func entrance(of subscriber: SubscriberID) -> any Entrance
    /// An event is committed with these deliveries, all of them inside their entrances. Called on the ledger's thread.
    func deliver(_ event: Event, _ id: EventID, conflictsWith: EventID?, to places: [DeliveryPlace])
    /// A delivery to this subscriber is committed and waits on disk.
    func leftOnDisk(_ subscriber: SubscriberID)
}

package protocol Entrance: AnyObject, Sendable {
    /// - Returns: true when the delivery may be handed over in memory; it then counts until it is settled.
    func tryEnter(_ event: Event) -> Bool
    /// It was not handed over after all.
    func leave(_ event: Event)
}

package struct DeliveryPlace: Sendable {
    package let subscriber: SubscriberID
    /// The URL frozen at acceptance.
    package let url: String
    /// Place among the event's deliveries, from 1.
    package let ordinal: Int32
}

/// Everything that intake needs to know of the configuration, with the ledger's ids. Shared by all intake loops.
package struct IntakePlan: Sendable {
    package struct Target: Sendable {
        package let id: SubscriberID
        package let endpoint: EndpointID
        package let config: SubscriberConfig
        package let entrance: any Entrance

        package init(id: SubscriberID, endpoint: EndpointID, config: SubscriberConfig, entrance: any Entrance) {
            self.id = id
            self.endpoint = endpoint
            self.config = config
            self.entrance = entrance
        }
    }

    package let table: RouteTable
    /// The ledger's word for a route.
    package struct Route: Sendable {
        package let id: RouteID
        package var targets: [Target]

        package init(id: RouteID, targets: [Target]) { (self.id, self.targets) = (id, targets) }
    }

    /// At the same places as `table.routes`.
    package let routes: [Route]
    /// Names secrets, under which their use is counted.
    package let prints: SecretPrints

    package init(table: RouteTable, routes: [Route], prints: SecretPrints) {
        self.prints = prints
        self.table = table
        self.routes = routes
    }
}
