internal import Crypto
internal import Domain

/// Refused requests under their caps. What is there is counted in memory, so that making room needs no scan.
///
/// Where there is no room for all, each route has its share, and in it each origin: the newest of whoever has most gives
/// way, and a request of whoever has most is not kept. So a flood keeps what it has, and pushes nobody out; and what came
/// before it stays. What can never be released gives way before all else.
final class QuarantineTable {
    private struct Load {
        var requests = 0
        var bytes = 0

        mutating func add(_ weight: Int, _ sign: Int = 1) {
            requests += sign
            bytes += sign * weight
        }

        func fits(_ weight: Int, requests most: Int, bytes mostBytes: Int) -> Bool {
            requests < most && bytes + weight <= mostBytes
        }

        /// How much of the caps it is, for comparing.
        func share(of caps: QuarantineCaps) -> Double {
            Double(requests) / Double(max(caps.requests, 1)) + Double(bytes) / Double(max(caps.bytes, 1))
        }
    }

    private struct Route {
        var load = Load()
        var origins: [RefusedRequest.Origin: Load] = [:]
    }

    private let insert: Statement
    private let delete: Statement
    private let select: Statement
    private let selectNewest: Statement
    private let selectOld: Statement
    private let selectAny: Statement
    private let selectOldest: Statement
    private let count: Statement
    private let selectSealed: Statement
    private let reseal: Statement

    private var routes: [RouteID: Route] = [:]
    private var total = Load()
    /// When the oldest was received. It may have gone since the last `write`.
    private(set) var oldest: WallTime?
    private var sequence: EventIDSequence

