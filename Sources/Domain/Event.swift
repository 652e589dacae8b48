package import Synchronization

/// What a provider sent, once it is verified: immutable, shared by the ledger and by every delivery of it.
package final class Event: Sendable {
    package let route: RouteID
    package let receivedAt: WallTime
    package let source: IPAddress
    /// The provider's own id of the event, as bytes; nil when the route names none or the request had none.
    package let providerID: Bytes?
    package let type: Bytes?
    /// The provider's end-to-end fields as received, `name: value` and CRLF each, order and repeats kept. Fields that
    /// carry a credential, belong to one hop, or would pose as ours are left out before the event is made.
    package let headers: Bytes
    package let body: Bytes
    package let bodyDigest: Digest256
    package let coverage: Coverage
    /// Which secret proved the event: its name in the route file, and its place when there are several live ones
    /// (`SECRET`, `SECRET[1]`); empty when no secret was involved. Never the secret.
    package let provenBy: String
    /// Bytes held on the heap, about: what a bound on memory counts. Stored, because every way in and out asks for it.
    package let weight: Int
    /// For whoever bounds memory: that a body that several lanes hold is counted once.
    package let holders = Atomic<Int>(0)

    package init(
        route: RouteID, receivedAt: WallTime, source: IPAddress, providerID: Bytes?, type: Bytes?, headers: Bytes,
        body: Bytes, bodyDigest: Digest256, coverage: Coverage, provenBy: String
    ) {
        self.route = route
        self.receivedAt = receivedAt
        self.source = source
        self.providerID = providerID
        self.type = type
        self.headers = headers
        self.body = body
        self.bodyDigest = bodyDigest
        self.coverage = coverage
        self.provenBy = provenBy
        weight = Self.weight(
            headers: headers.count, body: body.count, providerID: providerID?.count ?? 0, type: type?.count ?? 0)
    }

    package static func weight(headers: Int, body: Int, providerID: Int, type: Int) -> Int {
        256 + headers + body + providerID + type
    }
}

/// How much of the body the provider's proof covers.
package enum Coverage: UInt8, Sendable, CaseIterable {
    case none = 0
    case address = 1
    case partial = 2
    case full = 3

    package var text: String {
        switch self {
        case .none: "none"
        case .address: "address"
        case .partial: "partial"
        case .full: "full"
        }
    }
}
