package import Domain

/// One thing to store. Entries of a batch are applied in order.
package enum LedgerEntry: Sendable {
    case append(Append)
    case settle(Settlement)
    indirect case claim(Claim)
    /// Gives claimed deliveries back unsent (shutdown, a subscriber that was paused): due at once, no attempt recorded.
    case release([DeliveryID])
    /// Stops or resumes a subscriber by the gateway's own decision; `reason` is kept and shown.
    indirect case pause(SubscriberID, paused: Bool, reason: String)
    indirect case operate(Operation)
    /// How often secrets were used since that was last told.
    case uses([SecretUse])

    /// Whether anybody acts on its being on disk. The outcome of an attempt need not be: when a power cut takes it, the
    /// delivery is found claimed, the attempt recorded as `unknown`, and sent again.
    var isReliedOn: Bool {
        switch self {
        case .settle, .release, .uses: false
        case .append, .claim, .pause, .operate: true
        }
    }
}

/// The result of the entry at the same place of the batch.
package enum LedgerResult: Sendable {
    case appended(AppendResult)
    case claimed(ClaimResult)
    case operated(OperationResult)
    case done
}

/// An event and its deliveries, stored together or not at all. A class, because it goes through several queues, and a
/// reference is all that moves.
package final class Append: Sendable {
    package let event: Event
    /// In order: delivery ordinals are 1…count.
    package let deliveries: [NewDelivery]
    /// Subscribers of the route that did not ask for it: only counted.
    package let filtered: [SubscriberID]
    package let dedup: DedupRule
    /// Bytes held while it waits for its commit, about: an event for a thousand subscribers is more than its body.
    let weight: Int

    package init(event: Event, deliveries: [NewDelivery], filtered: [SubscriberID] = [], dedup: DedupRule) {
        weight = event.weight + Limits.waitingDeliveryBytes * deliveries.count
        self.filtered = filtered
        self.event = event
        self.deliveries = deliveries
        self.dedup = dedup
    }
}

package struct NewDelivery: Sendable {
    package let subscriber: SubscriberID
    package let endpoint: EndpointID
    /// The poster has room and will send it at once, from memory: stored as claimed, so that a crash leaves a trace.
    /// Otherwise it waits on disk for a `Claim`.
    package let claimed: Bool

    package init(subscriber: SubscriberID, endpoint: EndpointID, claimed: Bool) {
        self.subscriber = subscriber
        self.endpoint = endpoint
        self.claimed = claimed
    }
}

package enum DedupRule: Sendable, Equatable {
    case off
    /// Same route and same provider id (without one: same body) no longer than this ago.
    case within(TimeSpan)
}

package enum AppendResult: Sendable, Equatable {
    /// - conflictsWith: an earlier event inside the window with the same provider id and another body. Both are kept.
    case accepted(EventID, conflictsWith: EventID?)
    case duplicate(of: EventID)
}

/// The end of one attempt. A class for the same reason.
package final class Settlement: Sendable {
    package let delivery: DeliveryID
    /// Of this delivery: the poster knows it, and the ledger need not look it up to count.
    package let subscriber: SubscriberID
    package let attempt: Attempt
    package let next: Next

    package enum Next: Sendable, Equatable {
        case delivered
        case retry(at: WallTime)
        /// The same, and its schedule does not count this attempt.
        case again(at: WallTime)
        case dead
    }

    package init(delivery: DeliveryID, subscriber: SubscriberID, attempt: Attempt, next: Next) {
        self.delivery = delivery
        self.subscriber = subscriber
        self.attempt = attempt
        self.next = next
    }
}

/// Asks for deliveries of one subscriber that are due, oldest due time first, and marks them claimed.
package struct Claim: Sendable {
    package let subscriber: SubscriberID
    package let due: WallTime
    package let most: Int
    /// Sum of `Event.weight`; unless it is strict, at least one delivery comes however large it is.
    package let mostBytes: Int
    package let isStrict: Bool

    package init(subscriber: SubscriberID, due: WallTime, most: Int, mostBytes: Int, isStrict: Bool = false) {
        self.isStrict = isStrict
        self.subscriber = subscriber
        self.due = due
        self.most = most
        self.mostBytes = mostBytes
    }
}

package struct ClaimResult: Sendable {
    package let deliveries: [ClaimedDelivery]
    /// When the next unclaimed delivery of this subscriber is due; nil when there is none. In the past when `most` or
    /// `mostBytes` cut the answer.
    package let nextDue: WallTime?
    /// Deliveries whose event is missing or is not what was received: dead now, and worth an alarm.
    package let damaged: [DeliveryID]
    /// `Event.weight` of the next one, when that alone is more than a strict claim allows.
    package let needed: Int?

    package init(
        deliveries: [ClaimedDelivery], nextDue: WallTime?, damaged: [DeliveryID] = [], needed: Int? = nil
    ) {
        self.needed = needed
        self.deliveries = deliveries
        self.nextDue = nextDue
        self.damaged = damaged
    }
}

package struct ClaimedDelivery: Sendable {
    package let id: DeliveryID
    package let event: Event
    package let url: String
    /// Sends recorded so far, also those with outcome `unknown`.
    package let attempts: Int32
    package let dueAt: WallTime
    package let conflictsWith: EventID?
    /// Of `attempts`: those that its schedule does not count, because it began anew after them or they ended in `again`.
    package let attemptsBefore: Int32
    /// The delivery that this one repeats.
    package let replayOf: DeliveryID?
    /// For whoever bounds memory: it was fetched for a lane that may hold it for long.
    package var isDoubtful = false

    package init(
        id: DeliveryID, event: Event, url: String, attempts: Int32, dueAt: WallTime, conflictsWith: EventID?,
        attemptsBefore: Int32 = 0, replayOf: DeliveryID? = nil
    ) {
        self.attemptsBefore = attemptsBefore
        self.replayOf = replayOf
        self.id = id
        self.event = event
        self.url = url
        self.attempts = attempts
        self.dueAt = dueAt
        self.conflictsWith = conflictsWith
    }
}
