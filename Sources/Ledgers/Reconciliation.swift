package import Domain

/// What became of the events of a window of time, or of a part of it, counted from the rows themselves.
package struct Reconciliation: Sendable, Equatable {
    package struct Route: Sendable, Equatable {
        package var events: Int64 = 0
        /// Events that no subscriber asked for.
        package var unmatched: Int64 = 0
        /// Events with the provider's id of an earlier one, and another body.
        package var conflicts: Int64 = 0
        /// Verified requests that repeated an event. Counted by the hour: those of every hour that the window touches.
        package var duplicates: Int64 = 0
        /// Deliveries that the events were accepted with, by what the events say.
        package var expected: Int64 = 0
        package init() {}
    }

    /// Each event that was accepted for a subscriber is counted once, however often it was replayed: where one of its
    /// deliveries arrived it is delivered, else where one is pending it is pending, else it is what the latest is.
    package struct Subscriber: Sendable, Equatable {
        package var received: Int64 = 0
        package var delivered: Int64 = 0
        package var pending: Int64 = 0
        package var held: Int64 = 0
        package var dead: Int64 = 0
        package var discarded: Int64 = 0
        package var cancelled: Int64 = 0
        package var replays: Int64 = 0
        /// Events that it did not ask for, and requests that repeated an event. By the hour, as those of its route.
        package var filtered: Int64 = 0
        package var duplicates: Int64 = 0
        package init() {}

        package var addsUp: Bool {
            received == delivered + pending + held + dead + discarded + cancelled + filtered + duplicates
        }
    }

    package struct Place: Sendable, Hashable {
        package let route: String
        package let subscriber: String
    }

    package var routes: [String: Route] = [:]
    package var subscribers: [Place: Subscriber] = [:]
    /// Retention removes events up to here, but for those that are not sent yet; nil when it removes none. In the first part.
    package var removedUntil: WallTime?
    /// The last event that was looked at, when there are more.
    package var next: EventID?
}
