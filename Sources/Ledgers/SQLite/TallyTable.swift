internal import Domain

/// Counts verified requests that made no delivery, by the hour: added up within a batch, stored in its transaction.
final class TallyTable {
    private struct Place: Hashable {
        let hour: Int64
        let route: RouteID
        /// 0: the route itself.
        let subscriber: SubscriberID
    }

    private var counts: [Place: (filtered: Int64, duplicates: Int64)] = [:]
    private let store: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        store = try Statement(
            """
            INSERT INTO tallies (hour, route, subscriber, filtered, duplicates) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET filtered = filtered + excluded.filtered, duplicates = duplicates + excluded.duplicates
            """, on: database)
    }

    static func hour(of time: WallTime) -> Int64 { time.microseconds / 3_600_000_000 }

    /// An event that some subscribers of its route did not ask for.
    func filtered(_ append: Append, at now: WallTime) {
        for subscriber in append.filtered {
            counts[Self.place(append, subscriber, now), default: (0, 0)].filtered += 1
        }
    }

    /// Once for the route, and once for each of its subscribers, whether it asked for such events or not.
    func duplicate(_ append: Append, at now: WallTime) {
        counts[Self.place(append, SubscriberID(0), now), default: (0, 0)].duplicates += 1
        for subscriber in append.deliveries.map(\.subscriber) + append.filtered {
            counts[Self.place(append, subscriber, now), default: (0, 0)].duplicates += 1
        }
    }

    private static func place(_ append: Append, _ subscriber: SubscriberID, _ now: WallTime) -> Place {
        Place(hour: hour(of: now), route: append.event.route, subscriber: subscriber)
    }

    /// Stores what the transaction counted.
    func flush() throws(SQLiteError) {
        guard !counts.isEmpty else { return }
        for (place, count) in counts {
            try store.run {
                $0.add(place.hour)
                $0.add(place.route)
                $0.add(place.subscriber)
                $0.add(count.filtered)
                $0.add(count.duplicates)
            }
        }
        counts.removeAll(keepingCapacity: true)
    }
}
