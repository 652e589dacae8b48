import Domain
import Ledgers
import Testing

@Suite("Jobs", .timeLimit(.minutes(1)))
struct JobTests {
    @Test func `a replay is a new delivery of the same event to where its subscriber is now`() throws {
        let scene = try Scene()
        let id = try scene.dead()
        scene.ids = try scene.ledger.register(
            Directory(routes: [(name: "shop", subscribers: [.init(name: "billing", url: "http://127.0.0.1:2/new")])]))
        let job = try scene.start(.replay, DeliveryQuery(state: .dead))
        #expect(try scene.step(job).changed == 1)
        let claimed = try #require(try scene.claim().deliveries.first)
        #expect(claimed.id == DeliveryID(event: id.event, ordinal: 2))
        #expect(claimed.replayOf == id)
        #expect(claimed.url == "http://127.0.0.1:2/new")
        #expect(claimed.attempts == 0)
        #expect(try scene.row(claimed.id).replayOf == id)
        #expect(try scene.verify().fault == nil)
    }

    @Test func `nothing is replayed twice by one job, nor what it made itself`() throws {
        let scene = try Scene()
        let id = try scene.dead()
        let job = try scene.start(.replay, DeliveryQuery(route: "shop"))
        #expect(try scene.step(job, most: 1).changed == 1)
        let new = DeliveryID(event: id.event, ordinal: 2)
        try scene.settle(new)
        #expect(try scene.step(job).changed == 0)
        #expect(try scene.reader().job(job)?.state == .done)
        let again = try scene.start(.replay, DeliveryQuery(state: .dead))
        #expect(try scene.candidates(again).ids.isEmpty, "a later delivery of it arrived")
    }

    @Test func `what is still pending is neither doubled nor overtaken`() throws {
        let scene = try Scene()
        let event = try scene.accept(try scene.event(), to: [0, 1])
        let dead = try scene.dead()
        let job = try scene.start(.replay, DeliveryQuery(route: "shop"))
        let found = try scene.candidates(job)
        #expect(found.ids.count == 3)
        #expect(found.pending == 2)
        #expect(try scene.step(job).changed == 1)
        let row = try #require(try scene.reader().job(job))
        #expect(row.done == 1 && row.skipped == 2)
        #expect(try scene.row(DeliveryID(event: dead.event, ordinal: 2)).state == .pending)
        #expect(try scene.reader().delivery(DeliveryID(event: event, ordinal: 3)) == nil)
    }

    @Test func `a delivery that became pending between the look and the step is passed over`() throws {
        let scene = try Scene()
        let id = try scene.dead()
        let job = try scene.start(.replay, DeliveryQuery(state: .dead))
        _ = try scene.operate(.retry(id))
        let step = JobStep(job: job, candidates: [id], place: id, isLast: true)
        #expect(try scene.operate(.advance(step)) == .done(changed: 0, subscribers: []))
        #expect(try scene.reader().job(job)?.skipped == 1)
    }

    @Test func `it goes on where it was after a restart`() throws {
        let scene = try Scene()
        let ids = try (0..<5).map { try scene.dead("\($0)") }
        let job = try scene.start(.replay, DeliveryQuery(state: .dead))
        #expect(try scene.step(job, most: 2).changed == 2)
        try scene.restart()
        let running = try #require(try scene.reader().runningJobs().first)
        #expect(running.id == job && running.place == ids[1] && running.done == 2)
        #expect(try scene.step(job, most: 2).changed == 2)
        #expect(try scene.step(job, most: 2).changed == 1)
        #expect(try scene.claim().deliveries.map(\.id) == ids.map { DeliveryID(event: $0.event, ordinal: 2) })
        #expect(try scene.reader().runningJobs().isEmpty)
        #expect(try scene.verify().fault == nil)
    }

