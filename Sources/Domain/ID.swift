/// An identity that cannot be mistaken for another kind's: a subscriber's id does not pass for an event's.
package struct ID<Of>: Hashable, Sendable, Comparable {
    package let raw: Int64
    package init(_ raw: Int64) { self.raw = raw }
    package static func < (a: ID, b: ID) -> Bool { a.raw < b.raw }
}

package typealias EventID = ID<Event>
package typealias RouteID = ID<Route>
/// A request that was refused. Like an event's it begins with the time.
package typealias QuarantineID = ID<Quarantined>
package typealias SubscriberID = ID<Subscriber>
/// One URL of one subscriber. A changed URL is a new endpoint, so a delivery keeps the URL it was accepted for.
package typealias EndpointID = ID<Endpoint>

/// Tags of identities whose values live elsewhere (the route table, the ledger's tables).
package enum Route {}
package enum Subscriber {}
package enum Endpoint {}
package enum Quarantined {}

/// One delivery: an event, and the place of the subscriber in the order the event was accepted for (1…n; replays follow).
package struct DeliveryID: Hashable, Sendable, Comparable {
    package let event: EventID
    package let ordinal: Int32

    package init(event: EventID, ordinal: Int32) { (self.event, self.ordinal) = (event, ordinal) }

    package static func < (a: DeliveryID, b: DeliveryID) -> Bool {
        (a.event, a.ordinal) < (b.event, b.ordinal)
    }
}
