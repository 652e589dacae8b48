internal import Domain

/// How the index helped a search that asked for it.
package enum IndexUse: String, Sendable, CaseIterable {
    case used
    /// There is none, or it is not made yet: rows were read.
    case absent
    /// It follows too far behind for what was asked: rows were read.
    case behind
    /// Rows were read; it is made again by a gateway that runs.
    case damaged
}

/// A search by way of the index: what came after it is read, and so is what it has given up.
extension LedgerReader {
    /// A search of one moment; once more by reading rows when the index fails on the way.
    func search<Found>(_ body: () throws(SQLiteError) -> Found) throws(LedgerError) -> Found {
        // Before anything is read of the ledger: what is in neither would be missed.
        (index, indexUse) = ignoresIndex ? (nil, .absent) : Self.index(of: path)
        defer { index = nil }
        return try snapshot { () throws(SQLiteError) in
            do throws(SQLiteError) { return try body() } catch {
                guard let index, index.hasFailed(error) else { throw error }
                (self.index, indexUse) = (nil, error.isDamage ? .damaged : .absent)
                return try body()
            }
        }
    }

    private static func index(of path: String) -> (SearchReader?, IndexUse) {
        do throws(SQLiteError) {
            guard let index = try SearchReader(of: path) else { return (nil, .absent) }
            return (index, .used)
        } catch {
            return (nil, error.isDamage ? .damaged : .absent)
        }
    }

    /// Nil when rows are to be read: without one, or when nothing is asked that it would help with.
    private func index(for needs: [SearchNeed]) throws(SQLiteError) -> SearchReader? {
        guard !needs.isEmpty else { return nil }
        isIndexNeeded = true
        guard let index else { return nil }
        if try index.place.isOf(database) { return index }
        indexUse = .absent
        return nil
    }

    // MARK: Events

    func find(
        _ query: EventQuery, from since: EventID, before until: EventID, limit: Int, routes: Set<RouteID>
    ) throws(SQLiteError) -> (ids: [EventID], next: EventID?) {
        let isWanted = { (row: borrowing Row) in
            let isFound =
                query.containing.map { text in
                    (text.isFound(in: row.buffer(5)) || text.isFound(in: row.buffer(6))) && row.isNull(7)
                } ?? true
            return isFound && Self.wants(row, query, routes)
        }
        func read(_ from: EventID, _ before: EventID, _ limit: Int) throws(SQLiteError) -> (
            ids: [EventID], next: EventID?
        ) {
            let bind = { (values: inout Values) in
                values.add(before)
                values.add(from)
            }
            guard query.containing != nil else {
                return try scan(limit: limit, bind, scanEvents) { ($0.id(0), isWanted($0)) }
            }
            // Bodies take their time.
            return try scan(limit: limit, stride: 1, bind, scanEventTexts) { ($0.id(0), isWanted($0)) }
        }
        guard let index = try index(for: Self.needs(query, routes)) else {
            return try read(since, until, limit)
        }
        return try search(
            index, Self.needs(query, routes), from: since, before: until, limit: Self.clamp(limit), read: read,
            pick: { event, left throws(SQLiteError) in try read(event, EventID(event.raw + 1), left).ids },
            place: { $0 })
    }

    private static func needs(_ query: EventQuery, _ routes: Set<RouteID>) -> [SearchNeed] {
        var needs: [SearchNeed] = []
        if let id = query.providerID { needs.append(.term(SearchTerm.bytes(.providerID, id.buffer))) }
        if let need = query.containing.flatMap(SearchNeed.text) { needs.append(need) }
        if let range = query.source { needs.append(.source(range)) }
        if let need = SearchNeed.types(query.types) { needs.append(need) }
        if query.route != nil || query.within != nil {
            needs.append(.anyTerm(routes.map { SearchTerm.bytes(.route, $0.raw) }))
        }
        return needs
    }

    // MARK: Deliveries

    /// Nil when the index does not help.
    func findByIndex(
        _ query: DeliveryQuery, from since: EventID, before until: DeliveryID, limit: Int,
        _ names: ReaderDirectory.Names, _ matches: (borrowing Row) -> (id: DeliveryID, isWanted: Bool)
    ) throws(SQLiteError) -> (ids: [DeliveryID], next: DeliveryID?)? {
        var isBehind = false
        let needs = try needs(query, names, &isBehind)
        guard let index = try index(for: needs) else {
            if isBehind { indexUse = .behind }
            return nil
        }
        func read(
            _ from: EventID, _ before: EventID, _ limit: Int
        ) throws(SQLiteError) -> (ids: [DeliveryID], next: DeliveryID?) {
            try scan(
                limit: limit, stride: query.containing == nil ? 256 : 1,
                {
                    $0.add(min(until, DeliveryID(event: before, ordinal: 0)))
                    $0.add(from)
                }, scanDeliveries, matches)
        }
        let end = until.ordinal > 0 && until.event.raw < .max ? EventID(until.event.raw + 1) : until.event
        return try search(
            index, needs, from: since, before: end, limit: Self.clamp(limit), read: read,
            pick: { event, left throws(SQLiteError) in try read(event, EventID(event.raw + 1), left).ids },
            place: { DeliveryID(event: $0, ordinal: 0) })
    }