    @Test func `one that was cancelled does nothing more`() throws {
        let scene = try Scene()
        let id = try scene.dead()
        let job = try scene.start(.replay, DeliveryQuery(state: .dead))
        #expect(try scene.operate(.stop(job)) == .done(changed: 0, subscribers: []))
        let step = JobStep(job: job, candidates: [id], place: id, isLast: true)
        #expect(try scene.operate(.advance(step)) == .refused(.jobEnded))
        #expect(try scene.operate(.stop(job)) == .refused(.jobEnded))
        #expect(try scene.operate(.stop(JobID(77))) == .refused(.noSuchJob))
        #expect(try scene.reader().job(job)?.state == .stopped)
    }

    @Test func `retries the dead, but for those that were discarded`() throws {
        let scene = try Scene()
        let ids = try (0..<3).map { try scene.dead("\($0)") }
        _ = try scene.operate(.discard(ids[1]))
        let job = try scene.start(.retry, DeliveryQuery(subscriber: "billing"))
        #expect(try scene.step(job).changed == 2)
        #expect(try scene.claim().deliveries.map(\.id) == [ids[0], ids[2]])
    }

    @Test func `cancels what waits, but for what is dead or being sent`() throws {
        let scene = try Scene()
        let dead = try scene.dead()
        let events = try (0..<3).map { _ in try scene.accept(try scene.event()) }
        let sent = DeliveryID(event: try scene.accept(try scene.event(), claimed: true), ordinal: 1)
        let other = DeliveryID(event: try scene.accept(try scene.event(), to: [1]), ordinal: 1)
        let job = try scene.start(.cancel, DeliveryQuery(subscriber: "billing"))
        #expect(try scene.step(job, most: 2).changed == 2)
        #expect(try scene.step(job).changed == 1)
        let row = try #require(try scene.reader().job(job))
        #expect(row.state == .done && row.done == 3 && row.skipped == 1)
        for event in events {
            let row = try scene.row(DeliveryID(event: event, ordinal: 1))
            #expect(row.state == .dead && row.closure == .cancelled)
        }
        #expect(try scene.row(dead).closure == nil)
        #expect(try scene.row(sent).state == .pending && scene.row(other).state == .pending)
        #expect(try scene.ledger.statistics().deliveries[scene.subscriber(0)]?[.pending] == 1)
        #expect(try scene.verify().fault == nil)
    }

    @Test func `cancels what is held for a subscriber that is gone`() throws {
        let scene = try Scene()
        let id = DeliveryID(event: try scene.accept(try scene.event()), ordinal: 1)
        scene.ids = try scene.ledger.register(Directory(routes: [(name: "shop", subscribers: [])]))
        let active = try scene.start(.cancel, DeliveryQuery(subscriber: "billing", state: .pending))
        #expect(try scene.step(active).changed == 0)
        let job = try scene.start(.cancel, DeliveryQuery(subscriber: "billing", state: .held))
        #expect(try scene.step(job).changed == 1)
        #expect(try scene.row(id).closure == .cancelled)
    }

    static let selections: [(String, DeliveryQuery, [Int])] = [
        ("all", DeliveryQuery(), [0, 1, 2, 3]),
        ("a subscriber", DeliveryQuery(subscriber: "stock"), [2]),
        ("another route", DeliveryQuery(route: "other"), []),
        ("a state", DeliveryQuery(state: .delivered), [3]),
        ("from a time on", DeliveryQuery(since: WallTime(seconds: 1_700_000_020)), [2, 3]),
        ("until a time", DeliveryQuery(until: WallTime(seconds: 1_700_000_010)), [0]),
        ("a type", DeliveryQuery.of { $0.type = "order.*" }, [0, 1, 2, 3]),
        ("no such type", DeliveryQuery.of { $0.type = "refund.*" }, []),
        ("an outcome", DeliveryQuery.of { $0.outcome = .connect }, [0, 1, 2]),
        ("a status", DeliveryQuery.of { $0.status = 200 }, [3]),
    ]

