internal import Domain

/// Names and figures as a reader finds them: read again for each page, because the writer changes them.
final class ReaderDirectory {
    struct Subscriber {
        let route: String
        let name: String
        let paused: String?
        let isGone: Bool
        var isHeld: Bool { isGone || paused != nil }
    }

    struct Names {
        var routeNames: [RouteID: String] = [:]
        var subscribers: [SubscriberID: Subscriber] = [:]

        func routes(named name: String?, within: Set<String>?) -> Set<RouteID> {
            Set(routeNames.filter { (name ?? $0.value) == $0.value && within?.contains($0.value) ?? true }.keys)
        }

        func subscribers(route: String?, within: Set<String>?, name: String?) -> [SubscriberID: Subscriber] {
            subscribers.filter { _, one in
                (route ?? one.route) == one.route && within?.contains(one.route) ?? true
                    && (name ?? one.name) == one.name
            }
        }

        /// Names of the event's route that none of its deliveries is for.
        func unreached(by event: EventDetail, whenGone: Bool) -> [String] {
            let reached = Set(event.deliveries.map(\.subscriber))
            return subscribers.values.filter {
                $0.route == event.row.route && !reached.contains($0.name) && (whenGone || !$0.isGone)
            }.map(\.name).sorted()
        }

        func shown(_ state: DeliveryState, of subscriber: SubscriberID) -> DeliveryState {
            state == .pending && subscribers[subscriber]?.isHeld == true ? .held : state
        }
    }

    private let selectRoutes: Statement
    private let selectSubscribers: Statement
    private let selectURL: Statement
    private let selectLatestURL: Statement
    private let selectCounts: Statement
    private let selectPending: Statement
    /// Why some get nothing although the ledger has them as active: a running gateway's routes say so.
    var held: [SubscriberID: String] = [:]

    init(_ database: borrowing Database) throws(SQLiteError) {
        selectRoutes = try Statement("SELECT id, name FROM routes", on: database)
        selectSubscribers = try Statement("SELECT id, route, name, paused, gone FROM subscribers", on: database)
        selectURL = try Statement("SELECT url FROM endpoints WHERE id = ?", on: database)
        selectLatestURL = try Statement(
            """
            SELECT url FROM endpoints WHERE id = coalesce(
                (SELECT endpoint FROM subscribers WHERE id = ?1), (SELECT max(id) FROM endpoints WHERE subscriber = ?1))
            """, on: database)
        selectCounts = try Statement(
            "SELECT pending, delivered, dead FROM counts WHERE subscriber = ?", on: database)
        selectPending = try Statement("SELECT total(pending) FROM counts", on: database)
    }

    func names() throws(SQLiteError) -> Names {
        var names = Names()
        try selectRoutes.forEach { row in
            names.routeNames[row.id(0)] = row.text(1)
            return true
        }
        try selectSubscribers.forEach { row in
            let id: SubscriberID = row.id(0)
            names.subscribers[id] = Subscriber(
                route: names.routeNames[row.id(1)] ?? "", name: row.text(2), paused: row.textIfAny(3) ?? held[id],
                isGone: row.int(4) != 0)
            return true
        }
        return names
    }

    func url(_ endpoint: EndpointID) throws(SQLiteError) -> String? {
        try selectURL.first({ $0.add(endpoint) }) { $0.text(0) }
    }

    /// Of all subscribers together.
    func pending() throws(SQLiteError) -> Int64 { try selectPending.first { $0.int(0) } ?? 0 }

    func subscriberRows() throws(SQLiteError) -> [SubscriberRow] {
        var rows: [SubscriberRow] = []
        for (id, subscriber) in try names().subscribers.sorted(by: { $0.key < $1.key }) {
            let counts = try selectCounts.first({ $0.add(id) }) { ($0.int(0), $0.int(1), $0.int(2)) } ?? (0, 0, 0)
            let url = try selectLatestURL.first({ $0.add(id) }) { $0.text(0) } ?? ""
            rows.append(
                SubscriberRow(
                    id: id, route: subscriber.route, name: subscriber.name, url: url, paused: subscriber.paused,
                    isGone: subscriber.isGone,
                    deliveries: [
                        subscriber.isHeld ? .held : .pending: counts.0, .delivered: counts.1, .dead: counts.2,
                    ]))
        }
        return rows
    }
}
