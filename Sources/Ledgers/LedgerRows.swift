package import Domain
internal import Telemetry

/// What a list of events is narrowed to. Everything that is nil or empty matches.
package struct EventQuery: Sendable {
    package var route: String?
    /// The only routes that whoever asks may see; nil for all.
    package var within: Set<String>?
    /// Globs on the type.
    package var types: EventFilter
    package var providerID: Bytes?
    /// By the time in the event's id: when it was stored.
    package var since: WallTime?
    /// Exclusive.
    package var until: WallTime?
    package var source: IPRange?
    /// In a header or in the body.
    package var containing: TextPattern?
    /// Those that have a delivery like this; its own route, type, times and what it says of the event are not looked at.
    package var delivery: DeliveryQuery?

    package init(
        route: String? = nil, types: EventFilter = EventFilter([]), providerID: Bytes? = nil, since: WallTime? = nil,
        until: WallTime? = nil
    ) {
        self.route = route
        self.types = types
        self.providerID = providerID
        self.since = since
        self.until = until
    }
}

package struct DeliveryQuery: Sendable {
    /// Deliveries of these; nil of any.
    package var events: [EventID]?
    package var route: String?
    /// The only routes that whoever asks may see; nil for all. No part of a job: its order names a route instead.
    package var within: Set<String>?
    package var subscriber: String?
    /// A glob on the event's type.
    package var type: String?
    /// As it is shown: `pending` leaves out what is `held`.
    package var state: DeliveryState?
    /// Of the last attempt.
    package var outcome: Outcome?
    /// Of the last attempt.
    package var status: Int32?
    /// Of the event. No job selects by these three.
    package var providerID: Bytes?
    package var source: IPRange?
    package var containing: TextPattern?
    /// By the time in the event's id: when it was stored.
    package var since: WallTime?
    /// Exclusive.
    package var until: WallTime?

    package init(
        route: String? = nil, subscriber: String? = nil, state: DeliveryState? = nil, since: WallTime? = nil,
        until: WallTime? = nil
    ) {
        self.route = route
        self.subscriber = subscriber
        self.state = state
        self.since = since
        self.until = until
    }

    var isOnlyByState: Bool {
        route == nil && within == nil && subscriber == nil && type == nil && outcome == nil && status == nil
            && providerID == nil && source == nil && containing == nil
    }

    /// For the record: `subscriber=billing state=dead`; what is not narrowed is not named.
    package var text: String {
        var parts: [String] = []
        func add(_ name: String, _ value: String?) { if let value { parts.append("\(name)=\(value)") } }
        add("route", route)
        add("subscriber", subscriber)
        add("type", type)
        add("state", state?.text)
        add("outcome", outcome?.text)
        add("status", status.map(String.init))
        add("since", since?.rfc3339)
        add("until", until?.rfc3339)
        add("events", events.map { $0.map(\.text).joined(separator: ",") })
        return parts.joined(separator: " ")
    }
}

/// Newest first.
package struct Page<Row: Sendable, Cursor: Sendable>: Sendable {
    package let rows: [Row]
    /// Where the next page begins; nil at the end. There may be more although this page is not full, or even empty: a
    /// search stops after a while, wherever it is.
    package let next: Cursor?
    /// Nil where it was not needed.
    package let index: IndexUse?

    init(rows: [Row], next: Cursor?, index: IndexUse? = nil) {
        self.rows = rows
        self.next = next
        self.index = index
    }
}

package struct EventRow: Sendable {
    package let id: EventID
    package let route: String
    package let receivedAt: WallTime
    package let source: IPAddress
    package let providerID: Bytes?
    package let type: Bytes?
    package let bodyBytes: Int
    package let bodyDigest: Digest256
    package let coverage: Coverage
    package let provenBy: String
    package let conflictsWith: EventID?
    /// Who let it in although it had been refused; nil when it came by itself.
    package let release: ReleaseRow?
    /// How many of its deliveries are in which state.
    package let deliveries: [DeliveryState: Int]
    /// Its body is no longer there.
    package let removal: Removal?
}

/// What became of a body that is no longer there.
package struct Removal: Sendable, Equatable {
    /// When and by whom it was redacted; nil when it grew too old.
    package let redaction: Redaction?

    package struct Redaction: Sendable, Equatable {
        package let at: WallTime
        package let actor: String
        package let reason: String
    }
}

package struct ReleaseRow: Sendable {
    /// Its place among all actions.
    package let action: Int64
    package let at: WallTime
    package let actor: String
    package let reason: String
}

/// An event with everything that belongs to it.
package struct EventDetail: Sendable {
    package let row: EventRow
    package let headers: Bytes
    package let body: Bytes
    package let deliveries: [DeliveryRow]
}

package struct DeliveryRow: Sendable {
    package let id: DeliveryID
    package let route: String
    package let subscriber: String
    package let url: String
    package let eventType: Bytes?
    package let receivedAt: WallTime
    /// `held` when it is pending and its subscriber is paused or gone.
    package let state: DeliveryState
    /// Sends recorded so far.
    package let attempts: Int32
    /// When the next send is due; nil unless pending or held.
    package let dueAt: WallTime?
    /// A gateway has it in memory, to be sent or being sent.
    package let isClaimed: Bool
    package let lastAttempt: AttemptRow?
    /// What an operator said of it when it was dead or given up.
    package let closure: Closure?
    /// The delivery that this one repeats.
    package let replayOf: DeliveryID?

    /// When it was delivered or died; nil when it is not settled.
    package var settledAt: WallTime? {
        switch state {
        case .pending, .held: nil
        case .delivered, .dead: lastAttempt.map { $0.attempt.startedAt + $0.attempt.took }
        }
    }
}

/// Why a delivery is dead although its schedule did not end so, or will not be looked at again. The raw values are kept in
/// the ledger: never renumber.
package enum Closure: UInt8, Sendable, CaseIterable {
    case discarded = 1
    case cancelled = 2

    package var text: String {
        switch self {
        case .discarded: "discarded"
        case .cancelled: "cancelled"
        }
    }
}

package struct DeliveryDetail: Sendable {
    package let row: DeliveryRow
    /// In the order they were made.
    package let attempts: [AttemptRow]
}

package struct AttemptRow: Sendable {
    /// Its place among all attempts of the ledger.
    package let id: Int64
    package let delivery: DeliveryID
    package let attempt: Attempt
}

package struct SubscriberRow: Sendable {
    package let id: SubscriberID
    package let route: String
    package let name: String
    /// The URL it was registered with last.
    package let url: String
    /// Why it is paused; nil when it is not.
    package let paused: String?
    /// No longer among the routes.
    package let isGone: Bool
    /// By the state that is shown: `held` instead of `pending` when it is paused or gone.
    package let deliveries: [DeliveryState: Int64]
}
