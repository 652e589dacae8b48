internal import Crypto
internal import Domain

/// Routes, subscribers and endpoints: names become lasting ids, ids become names again.
final class DirectoryTable {
    private let insertRoute: Statement
    private let selectRoute: Statement
    private let insertSubscriber: Statement
    private let selectSubscriber: Statement
    private let insertEndpoint: Statement
    private let selectEndpoint: Statement
    private let markAllGone: Statement
    private let markPresent: Statement
    private let setPaused: Statement
    private let selectCurrent: Statement
    private let selectRouteName: Statement
    private let selectEndpointNames: Statement

    private var paused: Set<SubscriberID> = []
    private var routeNames: [RouteID: Bytes] = [:]
    private var endpoints: [EndpointID: EndpointNames] = [:]

    struct EndpointNames {
        let route: String
        let subscriber: String
        let url: String
        let digest: Digest256
    }

    init(_ database: borrowing Database) throws(SQLiteError) {
        insertRoute = try Statement("INSERT INTO routes (name) VALUES (?) ON CONFLICT DO NOTHING", on: database)
        selectRoute = try Statement("SELECT id FROM routes WHERE name = ?", on: database)
        insertSubscriber = try Statement(
            "INSERT INTO subscribers (route, name, gone) VALUES (?, ?, 0) ON CONFLICT DO NOTHING", on: database)
        selectSubscriber = try Statement(
            "SELECT id, paused FROM subscribers WHERE route = ? AND name = ?", on: database)
        insertEndpoint = try Statement(
            "INSERT INTO endpoints (subscriber, url) VALUES (?, ?) ON CONFLICT DO NOTHING", on: database)
        selectEndpoint = try Statement("SELECT id FROM endpoints WHERE subscriber = ? AND url = ?", on: database)
        markAllGone = try Statement("UPDATE subscribers SET gone = 1 WHERE gone = 0", on: database)
        markPresent = try Statement("UPDATE subscribers SET gone = 0, endpoint = ?2 WHERE id = ?1", on: database)
        setPaused = try Statement("UPDATE subscribers SET paused = ?2 WHERE id = ?1", on: database)
        selectCurrent = try Statement(
            """
            SELECT r.name, s.name, s.gone, s.endpoint, s.paused FROM subscribers AS s JOIN routes AS r ON r.id = s.route
            WHERE s.id = ?
            """, on: database)
        selectRouteName = try Statement("SELECT name FROM routes WHERE id = ?", on: database)
        selectEndpointNames = try Statement(
            """
            SELECT r.name, s.name, e.url FROM endpoints AS e JOIN subscribers AS s ON s.id = e.subscriber
            JOIN routes AS r ON r.id = s.route WHERE e.id = ?
            """, on: database)
        var found: Set<SubscriberID> = []
        try Statement("SELECT id FROM subscribers WHERE paused IS NOT NULL", on: database).forEach {
            found.insert($0.id(0))
            return true
        }
        paused = found
    }

    /// Inside the caller's transaction.
    func register(_ directory: Directory) throws(SQLiteError) -> DirectoryIDs {
        try markAllGone.run()
        var routes: [(route: RouteID, subscribers: [DirectoryIDs.Entry])] = []
        for route in directory.routes {
            let id = try enroll(route.name)
            var subscribers: [DirectoryIDs.Entry] = []
            for subscriber in route.subscribers { subscribers.append(try register(subscriber, of: id)) }
            routes.append((id, subscribers))
        }
        return DirectoryIDs(routes: routes)
    }

    private func enroll(_ route: String) throws(SQLiteError) -> RouteID {
        try insertRoute.run { $0.add(route) }
        guard let id: RouteID = try selectRoute.first({ $0.add(route) }, { $0.id(0) }) else {
            throw .damaged("a route that was just stored is missing")
        }
        return id
    }

    /// One more subscriber, beside those that are there.
    func enroll(_ name: String, at url: String, of route: String) throws(SQLiteError) -> DirectoryIDs.Entry {
        try register(Directory.Entry(name: name, url: url), of: try enroll(route))
    }

    private func register(_ entry: Directory.Entry, of route: RouteID) throws(SQLiteError) -> DirectoryIDs.Entry {
        try insertSubscriber.run {
            $0.add(route)
            $0.add(entry.name)
        }
        let found: (id: SubscriberID, paused: String?)? = try selectSubscriber.first({
            $0.add(route)
            $0.add(entry.name)
        }) { ($0.id(0), $0.textIfAny(1)) }
        guard let found else { throw .damaged("a subscriber that was just stored is missing") }
        try insertEndpoint.run {
            $0.add(found.id)
            $0.add(entry.url)
        }
        let endpoint: EndpointID? = try selectEndpoint.first({
            $0.add(found.id)
            $0.add(entry.url)
        }) { $0.id(0) }
        guard let endpoint else { throw .damaged("an endpoint that was just stored is missing") }
        try markPresent.run {
            $0.add(found.id)
            $0.add(endpoint)
        }
        return DirectoryIDs.Entry(subscriber: found.id, endpoint: endpoint, paused: found.paused)
    }

    func pause(_ subscriber: SubscriberID, reason: String?) throws(SQLiteError) {
        try setPaused.run {
            $0.add(subscriber)
            $0.add(reason)
        }
        if reason == nil { paused.remove(subscriber) } else { paused.insert(subscriber) }
    }

    struct Subscriber {
        let route: String
        let name: String
        /// Where its deliveries go now; nil when it is gone from the routes.
        let endpoint: EndpointID?
        let paused: String?
    }

    func subscriber(_ id: SubscriberID) throws(SQLiteError) -> Subscriber? {
        try selectCurrent.first({ $0.add(id) }) { row in
            Subscriber(
                route: row.text(0), name: row.text(1),
                endpoint: row.int(2) == 0 ? row.intIfAny(3).map { EndpointID($0) } : nil, paused: row.textIfAny(4))
        }
    }

    func isPaused(_ subscriber: SubscriberID) -> Bool { paused.contains(subscriber) }

    func routeName(_ id: RouteID) throws(SQLiteError) -> Bytes? {
        if let known = routeNames[id] { return known }
        guard let name = try selectRouteName.first({ $0.add(id) }, { $0.bytes(0) }) else { return nil }
        routeNames[id] = name
        return name
    }

    /// Kept in memory once read: an endpoint never changes, and there are as many as the routes have ever named.
    func endpoint(_ id: EndpointID, sha256: inout SHA256) throws(SQLiteError) -> EndpointNames? {
        if let known = endpoints[id] { return known }
        let found = try selectEndpointNames.first({ $0.add(id) }) { ($0.text(0), $0.text(1), $0.text(2)) }
        guard let (route, subscriber, url) = found else { return nil }
        let digest = CanonicalForm.endpoint(route: route, subscriber: subscriber, url: url, sha256: &sha256)
        let names = EndpointNames(route: route, subscriber: subscriber, url: url, digest: digest)
        endpoints[id] = names
        return names
    }
}
