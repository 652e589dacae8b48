import Domain
import Ledgers
import Testing

@Suite("What became of what was received", .timeLimit(.minutes(1)))
struct ReconciliationTests {
    private let billing = "billing"

    @Test func `each event is counted once for each of its subscribers, by where it ended`() throws {
        let scene = try Scene()
        _ = try scene.accept(try scene.event(), to: [])
        _ = try scene.accept(try scene.event(), to: [0, 1])
        _ = try scene.delivered()
        _ = try scene.dead()
        _ = try scene.operate(.discard(try scene.dead()))
        let cancelled = DeliveryID(event: try scene.accept(try scene.event()), ordinal: 1)
        _ = try scene.operate(.cancel(cancelled))
        _ = try scene.operate(.pause(scene.subscriber(1)))
        scene.pass(.seconds(1))
        let found = try scene.count()
        let route = try #require(found.routes["shop"])
        #expect(route.events == 6 && route.unmatched == 1 && route.expected == 6)
        let counts = try #require(found.subscribers.first { $0.key.subscriber == billing }?.value)
        #expect(counts.received == 5 && counts.addsUp)
        #expect(counts.pending == 1 && counts.delivered == 1 && counts.dead == 1)
        #expect(counts.discarded == 1 && counts.cancelled == 1)
        let stock = try #require(found.subscribers.first { $0.key.subscriber == "stock" }?.value)
        #expect(stock.held == 1 && stock.received == 1)
    }

    @Test func `a dead event that a replay brought home is delivered`() throws {
        let scene = try Scene()
        let id = try scene.dead()
        _ = try scene.step(try scene.start(.replay, DeliveryQuery(state: .dead)))
        scene.pass(.seconds(1))
        #expect(try scene.billing().pending == 1)
        try scene.settle(DeliveryID(event: id.event, ordinal: 2))
        #expect(try scene.billing().delivered == 1)
        #expect(try scene.billing().dead == 0)
        #expect(try scene.billing().replays == 1)
        #expect(try scene.billing().addsUp)
    }

    @Test func `a window has its first moment and not its last`() throws {
        let scene = try Scene()
        _ = try scene.dead()
        scene.pass(.seconds(10))
        let middle = scene.now
        _ = try scene.dead()
        scene.pass(.seconds(10))
        #expect(try scene.count(since: middle).routes["shop"]?.events == 1)
        #expect(try scene.count(until: middle).routes["shop"]?.events == 1)
        #expect(try scene.count(route: "other").routes.isEmpty)
    }

    @Test(arguments: [
        "UPDATE deliveries SET state = 9", "UPDATE deliveries SET state = 1, subscriber = 2 WHERE ordinal = 2",
        "DELETE FROM deliveries",
    ])
    func `what somebody changed does not add up`(_ sql: String) throws {
        let scene = try Scene()
        let id = try scene.dead()
        _ = try scene.step(try scene.start(.replay, DeliveryQuery(state: .dead)))
        try scene.settle(DeliveryID(event: id.event, ordinal: 2))
        scene.pass(.seconds(1))
        try execute(sql, on: scene.path)
        let found = try scene.count()
        let received = found.subscribers.values.map(\.received).reduce(0, +)
        #expect(!found.subscribers.values.allSatisfy(\.addsUp) || received != found.routes["shop"]?.expected)
    }
}

extension Scene {
    func count(route: String? = nil, since: WallTime? = nil, until: WallTime? = nil) throws -> Reconciliation {
        try reader().reconcile(route: route, since: since, until: until ?? now, after: nil)
    }

    func billing() throws -> Reconciliation.Subscriber {
        try #require(try count().subscribers.first { $0.key.subscriber == "billing" }?.value)
    }
}
