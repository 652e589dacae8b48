internal import Domain
internal import Ledgers
internal import Routes
internal import Signatures

/// Signs for all subscribers of one loop: once per event, second and set of secrets, however many subscribers share them.
final class Signer {
    private struct Made {
        var event = EventID(-1)
        var second: Int64 = -1
        var signature: [UInt8] = []
    }

    private final class Keyed {
        let keys: SigningKeys
        let signer: OutgoingSigner
        /// Deliveries of one event follow each other closely; a few places keep neighbours from evicting each other.
        var made = [Made](repeating: Made(), count: 64)

        init(_ keys: SigningKeys, _ signer: OutgoingSigner) { (self.keys, self.signer) = (keys, signer) }
    }

    private var keyed: [ObjectIdentifier: Keyed] = [:]

    /// Forgets contexts of secrets that no lane uses any more.
    func keep(only used: [SigningKeys]) {
        let ids = Set(used.map { ObjectIdentifier($0) })
        keyed = keyed.filter { ids.contains($0.key) }
    }

    /// The value of `webhook-signature`; valid during the call.
    func sign<R>(
        _ delivery: ClaimedDelivery, with keys: SigningKeys, at now: WallTime, _ body: (UnsafeRawBufferPointer) -> R
    ) -> R {
        let entry = keyed[ObjectIdentifier(keys)] ?? add(keys)
        let place = Int(truncatingIfNeeded: delivery.id.event.raw & 63)
        if entry.made[place].event != delivery.id.event || entry.made[place].second != now.seconds {
            entry.made[place].signature.removeAll(keepingCapacity: true)
            entry.signer.sign(
                id: delivery.id.event.text, timestamp: now.seconds, body: delivery.event.body.buffer,
                into: &entry.made[place].signature)
            (entry.made[place].event, entry.made[place].second) = (delivery.id.event, now.seconds)
        }
        return entry.made[place].signature.withUnsafeBytes(body)
    }

    private func add(_ keys: SigningKeys) -> Keyed {
        let entry = Keyed(keys, OutgoingSigner(keys.keys))
        keyed[ObjectIdentifier(keys)] = entry
        return entry
    }
}
