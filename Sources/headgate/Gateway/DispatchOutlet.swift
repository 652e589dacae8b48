import Delivery
import Domain
import Intake
import Ledgers

/// Ties intake's way out to dispatch's way in: neither knows the other.
struct DispatchOutlet: Outlet {
    let hub: DispatchHub

    func entrance(of subscriber: SubscriberID) -> any Entrance { hub.gate(of: subscriber) }

    func deliver(_ event: Event, _ id: EventID, conflictsWith: EventID?, to places: [DeliveryPlace]) {
        hub.deliver(
            places.map { place in
                LaneDelivery(
                    subscriber: place.subscriber,
                    delivery: ClaimedDelivery(
                        id: DeliveryID(event: id, ordinal: place.ordinal), event: event, url: place.url, attempts: 0,
                        dueAt: event.receivedAt, conflictsWith: conflictsWith))
            })
    }

    func leftOnDisk(_ subscriber: SubscriberID) { hub.leftOnDisk(subscriber) }
}

extension LaneGate: Entrance {}
