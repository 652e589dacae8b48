package import Domain

/// Work on many deliveries, in small steps at a rate, that goes on where it was after a restart.
package enum Job {}

/// The same number as the action that started it.
package typealias JobID = ID<Job>

extension ID where Of == Job {
    package static var prefix: String { "job_" }
    package var text: String { Self.prefix + String(raw) }

    package init?(text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix), let raw = Int64(text.dropFirst(Self.prefix.count)), raw > 0 else {
            return nil
        }
        self.init(raw)
    }
}

/// The raw values are kept in the ledger: never renumber.
package enum JobKind: UInt8, Sendable, CaseIterable {
    /// New deliveries of the same events.
    case replay = 1
    /// The same deliveries again, their schedules from the beginning: dead ones only.
    case retry = 2
    /// What waits is given up: pending or held ones only.
    case cancel = 3

    package var text: String {
        switch self {
        case .replay: "replay"
        case .retry: "retry"
        case .cancel: "cancel"
        }
    }

    /// Of which each of its steps is one.
    var action: ActionKind {
        switch self {
        case .replay: .replay
        case .retry: .retry
        case .cancel: .cancel
        }
    }
}

/// The raw values are kept in the ledger: never renumber.
package enum JobState: UInt8, Sendable, CaseIterable {
    case running = 0
    case done = 1
    case stopped = 2

    package var text: String {
        switch self {
        case .running: "running"
        case .done: "done"
        case .stopped: "cancelled"
        }
    }
}

/// What a job is to do.
package struct JobOrder: Sendable {
    package let kind: JobKind
    /// Of each event and subscriber only the latest delivery is taken, or all that wait, and none that a job made after this
    /// one started.
    package let selection: DeliveryQuery
    /// So many deliveries at most.
    package let most: Int64
    package let rate: Rate

    package init(kind: JobKind, selection: DeliveryQuery, most: Int64 = .max, rate: Rate) {
        self.kind = kind
        self.selection = selection
        self.most = most
        self.rate = rate
    }
}

/// The next few deliveries of a job. The ledger judges each again: what is pending meanwhile, gone, or no longer dead is
/// passed over; of a job that cancels, what no longer waits or is being sent.
package struct JobStep: Sendable {
    package let job: JobID
    package let candidates: [DeliveryID]
    /// The last delivery that was looked at: the next step begins behind it.
    package let place: DeliveryID
    /// Nothing stands behind it.
    package let isLast: Bool

    package init(job: JobID, candidates: [DeliveryID], place: DeliveryID, isLast: Bool) {
        self.job = job
        self.candidates = candidates
        self.place = place
        self.isLast = isLast
    }
}

package struct JobRow: Sendable {
    package let id: JobID
    package let order: JobOrder
    package let state: JobState
    package let actor: String
    package let reason: String
    package let startedAt: WallTime
    package let endedAt: WallTime?
    /// The last delivery that was looked at.
    package let place: DeliveryID
    package let done: Int64
    package let skipped: Int64
}

/// A part of what a job would do.
package struct Candidates: Sendable {
    package let ids: [DeliveryID]
    /// Of `ids`: their event is pending for their subscriber.
    package let pending: Int
    /// The last delivery that was looked at.
    package let place: DeliveryID
    package let isLast: Bool

    package init(ids: [DeliveryID], pending: Int, place: DeliveryID, isLast: Bool) {
        self.ids = ids
        self.pending = pending
        self.place = place
        self.isLast = isLast
    }
}
