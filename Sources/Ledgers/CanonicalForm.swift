package import Crypto
package import Domain

/// How a record is written down to be hashed, byte for byte, so that anybody can recompute the ledger's chain.
///
/// Integers are big-endian two's complement. `text` is a 4-byte length and that many bytes; `optional` is a text, or the
/// length ff ff ff ff alone when there is none. SHA-256 throughout.
///
///     endpoint  = H(10 ‖ text(route's name) ‖ text(subscriber's name) ‖ text(url))
///     event     = H(01 ‖ id:8 ‖ text(route's name) ‖ received_at:8 ‖ source:16 ‖ optional(provider_id) ‖ optional(type)
///                   ‖ coverage:1 ‖ text(proven_by) ‖ conflicts_with:8 (0: none) ‖ text(headers) ‖ length of body:8
///                   ‖ body_sha256:32 ‖ fanout:4 ‖ endpoint:32 of each delivery that the event was accepted with, in the
///                   order of their ordinals)
///     attempt   = H(02 ‖ id:8 ‖ event:8 ‖ ordinal:4 ‖ number:4 ‖ previous:8 (0: none) ‖ started_at:8 ‖ took:8 ‖ outcome:1
///                   ‖ status:4 ‖ resolved:4 ‖ connected:4 ‖ secured:4 ‖ first_byte:4 ‖ address:16 (zero: none)
///                   ‖ text(response))
///     action    = H(04 ‖ id:8 ‖ at:8 ‖ kind:1 ‖ text(actor) ‖ text(target) ‖ text(reason) ‖ done:8 ‖ skipped:8
///                   ‖ text(deliveries: event:8 ‖ ordinal:4 ‖ replay_of:4 (0: no replay) ‖ endpoint:32 each))
///     batch     = H(03 ‖ hash of the batch before (32 zero bytes for the first) ‖ id:8 ‖ at:8 ‖ last_event:8
///                   ‖ last_attempt:8 ‖ number of leaves:4 ‖ leaves:32 each)
///     batch with actions
///               = H(05 ‖ … ‖ last_attempt:8 ‖ last_action:8 ‖ number of leaves:4 ‖ leaves:32 each), the rest as above
///
/// A source or address is in its 16-byte form, IPv4 mapped (::ffff:0:0/96). The leaves of a batch are its events in the
/// order of their ids, then its attempts in the order of theirs, then its actions. `last_event`, `last_attempt` and
/// `last_action` are the greatest ids in this batch or any before it, so that the batches partition the tables. A delivery
/// beyond an event's fanout is accounted for by the action that made it.
package struct CanonicalForm {
    private var bytes: [UInt8] = []

    package init() { bytes.reserveCapacity(4096) }

    package static func endpoint(
        route: String, subscriber: String, url: String, sha256: inout SHA256
    ) -> Digest256 {
        var form = CanonicalForm()
        form.begin(0x10)
        for text in [route, subscriber, url] {
            form.add(UInt32(text.utf8.count))
            form.bytes.append(contentsOf: text.utf8)
        }
        return form.hash(&sha256)
    }

    /// - Parameter bodyBytes: how long the body was, when it is no longer there.
    package mutating func event(
        _ event: Event, id: EventID, route: Bytes, conflictsWith: EventID?, endpoints: some Collection<Digest256>,
        bodyBytes: Int64? = nil, sha256: inout SHA256
    ) -> Digest256 {
        begin(0x01)
        add(id.raw)
        add(text: route.buffer)
        add(event.receivedAt.microseconds)
        add(event.source)
        add(optional: event.providerID)
        add(optional: event.type)
        bytes.append(event.coverage.rawValue)
        add(UInt32(event.provenBy.utf8.count))
        bytes.append(contentsOf: event.provenBy.utf8)
        add(conflictsWith?.raw ?? 0)
        add(text: event.headers.buffer)
        add(bodyBytes ?? Int64(event.body.count))
        add(event.bodyDigest)
        add(UInt32(endpoints.count))
        for endpoint in endpoints { add(endpoint) }
        return hash(&sha256)
    }

    package mutating func attempt(
        _ attempt: Attempt, id: Int64, of delivery: DeliveryID, previous: Int64?, sha256: inout SHA256
    ) -> Digest256 {
        begin(0x02)
        add(id)
        add(delivery.event.raw)
        add(delivery.ordinal)
        add(attempt.number)
        add(previous ?? 0)
        add(attempt.startedAt.microseconds)
        add(attempt.took.microseconds)
        bytes.append(attempt.outcome.rawValue)
        add(attempt.status)
        add(attempt.phases.resolved)
        add(attempt.phases.connected)
        add(attempt.phases.secured)
        add(attempt.phases.firstByte)
        add(attempt.address ?? IPAddress(high: 0, low: 0))
        add(text: attempt.response.buffer)
        return hash(&sha256)
    }

    package mutating func action(_ action: ActionRecord, sha256: inout SHA256) -> Digest256 {
        begin(0x04)
        add(action.id)
        add(action.at.microseconds)
        bytes.append(action.kind.rawValue)
        for text in [action.actor, action.target, action.reason] {
            add(UInt32(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        }
        add(action.done)
        add(action.skipped)
        add(text: action.deliveries.buffer)
        return hash(&sha256)
    }

    /// - Parameter lastAction: nil when the batch holds no action.
    package mutating func batch(
        _ place: ChainPlace, at: WallTime, lastEvent: EventID, lastAttempt: Int64, lastAction: Int64?,
        leaves: UnsafeRawBufferPointer, sha256: inout SHA256
    ) -> Digest256 {
        begin(lastAction == nil ? 0x03 : 0x05)
        add(place.hash)
        add(place.batch + 1)
        add(at.microseconds)
        add(lastEvent.raw)
        add(lastAttempt)
        if let lastAction { add(lastAction) }
        add(UInt32(leaves.count / 32))
        append(leaves)
        return hash(&sha256)
    }

    private mutating func begin(_ kind: UInt8) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(kind)
    }

    private mutating func add(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { append($0) }
    }

    private mutating func add(_ digest: Digest256) { digest.withBytes { append($0) } }

    private mutating func add(_ address: IPAddress) {
        add(address.high)
        add(address.low)
    }

    private mutating func add(text: UnsafeRawBufferPointer) {
        add(UInt32(text.count))
        append(text)
    }

    private mutating func add(optional text: Bytes?) {
        if let text { add(text: text.buffer) } else { add(UInt32.max) }
    }

    private mutating func append(_ more: UnsafeRawBufferPointer) {
        more.withMemoryRebound(to: UInt8.self) { bytes.append(contentsOf: $0) }
    }

    private func hash(_ sha256: inout SHA256) -> Digest256 { bytes.withUnsafeBytes { sha256.hash($0) } }
}

/// The end of the chain after some batch. Kept outside, it later proves that nothing before it was changed, removed or
/// reordered; the ledger alone cannot prove that its last batches were not cut off.
package struct ChainPlace: Sendable, Equatable {
    /// 0 before the first.
    package let batch: Int64
    package let hash: Digest256

    package init(batch: Int64, hash: Digest256) { (self.batch, self.hash) = (batch, hash) }

    package static let beginning = ChainPlace(batch: 0, hash: .zero)
}