    init(_ database: borrowing Database) throws(SQLiteError) {
        insert = try Statement(
            """
            INSERT INTO quarantine (id, route, origin, weight, received_at, reason, source, method, path, body_bytes,
                headers, has_query, hidden_fields, key_id, box, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, on: database)
        delete = try Statement("DELETE FROM quarantine WHERE id = ?", on: database)
        select = try Statement("SELECT route, origin, weight FROM quarantine WHERE id = ?", on: database)
        selectNewest = try Statement(
            "SELECT id FROM quarantine WHERE route = ? AND origin = ? ORDER BY id DESC LIMIT 1", on: database)
        selectOld = try Statement("SELECT id FROM quarantine WHERE id < ? ORDER BY id LIMIT ?", on: database)
        selectAny = try Statement("SELECT id FROM quarantine ORDER BY id LIMIT ?", on: database)
        selectOldest = try Statement("SELECT received_at FROM quarantine ORDER BY id LIMIT 1", on: database)
        sequence = EventIDSequence(after: EventID(try database.number("SELECT max(id) FROM quarantine") ?? 0))
        count = try Statement(
            "SELECT route, origin, count(*), sum(weight) FROM quarantine INDEXED BY quarantined GROUP BY route, origin",
            on: database)
        selectSealed = try Statement(
            "SELECT id, route, key_id, box FROM quarantine WHERE id > ? AND box IS NOT NULL ORDER BY id LIMIT ?",
            on: database)
        reseal = try Statement("UPDATE quarantine SET key_id = ?2, box = ?3 WHERE id = ?1", on: database)
        try recount()
    }

    /// After a transaction that was rolled back.
    func recount() throws(SQLiteError) {
        (routes, total) = ([:], Load())
        try count.forEach { row in
            let load = Load(requests: Int(row.int(2)), bytes: Int(row.int(3)))
            routes[row.id(0), default: Route()].origins[RefusedRequest.Origin(raw: row.int(1))] = load
            routes[row.id(0), default: Route()].load.requests += load.requests
            routes[row.id(0), default: Route()].load.bytes += load.bytes
            total.requests += load.requests
            total.bytes += load.bytes
            return true
        }
        oldest = try selectOldest.first { $0.time(0) }
    }

    var requests: Int { total.requests }
    var bytes: Int { total.bytes }

    /// Inside the caller's transaction.
    ///
    /// - Parameter key: seals what is hidden, once for each that is kept; without one that is not kept.
    func write(
        _ refused: [RefusedRequest], caps: QuarantineCaps, key: SealingKey?, at now: WallTime
    ) throws(SQLiteError) -> QuarantineChange {
        var change = QuarantineChange()
        change.expired = try expire(caps, at: now)
        for request in refused {
            guard try makeRoom(for: request, caps, &change) else {
                change.dropped += 1
                continue
            }
            try store(request, key: key, at: now)
            change.kept += 1
        }
        change.isEmpty = total.requests == 0
        oldest = try selectOldest.first { $0.time(0) }
        return change
    }

    private func expire(_ caps: QuarantineCaps, at now: WallTime) throws(SQLiteError) -> Int {
        var old: [QuarantineID] = []
        let first = QuarantineID.first(at: WallTime(microseconds: now.microseconds - caps.age.microseconds))
        try selectOld.forEach({
            $0.add(first)
            $0.add(Int64(Limits.quarantineExpired))
        }) { row in
            old.append(row.id(0))
            return true
        }
        for id in old { _ = try remove(id) }
        var gone = old.count
        // The caps may be smaller than they were when it was written.
        guard gone == 0, !fits(caps) else { return gone }
        try selectAny.forEach({ $0.add(Int64(Limits.quarantineExpired)) }) {
            old.append($0.id(0))
            return true
        }
        for id in old where !fits(caps) {
            _ = try remove(id)
            gone += 1
        }
        return gone
    }

    private func fits(_ caps: QuarantineCaps) -> Bool {
        total.requests <= caps.requests && total.bytes <= caps.bytes
    }

    private func store(_ request: RefusedRequest, key: SealingKey?, at now: WallTime) throws(SQLiteError) {
        let id = QuarantineID(sequence.next(at: now).raw)
        let hidden = HiddenParts(request, as: id, key: key)
        try insert.run {
            $0.add(id)
            $0.add(request.route)
            $0.add(request.origin.raw)
            $0.add(Int64(request.weight))
            $0.add(request.receivedAt)
            $0.add(request.reason)
            $0.add(request.source)
            $0.add(request.method)
            $0.add(request.path)
            $0.add(request.bodyBytes.map { Int64($0) })
            $0.add(request.headers)
            $0.add(hidden.hasQuery ? Int64(1) : 0)
            $0.add(hidden.fields.joined(separator: ","))
            $0.add(hidden.box)
            $0.add(request.body)
        }
        note(request.route, request.origin, request.weight, 1)
    }

    /// - Returns: false when there is no such request.
    func remove(_ id: QuarantineID) throws(SQLiteError) -> Bool {
        let found = try select.first({ $0.add(id) }) { ($0.id(0) as RouteID, $0.int(1), Int($0.int(2))) }
        guard let (route, origin, weight) = found else { return false }
        try delete.run { $0.add(id) }
        note(route, RefusedRequest.Origin(raw: origin), weight, -1)
        return true
    }

    /// Seals some boxes with another key.
    ///
    /// - Returns: the last one that was looked at; nil when there is no more.
    func reseal(
        after: QuarantineID, from old: SealingKey, to new: SealingKey, _ count: inout Resealing
    ) throws(SQLiteError) -> QuarantineID? {
        let found: [(id: QuarantineID, route: RouteID, box: SealedBytes)] = try selectSealed.all({
            $0.add(after)
            $0.add(Int64(Limits.quarantineResealed))
        }) { row in
            (id: row.id(0), route: row.id(1), box: SealedBytes(keyID: row.text(2), box: Array(row.buffer(3))))
        }
        for (id, route, box) in found where box.keyID != new.id {
            let context = HiddenParts.context(id, of: route)
            guard let text = try? box.open(with: old, for: context, of: id.text),
                let fresh = try? SealedBytes(text, with: new, for: context)
            else {
                count.left += 1
                continue
            }
            try reseal.run {
                $0.add(id)
                $0.add(fresh)
            }
            count.sealed += 1
        }
        return found.last?.id
    }

    private func note(_ route: RouteID, _ origin: RefusedRequest.Origin, _ weight: Int, _ sign: Int) {
        total.add(weight, sign)
        routes[route, default: Route()].load.add(weight, sign)
        routes[route, default: Route()].origins[origin, default: Load()].add(weight, sign)
        if routes[route]?.origins[origin]?.requests == 0 { routes[route]?.origins[origin] = nil }
        if routes[route]?.load.requests == 0 { routes[route] = nil }
    }

    // MARK: Room

    /// False when it is the newcomer that gives way.
    private func makeRoom(
        for request: RefusedRequest, _ caps: QuarantineCaps, _ change: inout QuarantineChange
    ) throws(SQLiteError) -> Bool {
        let share = Limits.quarantineRouteShare
        let (routeRequests, routeBytes) = (max(caps.requests / share, 1), caps.bytes / share)
        guard caps.requests > 0, request.weight <= routeBytes else { return false }
        while true {
            let own = routes[request.route] ?? Route()
            let fitsRoute = own.load.fits(request.weight, requests: routeRequests, bytes: routeBytes)
            if fitsRoute, total.fits(request.weight, requests: caps.requests, bytes: caps.bytes) { return true }
            guard let (route, origin) = giver(for: request, isOwnRoute: !fitsRoute, caps) else { return false }
            let newest: QuarantineID? = try selectNewest.first({
                $0.add(route)
                $0.add(origin.raw)
            }) { $0.id(0) }
            guard let newest, try remove(newest) else {
                throw .damaged("the quarantine is not as its index says")
            }
            change.dropped += 1
        }
    }

    /// Whose newest request gives way; nil for the newcomer itself.
    private func giver(
        for request: RefusedRequest, isOwnRoute: Bool, _ caps: QuarantineCaps
    ) -> (RouteID, RefusedRequest.Origin)? {
        var route = request.route
        if !isOwnRoute {
            var own = routes[route]?.load ?? Load()
            own.add(request.weight)
            let most = routes.max { $0.value.load.share(of: caps) < $1.value.load.share(of: caps) }
            if let most, most.value.load.share(of: caps) > own.share(of: caps) { route = most.key }
        }
        guard let place = routes[route] else { return nil }
        func rank(_ origin: RefusedRequest.Origin, _ load: Load) -> (Int, Double) {
            (origin.isHopeless ? 1 : 0, load.share(of: caps))
        }
        guard let most = place.origins.max(by: { rank($0.key, $0.value) < rank($1.key, $1.value) }) else { return nil }
        if route == request.route {
            var own = place.origins[request.origin] ?? Load()
            own.add(request.weight)
            guard rank(most.key, most.value) > rank(request.origin, own) else { return nil }
        }
        return (route, most.key)
    }
}
