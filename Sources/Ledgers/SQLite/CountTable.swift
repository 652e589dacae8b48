internal import Domain

/// How many deliveries each subscriber has in each state, kept in memory and stored in the transaction that changes it.
final class CountTable {
    private struct Counts {
        var pending: Int64 = 0
        var delivered: Int64 = 0
        var dead: Int64 = 0

        subscript(_ state: DeliveryState) -> Int64 {
            get {
                switch state {
                case .pending, .held: pending
                case .delivered: delivered
                case .dead: dead
                }
            }
            set {
                switch state {
                case .pending, .held: pending = newValue
                case .delivered: delivered = newValue
                case .dead: dead = newValue
                }
            }
        }
    }

    private var counts: [SubscriberID: Counts] = [:]
    private var changed: Set<SubscriberID> = []
    private let store: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        store = try Statement(
            "INSERT OR REPLACE INTO counts (subscriber, pending, delivered, dead) VALUES (?, ?, ?, ?)", on: database)
        var found: [SubscriberID: Counts] = [:]
        try Statement("SELECT subscriber, pending, delivered, dead FROM counts", on: database).forEach { row in
            found[row.id(0)] = Counts(pending: row.int(1), delivered: row.int(2), dead: row.int(3))
            return true
        }
        counts = found
    }

    func accepted(for subscriber: SubscriberID) {
        counts[subscriber, default: Counts()].pending += 1
        changed.insert(subscriber)
    }

    func left(_ subscriber: SubscriberID, pendingFor state: DeliveryState) {
        counts[subscriber, default: Counts()].pending -= 1
        counts[subscriber, default: Counts()][state] += 1
        changed.insert(subscriber)
    }

    /// A dead one is pending again.
    func requeued(_ subscriber: SubscriberID) {
        counts[subscriber, default: Counts()].dead -= 1
        accepted(for: subscriber)
    }

    /// A settled one is removed with its event.
    func removed(_ subscriber: SubscriberID, in state: DeliveryState) {
        counts[subscriber, default: Counts()][state] -= 1
        changed.insert(subscriber)
    }

    /// Stores what the transaction changed.
    func flush() throws(SQLiteError) {
        for subscriber in changed {
            let counts = counts[subscriber] ?? Counts()
            try store.run {
                $0.add(subscriber)
                $0.add(counts.pending)
                $0.add(counts.delivered)
                $0.add(counts.dead)
            }
        }
        changed.removeAll(keepingCapacity: true)
    }

    var byState: [SubscriberID: [DeliveryState: Int64]] {
        counts.mapValues { [.pending: $0.pending, .delivered: $0.delivered, .dead: $0.dead] }
    }

    var withPending: [SubscriberID] { counts.filter { $0.value.pending > 0 }.map(\.key) }
}