    private func needs(
        _ query: DeliveryQuery, _ names: ReaderDirectory.Names, _ isBehind: inout Bool
    ) throws(SQLiteError) -> [SearchNeed] {
        var needs: [SearchNeed] = []
        if let id = query.providerID { needs.append(.term(SearchTerm.bytes(.providerID, id.buffer))) }
        if let need = query.containing.flatMap(SearchNeed.text) { needs.append(need) }
        if let range = query.source { needs.append(.source(range)) }
        let asksForClass =
            query.subscriber != nil || query.state != nil || query.outcome != nil || query.status != nil
        if asksForClass { isIndexNeeded = true }
        if asksForClass, let index {
            let changed = try changed(since: index.place)
            isBehind = changed == nil
            if let changed {
                let subscribers = names.subscribers(route: query.route, within: query.within, name: query.subscriber)
                let numbers = try index.classes { query.wants($0, subscribers[$0.subscriber]) }
                needs.append(.deliveries(SearchedClasses(numbers: numbers, changed: changed)))
            }
        }
        if let need = query.type.flatMap({ SearchNeed.types(EventFilter([$0])) }) { needs.append(need) }
        if query.route != nil || query.within != nil {
            let routes = names.routes(named: query.route, within: query.within)
            needs.append(.anyTerm(routes.map { SearchTerm.bytes(.route, $0.raw) }))
        }
        return needs
    }

    /// Attempts and actions that the index need not have followed yet.
    private static var mostUnfollowed: Int { 100_000 }

    /// Events with deliveries that changed meanwhile; nil when they are too many.
    private func changed(since place: SearchPlace) throws(SQLiteError) -> [EventID]? {
        var (events, count, actions): (Set<EventID>, Int, Int) = ([], 0, 0)
        try Statement("SELECT event FROM attempts WHERE id > ? ORDER BY id", on: database).forEach({
            $0.add(place.attempts)
        }) { row in
            count += 1
            if row.id(0) <= place.last { events.insert(row.id(0)) }
            return count <= Self.mostUnfollowed
        }
        try SearchPlace.forEachTouched(after: place.actions, most: Self.mostUnfollowed / 100, in: database) {
            if $0.event <= place.last { events.insert($0.event) }
        } redacted: { _ in
        } seen: { _ in
            actions += 1
        }
        let isNear = count <= Self.mostUnfollowed && actions < Self.mostUnfollowed / 100
        return isNear ? events.sorted() : nil
    }

    // MARK: One after the other

    /// - Parameters:
    ///   - read: of rows, from an event on and before another, so many at most.
    ///   - pick: what of one event is wanted, so many at most.
    ///   - place: behind everything from this event on.
    private func search<Found: Sendable>(
        _ index: SearchReader, _ needs: [SearchNeed], from since: EventID, before until: EventID, limit: Int,
        read: (EventID, EventID, Int) throws(SQLiteError) -> (ids: [Found], next: Found?),
        pick: (EventID, Int) throws(SQLiteError) -> [Found], place: (EventID) -> Found
    ) throws(SQLiteError) -> (ids: [Found], next: Found?) {
        var found: [Found] = []
        let (first, end) = (EventID(index.place.first.raw + 1), EventID(index.place.last.raw + 1))
        if until > end {
            let part = try read(max(since, end), until, limit)
            if part.next != nil { return part }
            found = part.ids
        }
        var (next, seen): (Found?, Int) = (nil, 0)
        let deadline = clock.monotonic() + Self.patience
        let isLate = { [clock] in clock.monotonic() >= deadline }
        let late = try index.walk(needs, from: max(since, first), before: min(until, end), isLate: isLate) {
            event throws(SQLiteError) in
            found += try pick(event, limit - found.count)
            seen += 1
            if found.count == limit { next = found.last } else if seen % 64 == 0, isLate() { next = place(event) }
            return next == nil
        }
        if let next = next ?? late.map(place) { return (found, next) }
        guard since < first, index.place.first.raw > 0 else { return (found, nil) }
        let part = try read(since, min(until, first), limit - found.count)
        return (found + part.ids, part.next)
    }
}

extension DeliveryQuery {
    fileprivate func wants(_ one: DeliveryClass, _ subscriber: ReaderDirectory.Subscriber?) -> Bool {
        guard let subscriber else { return false }
        let isState =
            switch state {
            case .pending: one.state == 0 && !subscriber.isHeld
            case .held: one.state == 0 && subscriber.isHeld
            case .delivered, .dead: one.state == state.map { Int64($0.rawValue) }
            case nil: true
            }
        return isState && (outcome.map { one.outcome == Int64($0.rawValue) } ?? true)
            && (status.map { one.outcome != nil && one.status == Int64($0) } ?? true)
    }
}
