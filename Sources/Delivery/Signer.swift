internal import Domain
internal import Ledgers
internal import Routes
internal import Signatures
internal import Telemetry

/// What is the same in all sends of one event within one second to subscribers with the same secrets.
struct EventWords {
    fileprivate(set) var event = EventID(-1)
    fileprivate(set) var second: Int64 = -1
    fileprivate(set) var id = ""
    fileprivate(set) var receivedAt = ""
    /// The value of `webhook-signature`.
    fileprivate(set) var signature: [UInt8] = []
}

/// Signs for all subscribers of one loop: once per event, second and set of secrets, however many subscribers share them.
final class Signer {
    fileprivate final class Keyed {
        /// Keeps its address from being taken by another set of keys.
        let keys: SigningKeys
        let signer: OutgoingSigner
        /// Deliveries of one event follow each other closely; a few places keep neighbours from evicting each other.
        var made = [EventWords](repeating: EventWords(), count: 64)

        init(_ keys: SigningKeys) {
            self.keys = keys
            signer = OutgoingSigner(keys.keys)
        }
    }

    private var keyed: [ObjectIdentifier: Keyed] = [:]

    /// Forgets contexts of secrets that no lane uses any more.
    func keep(only used: [SigningKeys]) {
        let ids = Set(used.map { ObjectIdentifier($0) })
        keyed = keyed.filter { ids.contains($0.key) }
    }

    func words(for delivery: ClaimedDelivery, signedWith keys: SigningKeys, at now: WallTime) -> EventWords {
        let entry = keyed[ObjectIdentifier(keys)] ?? add(keys)
        let event = delivery.id.event
        // The low bits count the events of a millisecond; the ones above them count milliseconds.
        let place = Int(truncatingIfNeeded: (event.raw ^ event.raw >> 21) & 63)
        if entry.made[place].event != event || entry.made[place].second != now.seconds {
            entry.make(place, for: delivery, at: now)
        }
        return entry.made[place]
    }

    private func add(_ keys: SigningKeys) -> Keyed {
        let entry = Keyed(keys)
        keyed[ObjectIdentifier(keys)] = entry
        return entry
    }
}

extension Signer.Keyed {
    fileprivate func make(_ place: Int, for delivery: ClaimedDelivery, at now: WallTime) {
        if made[place].event != delivery.id.event {
            made[place].event = delivery.id.event
            made[place].id = delivery.id.event.text
            made[place].receivedAt = delivery.event.receivedAt.rfc3339
        }
        made[place].second = now.seconds
        made[place].signature.removeAll(keepingCapacity: true)
        signer.sign(
            id: made[place].id, timestamp: now.seconds, body: delivery.event.body.buffer, into: &made[place].signature)
    }
}
