internal import Domain
internal import Ledgers
internal import Routes
internal import Signatures
internal import Telemetry

/// What is the same in all sends of one event within one second to subscribers with the same secrets.
struct EventWords {
    fileprivate var keys: ObjectIdentifier?
    fileprivate var event = EventID(-1)
    fileprivate var second: Int64 = -1
    fileprivate(set) var id = ""
    fileprivate(set) var receivedAt = ""
    /// The value of `webhook-signature`.
    fileprivate(set) var signature: [UInt8] = []
}

/// Signs for all subscribers of one loop: once per event, second and set of secrets, however many subscribers share them.
final class Signer {
    /// Keeps the keys beside their contexts, so that their address is not taken by another set.
    private var signers: [ObjectIdentifier: (keys: SigningKeys, signer: OutgoingSigner)] = [:]
    /// Each in the place that its event and keys say. Twice a lane's look-ahead: lanes that read the same part of a backlog,
    /// one after the other, find most of what the first one made.
    private var made = [EventWords](repeating: EventWords(), count: 2 * Limits.laneLookAhead)

    /// Forgets contexts of secrets that no lane uses any more.
    func keep(only used: [SigningKeys]) {
        let ids = Set(used.map { ObjectIdentifier($0) })
        signers = signers.filter { ids.contains($0.key) }
        for place in made.indices where made[place].keys.map({ !ids.contains($0) }) ?? false {
            made[place] = EventWords()
        }
    }

    func words(for delivery: ClaimedDelivery, signedWith keys: SigningKeys, at now: WallTime) -> EventWords {
        let (keysID, event) = (ObjectIdentifier(keys), delivery.id.event)
        let place = place(of: event, keysID)
        if made[place].event != event || made[place].keys != keysID {
            made[place].event = event
            made[place].keys = keysID
            made[place].second = -1
            made[place].id = event.text
            made[place].receivedAt = delivery.event.receivedAt.rfc3339
        }
        if made[place].second != now.seconds {
            made[place].second = now.seconds
            made[place].signature.removeAll(keepingCapacity: true)
            signer(for: keys).sign(
                id: made[place].id, timestamp: now.seconds, body: delivery.event.body.buffer,
                into: &made[place].signature)
        }
        return made[place]
    }

    /// Fibonacci hashing: ids count milliseconds above and the events of each below, which would meet in a plain sum.
    private func place(of event: EventID, _ keys: ObjectIdentifier) -> Int {
        let number = UInt64(bitPattern: event.raw) ^ UInt64(UInt(bitPattern: keys)) >> 4
        return Int((number &* 0x9e37_79b9_7f4a_7c15) >> 32) % made.count
    }

    private func signer(for keys: SigningKeys) -> OutgoingSigner {
        if let known = signers[ObjectIdentifier(keys)] { return known.signer }
        let signer = OutgoingSigner(keys.keys)
        signers[ObjectIdentifier(keys)] = (keys, signer)
        return signer
    }
}