    @Test(arguments: selections)
    func `selects as the search does`(_ name: String, _ query: DeliveryQuery, _ expected: [Int]) throws {
        let scene = try Scene()
        var ids: [DeliveryID] = []
        for place in 0..<4 {
            ids.append(place < 3 ? try scene.dead(of: place == 2 ? 1 : 0) : try scene.delivered())
            scene.pass(.seconds(10))
        }
        let order = JobOrder(kind: .replay, selection: query, rate: Rate(count: 1, per: .seconds(1)))
        let found = try scene.reader().candidates(order, of: nil, after: nil, most: 100)
        #expect(found.ids == expected.map { ids[$0] })
        #expect(found.isLast)
        let listed = try scene.reader().deliveries(query, after: nil, limit: 100).rows.map(\.id)
        #expect(listed == expected.reversed().map { ids[$0] })
    }

    @Test func `a selection is on record in words that a reader of clocks understands`() {
        let query = DeliveryQuery(
            route: "shop", since: WallTime(seconds: 1_700_000_000), until: WallTime(seconds: 1_700_000_060))
        #expect(
            query.text == "route=shop since=2023-11-14T22:13:20.000000Z until=2023-11-14T22:14:20.000000Z")
    }

    @Test func `selects events by name`() throws {
        let scene = try Scene()
        let ids = try (0..<4).map { try scene.dead("\($0)") }
        let query = DeliveryQuery.of { $0.events = [ids[2].event, ids[0].event] }
        let job = try scene.start(.replay, query)
        #expect(try scene.reader().job(job)?.order.selection.events == query.events)
        #expect(try scene.step(job, most: 1).changed == 1)
        #expect(try scene.step(job, most: 1).changed == 1)
        #expect(try scene.step(job, most: 1).changed == 0)
        #expect(
            try scene.claim().deliveries.map(\.id) == [0, 2].map { DeliveryID(event: ids[$0].event, ordinal: 2) })
    }

    @Test(arguments: [
        ("DELETE FROM deliveries WHERE ordinal = 2", ChainFault.Change.missing),
        ("UPDATE deliveries SET made_by = 1 WHERE ordinal = 2", .inserted),
        ("UPDATE deliveries SET replay_of = 0 WHERE ordinal = 2", .inserted),
        ("UPDATE deliveries SET endpoint = 2, subscriber = 2 WHERE ordinal = 2", .inserted),
    ])
    func `an edit of a replay is told`(_ sql: String, _ change: ChainFault.Change) throws {
        let scene = try Scene()
        let id = try scene.dead()
        _ = try scene.step(try scene.start(.replay, DeliveryQuery(state: .dead)))
        try execute(sql, on: scene.path)
        #expect(try scene.verify().fault == .delivery(DeliveryID(event: id.event, ordinal: 2), change))
    }
}

extension DeliveryQuery {
    static func of(_ change: (inout DeliveryQuery) -> Void) -> DeliveryQuery {
        var query = DeliveryQuery()
        change(&query)
        return query
    }
}

extension Scene {
    func reader() throws -> LedgerReader { try LedgerReader(path: path) }

    func delivered() throws -> DeliveryID {
        let id = DeliveryID(event: try accept(try event(), claimed: true), ordinal: 1)
        try settle(id)
        return id
    }

    func start(_ kind: JobKind, _ query: DeliveryQuery) throws -> JobID {
        let order = JobOrder(kind: kind, selection: query, rate: Rate(count: 20, per: .seconds(1)))
        guard case .started(let id) = try operate(.start(order)) else { throw Unexpected() }
        return id
    }

    func candidates(_ id: JobID, most: Int = 100) throws -> Candidates {
        let job = try #require(try reader().job(id))
        return try reader().candidates(job.order, of: id, after: job.place, most: most)
    }

    /// As the gateway takes it.
    func step(_ id: JobID, most: Int = 100) throws -> (changed: Int, subscribers: Set<SubscriberID>) {
        let found = try candidates(id, most: most)
        let step = JobStep(job: id, candidates: found.ids, place: found.place, isLast: found.isLast)
        guard case .done(let changed, let subscribers) = try operate(.advance(step)) else { throw Unexpected() }
        return (changed, subscribers)
    }
}
