package import Domain

/// The seam to the durable ledger, in domain words: batches in, batches out, made for two engines (SQLite in the
/// process; PostgreSQL shared by several gateways). No engine's type is visible above it.
///
/// An engine is owned by one thread, the `LedgerWriter`'s, which gathers what the loops post into one batch, has it
/// committed with one sync, and only then tells each poster the result.
package protocol LedgerEngine: AnyObject {
    /// Makes routes, subscribers and endpoints known and gives them their lasting ids. Subscribers of the ledger that are
    /// not in `directory` are gone: their pending deliveries read as `held` until they return.
    func register(_ directory: Directory) throws(LedgerError) -> DirectoryIDs

    /// Everything in `batch` in one transaction, synced to stable storage when this returns. On an error nothing of the
    /// batch is stored, and the engine refuses every further batch until `reopen()` succeeded.
    func commit(_ batch: [LedgerEntry], at now: WallTime) throws(LedgerError) -> [LedgerResult]

    /// After an error: closes, opens again, checks what is on disk.
    func reopen() throws(LedgerError)

    /// Deliveries that an earlier process had claimed and not settled: records an attempt with outcome `unknown` for
    /// each and makes it due at once. Called once at start, before any claim. Returns how many.
    func recover(at now: WallTime) throws(LedgerError) -> Int

    func statistics() throws(LedgerError) -> LedgerStatistics

    /// False when storage is nearly full: no event should be accepted, so that outcomes can still be recorded.
    func hasRoom() -> Bool

    /// Housekeeping: `isIdle` false after a batch (a little of it), true when nothing waits (all of it). Returns false
    /// when something was in the way, to be tried again at the next idle time. An error is one of storage, as from `commit`.
    func tidy(isIdle: Bool) throws(LedgerError) -> Bool

    /// Leaves storage in order. Nothing is called afterwards.
    func close()
}

/// One thing to store. Entries of a batch are applied in order.
package enum LedgerEntry: Sendable {
    case append(Append)
    case settle(Settlement)
    case claim(Claim)
    /// Gives claimed deliveries back unsent (shutdown, a subscriber that was paused): due at once, no attempt recorded.
    case release([DeliveryID])
    /// Stops or resumes a subscriber; `reason` is kept and shown.
    case pause(SubscriberID, paused: Bool, reason: String)
}

/// The result of the entry at the same place of the batch.
package enum LedgerResult: Sendable {
    case appended(AppendResult)
    case claimed(ClaimResult)
    case done
}

/// An event and its deliveries, stored together or not at all.
package struct Append: Sendable {
    package let event: Event
    /// In order: delivery ordinals are 1…count.
    package let deliveries: [NewDelivery]
    package let dedup: DedupRule

    package init(event: Event, deliveries: [NewDelivery], dedup: DedupRule) {
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

/// The end of one attempt.
package struct Settlement: Sendable {
    package let delivery: DeliveryID
    /// Of this delivery: the poster knows it, and the ledger need not look it up to count.
    package let subscriber: SubscriberID
    package let attempt: Attempt
    package let next: Next

    package enum Next: Sendable, Equatable {
        case delivered
        case retry(at: WallTime)
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
    /// Sum of `Event.weight`; at least one delivery comes however large it is.
    package let mostBytes: Int

    package init(subscriber: SubscriberID, due: WallTime, most: Int, mostBytes: Int) {
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

    package init(deliveries: [ClaimedDelivery], nextDue: WallTime?, damaged: [DeliveryID] = []) {
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

    package init(
        id: DeliveryID, event: Event, url: String, attempts: Int32, dueAt: WallTime, conflictsWith: EventID?
    ) {
        self.id = id
        self.event = event
        self.url = url
        self.attempts = attempts
        self.dueAt = dueAt
        self.conflictsWith = conflictsWith
    }
}

/// What the configuration names: `register` turns names into ids.
package struct Directory: Sendable {
    package struct Entry: Sendable {
        package let name: String
        package let url: String
        package init(name: String, url: String) { (self.name, self.url) = (name, url) }
    }

    package let routes: [(name: String, subscribers: [Entry])]
    package init(routes: [(name: String, subscribers: [Entry])]) { self.routes = routes }
}

/// Ids in the order of the `Directory` that was registered.
package struct DirectoryIDs: Sendable {
    package struct Entry: Sendable {
        package let subscriber: SubscriberID
        package let endpoint: EndpointID
        /// Paused by an operator or stopped by a 410, with the reason; nil when active.
        package let paused: String?
        package init(subscriber: SubscriberID, endpoint: EndpointID, paused: String?) {
            self.subscriber = subscriber
            self.endpoint = endpoint
            self.paused = paused
        }
    }

    package let routes: [(route: RouteID, subscribers: [Entry])]
    package init(routes: [(route: RouteID, subscribers: [Entry])]) { self.routes = routes }
}

package struct LedgerStatistics: Sendable {
    package var ledgerBytes: Int64
    package var walBytes: Int64
    /// By subscriber, stored state (never `held`): counted incrementally, not by a scan.
    package var deliveries: [SubscriberID: [DeliveryState: Int64]]
    /// Due time of the oldest unclaimed pending delivery.
    package var oldestDue: [SubscriberID: WallTime]

    package init(
        ledgerBytes: Int64 = 0, walBytes: Int64 = 0, deliveries: [SubscriberID: [DeliveryState: Int64]] = [:],
        oldestDue: [SubscriberID: WallTime] = [:]
    ) {
        self.ledgerBytes = ledgerBytes
        self.walBytes = walBytes
        self.deliveries = deliveries
        self.oldestDue = oldestDue
    }
}

/// What went wrong, to which file, and what to do.
package enum LedgerError: Error, Sendable, Equatable {
    case locked(path: String)
    case newerSchema(path: String, found: Int, known: Int)
    /// For readers: only the gateway itself brings a file up to date.
    case olderSchema(path: String, found: Int, known: Int)
    case foreign(path: String)
    case cannotOpen(path: String, detail: String)
    /// The disk or a quota is full: nothing was stored; it may work again when space is back.
    case full(path: String)
    /// Any other storage error: nothing is trusted until the file was reopened and checked.
    case storage(path: String, code: Int32, detail: String)
    /// An earlier error is not cleared yet.
    case latched
}

extension LedgerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .locked(let path):
            "ledger \(path) is locked by another process; stop that headgate or give this one its own file"
        case .newerSchema(let path, let found, let known):
            "ledger \(path) has schema \(found), newer than this build knows (\(known)); upgrade headgate"
        case .olderSchema(let path, let found, let known):
            "ledger \(path) has schema \(found), older than this build's \(known); start `headgate serve` on it once"
        case .foreign(let path):
            "\(path) is a database of another program; name a file of headgate's own"
        case .cannotOpen(let path, let detail):
            "ledger \(path) cannot be opened: \(detail); check that the directory exists and is writable"
        case .full(let path):
            "no space for ledger \(path); free space on its disk, intake resumes by itself"
        case .storage(let path, let code, let detail):
            "ledger \(path) failed (SQLite code \(code)): \(detail); intake is stopped until it is reopened and checked"
        case .latched:
            "the ledger is closed after a storage error and is being reopened"
        }
    }
}
