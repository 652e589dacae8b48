package import Domain

/// A request that was refused, kept apart from events for the case that it was genuine after all: the provider's secret
/// had been changed, a clock was wrong. Nothing of it is forwarded unless it verifies later, and an operator orders it.
package struct RefusedRequest: Sendable {
    package let route: RouteID
    package let receivedAt: WallTime
    package let source: IPAddress
    /// The class of the refusal: a word of the log and of `headgate_events_total`.
    package let reason: String
    package let method: Bytes
    package let path: Bytes
    /// As those of an event.
    package let headers: Bytes
    /// What no answer and no log ever shows, and a verifier may need: query, and the fields that carry a token. In memory
    /// alone: the ledger has it sealed (`HiddenParts`), or not at all.
    package let hidden: Hidden
    /// Nil when it is not kept: it had not come yet, or is larger than `Limits.quarantineBodyBytes`.
    package let body: Bytes?
    /// As announced, or as received; nil when nobody knows.
    package let bodyBytes: Int?

    package struct Hidden: Sendable {
        /// Without its `?`.
        package let query: Bytes?
        /// `name: value` and CRLF each.
        package let credentials: Bytes

        package init(query: Bytes?, credentials: Bytes) {
            // An empty one says nothing.
            self.query = query.flatMap { $0.isEmpty ? nil : $0 }
            self.credentials = credentials
        }

        package static let nothing = Hidden(query: nil, credentials: .empty)
    }

    package init(
        route: RouteID, receivedAt: WallTime, source: IPAddress, reason: String, method: Bytes, path: Bytes,
        headers: Bytes, hidden: Hidden, body: Bytes?, bodyBytes: Int?
    ) {
        self.route = route
        self.receivedAt = receivedAt
        self.source = source
        self.reason = reason
        self.method = method
        self.path = path
        self.headers = headers
        self.hidden = hidden
        self.body = body
        self.bodyBytes = bodyBytes
    }

    /// Bytes that it counts for, in memory and on disk.
    package var weight: Int {
        256 + path.count + headers.count + (hidden.query?.count ?? 0) + hidden.credentials.count + (body?.count ?? 0)
    }

    var origin: Origin { Origin(source: source, hasBody: body != nil) }

    /// Requests that stand in for one another where there is no room for all: those of one neighbourhood (/24 or /48), and
    /// apart from them those that can never be released.
    struct Origin: Hashable, Sendable {
        let raw: Int64

        init(raw: Int64) { self.raw = raw }

        init(source: IPAddress, hasBody: Bool) {
            let place = source.v4.map { Int64($0 >> 8) } ?? Int64(source.high >> 16) | 1 << 48
            raw = place | (hasBody ? 0 : Self.hopeless)
        }

        var isHopeless: Bool { raw & Self.hopeless != 0 }
        private static let hopeless: Int64 = 1 << 49
    }
}

/// How much is kept of what was refused.
package struct QuarantineCaps: Sendable, Equatable {
    /// 0: nothing.
    package let requests: Int
    package let bytes: Int
    package let age: TimeSpan

    package init(
        requests: Int = Limits.quarantineRequests, bytes: Int = Limits.quarantineBytes,
        age: TimeSpan = Limits.quarantineAge
    ) {
        self.requests = requests
        self.bytes = bytes
        self.age = age
    }

    package static let off = QuarantineCaps(requests: 0)
}

/// What one write changed.
package struct QuarantineChange: Sendable, Equatable {
    package var kept = 0
    /// Not kept, or taken away to make room.
    package var dropped = 0
    package var expired = 0
    /// Whether there is still something that will grow old.
    package var isEmpty = true

    package init() {}
}

/// A kept request that an operator lets in: `append` is the event that it was found to be a moment ago.
package struct Release: Sendable {
    package let id: QuarantineID
    package let append: Append

    package init(id: QuarantineID, append: Append) { (self.id, self.append) = (id, append) }
}

package enum ReleaseResult: Sendable, Equatable {
    case accepted(EventID)
    /// The provider had sent it again meanwhile.
    case duplicate(of: EventID)
    /// It grew old, was released or discarded meanwhile.
    case gone
}

/// What a verifier says of a kept request, as of the time when it was received.
package enum Judgement: Sendable {
    case genuine(Append)
    /// - reason: a class of refusals, or why it cannot be judged.
    case refused(reason: String)
}

package struct QuarantineQuery: Sendable {
    package var route: String?
    /// The only routes that whoever asks may see; nil for all.
    package var within: Set<String>?
    package var reason: String?
    package var source: IPRange?
    package var since: WallTime?
    /// Exclusive.
    package var until: WallTime?
    /// These alone; nil for any.
    package var ids: [QuarantineID]?

    package init() {}
}

package struct QuarantineRow: Sendable {
    package let id: QuarantineID
    package let route: String
    package let receivedAt: WallTime
    package let source: IPAddress
    package let reason: String
    package let method: Bytes
    package let path: Bytes
    package let bodyBytes: Int?
    package let hasBody: Bool
}

/// A kept request as it came.
package struct QuarantineDetail: Sendable {
    package let row: QuarantineRow
    /// Without what is hidden.
    package let request: RefusedRequest
    package let hidden: HiddenParts

    package init(row: QuarantineRow, request: RefusedRequest, hidden: HiddenParts) {
        self.row = row
        self.request = request
        self.hidden = hidden
    }
}
