internal import Domain
internal import Ledgers
internal import Routes

/// The deliveries of one event: which subscribers its type matches, and which of them take it in memory.
struct FanOut: Sendable {
    private struct Place: Sendable {
        let target: IntakePlan.Target
        let isInside: Bool
    }

    private let event: Event
    private let places: [Place]
    /// Subscribers that did not ask for it.
    let filtered: [SubscriberID]

    /// - Parameter types: of the single events in a body with many: one that matches will do.
    init(of event: Event, types: [Bytes] = [], to targets: [IntakePlan.Target]) {
        self.event = event
        let type = event.type?.buffer ?? UnsafeRawBufferPointer(start: nil, count: 0)
        var filtered: [SubscriberID] = []
        places = targets.compactMap { target in
            let filter = target.config.filter
            guard filter.matches(type) || types.contains(where: { filter.matches($0.buffer) }) else {
                filtered.append(target.id)
                return nil
            }
            return Place(target: target, isInside: target.entrance.tryEnter(event))
        }
        self.filtered = filtered
    }

    var deliveries: [NewDelivery] {
        places.map { NewDelivery(subscriber: $0.target.id, endpoint: $0.target.endpoint, claimed: $0.isInside) }
    }

    /// After the commit: what is stored goes on to dispatch, what is not leaves the lanes again.
    func finish(_ result: Result<AppendResult, LedgerError>, through outlet: any Outlet) {
        guard case .success(.accepted(let id, let other)) = result else { return giveUp() }
        var inside: [DeliveryPlace] = []
        for (index, place) in places.enumerated() {
            if place.isInside {
                inside.append(
                    DeliveryPlace(
                        subscriber: place.target.id, url: place.target.config.url.text, ordinal: Int32(index + 1)))
            } else {
                outlet.leftOnDisk(place.target.id)
            }
        }
        if !inside.isEmpty { outlet.deliver(event, id, conflictsWith: other, to: inside) }
    }

    func giveUp() {
        for place in places where place.isInside { place.target.entrance.leave(event) }
    }
}
