import Domain
import Ledgers
import Testing

@Suite("Every ledger, claiming", .timeLimit(.minutes(1)))
struct ClaimTests {
    @Test(arguments: LedgerKind.allCases)
    func `gives what is due, oldest due time first`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let first = try scene.accept(try scene.event("1"))
        scene.pass(.seconds(1))
        let second = try scene.accept(try scene.event("2"))
        let claimed = try scene.claim().deliveries
        #expect(claimed.map(\.id.event) == [first, second])
        #expect(claimed.map(\.url) == ["http://127.0.0.1:9000/billing", "http://127.0.0.1:9000/billing"])
        #expect(claimed.map(\.attempts) == [0, 0])
    }

    @Test(arguments: LedgerKind.allCases)
    func `gives nothing twice`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        _ = try scene.accept(try scene.event("1"))
        #expect(try scene.claim().deliveries.count == 1)
        let again = try scene.claim()
        #expect(again.deliveries.isEmpty)
        #expect(again.nextDue == nil)
    }

    @Test(arguments: LedgerKind.allCases)
    func `gives each subscriber its own`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let id = try scene.accept(try scene.event("1"), to: [2, 0])
        #expect(try scene.claim(0).deliveries.map(\.id) == [DeliveryID(event: id, ordinal: 2)])
        #expect(try scene.claim(1).deliveries.isEmpty)
        #expect(try scene.claim(2).deliveries.map(\.id) == [DeliveryID(event: id, ordinal: 1)])
    }

    @Test(arguments: LedgerKind.allCases)
    func `leaves what the poster holds already`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        _ = try scene.accept(try scene.event("1"), claimed: true)
        #expect(try scene.claim().deliveries.isEmpty)
    }

    @Test(arguments: LedgerKind.allCases)
    func `waits for the time of a retry`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let id = DeliveryID(event: try scene.accept(try scene.event("1"), claimed: true), ordinal: 1)
        let due = scene.now + .seconds(5)
        try scene.settle(id, outcome: .connect, next: .retry(at: due))
        let early = try scene.claim()
        #expect(early.deliveries.isEmpty)
        #expect(early.nextDue == due)
        scene.pass(.seconds(5))
        let claimed = try scene.claim().deliveries
        #expect(claimed.map(\.id) == [id])
        #expect(claimed.map(\.attempts) == [1])
        #expect(claimed.map(\.dueAt) == [due])
    }

    @Test(arguments: LedgerKind.allCases)
    func `stops at the count and says that more is due`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        for number in 0..<5 { _ = try scene.accept(try scene.event("\(number)")) }
        let claimed = try scene.claim(most: 3)
        #expect(claimed.deliveries.count == 3)
        #expect(try #require(claimed.nextDue) <= scene.now)
        #expect(try scene.claim(most: 3).deliveries.count == 2)
    }

    @Test(arguments: LedgerKind.allCases)
    func `stops at the bytes, but gives one however large`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let large = String(repeating: "x", count: 10_000)
        for number in 0..<4 { _ = try scene.accept(try scene.event("\(number)", body: large)) }
        #expect(try scene.claim(mostBytes: 100).deliveries.count == 1)
        #expect(try scene.claim(mostBytes: 25_000).deliveries.count == 2)
        #expect(try scene.claim(most: 0).deliveries.isEmpty)
        #expect(try scene.claim().deliveries.count == 1)
    }

    @Test(arguments: LedgerKind.allCases)
    func `says what the next one needs when a strict claim does not cover it`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        for (number, length) in [10, 10_000].enumerated() {
            _ = try scene.accept(try scene.event("\(number)", body: String(repeating: "x", count: length)))
        }
        let small = try scene.claim(mostBytes: 5000, isStrict: true)
        #expect(small.deliveries.count == 1 && small.needed == nil)
        let large = try scene.claim(mostBytes: 5000, isStrict: true)
        #expect(large.deliveries.isEmpty)
        #expect(try #require(large.nextDue) <= scene.now)
        let needed = try #require(large.needed)
        #expect((10_000..<11_000).contains(needed))
        #expect(try scene.claim(mostBytes: needed - 1, isStrict: true).needed == needed)
        #expect(try scene.claim(mostBytes: needed, isStrict: true).deliveries.count == 1)
    }

    @Test(arguments: LedgerKind.allCases)
    func `gives released deliveries again, in their old place`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let first = DeliveryID(event: try scene.accept(try scene.event("1"), claimed: true), ordinal: 1)
        scene.pass(.seconds(1))
        let second = DeliveryID(event: try scene.accept(try scene.event("2")), ordinal: 1)
        _ = try scene.commit([.release([first])])
        let claimed = try scene.claim().deliveries
        #expect(claimed.map(\.id) == [first, second])
        #expect(claimed.map(\.attempts) == [0, 0])
    }

    @Test(arguments: LedgerKind.allCases)
    func `gives a paused subscriber nothing until it is resumed`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        _ = try scene.accept(try scene.event("1"), to: [0, 1])
        _ = try scene.commit([.pause(scene.subscriber(0), paused: true, reason: "maintenance")])
        #expect(try scene.claim(0).deliveries.isEmpty)
        #expect(try scene.claim(0).nextDue == nil)
        #expect(try scene.claim(1).deliveries.count == 1)
        try scene.restart()
        #expect(scene.ids.routes[0].subscribers.map(\.paused) == ["maintenance", nil, nil])
        #expect(try scene.claim(0).deliveries.isEmpty)
        _ = try scene.commit([.pause(scene.subscriber(0), paused: false, reason: "")])
        #expect(try scene.claim(0).deliveries.count == 1)
    }

    @Test(arguments: LedgerKind.allCases)
    func `keeps the URL that an event was accepted for`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let before = scene.ids
        _ = try scene.accept(try scene.event("1"))
        scene.ids = try scene.ledger.register(
            Directory(routes: [(name: "shop", subscribers: [.init(name: "billing", url: "http://127.0.0.1:9001/new")])])
        )
        #expect(scene.subscriber(0) == before.routes[0].subscribers[0].subscriber)
        #expect(scene.endpoint(0) != before.routes[0].subscribers[0].endpoint)
        _ = try scene.accept(try scene.event("2"))
        #expect(
            try scene.claim().deliveries.map(\.url) == ["http://127.0.0.1:9000/billing", "http://127.0.0.1:9001/new"])
    }

    @Test(arguments: LedgerKind.allCases)
    func `gives the same ids to the same names`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let before = scene.ids.routes[0].subscribers.map { [$0.subscriber.raw, $0.endpoint.raw] }
        try scene.restart()
        #expect(scene.ids.routes[0].subscribers.map { [$0.subscriber.raw, $0.endpoint.raw] } == before)
    }

    @Test(arguments: LedgerKind.allCases)
    func `records an attempt once, however often it is reported`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let id = DeliveryID(event: try scene.accept(try scene.event("1"), claimed: true), ordinal: 1)
        for _ in 0..<3 { try scene.settle(id, outcome: .http, next: .retry(at: scene.now)) }
        #expect(try scene.claim().deliveries.map(\.attempts) == [1])
        for _ in 0..<3 { try scene.settle(id, number: 2) }
        let counts = try #require(try scene.ledger.statistics().deliveries[scene.subscriber(0)])
        #expect(counts == [.pending: 0, .delivered: 1, .dead: 0])
    }

    @Test(arguments: LedgerKind.allCases)
    func `keeps an attempt that the schedule does not count, and tells that it does not`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let id = DeliveryID(event: try scene.accept(try scene.event("1"), claimed: true), ordinal: 1)
        try scene.settle(id, number: 1, outcome: .http, next: .retry(at: scene.now))
        #expect(try scene.claim().deliveries.map(\.attemptsBefore) == [0])
        for _ in 0..<2 { try scene.settle(id, number: 2, outcome: .reset, next: .again(at: scene.now)) }
        let again = try #require(try scene.claim().deliveries.first)
        #expect((again.attempts, again.attemptsBefore) == (2, 1))
        try scene.settle(id, number: 3, outcome: .http, next: .retry(at: scene.now))
        let third = try #require(try scene.claim().deliveries.first)
        #expect((third.attempts, third.attemptsBefore) == (3, 1))
    }

    @Test(arguments: LedgerKind.allCases)
    func `gives the same object to lanes that ask for the same event`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        _ = try scene.accept(try scene.event("1"), to: [0, 1])
        let first = try #require(try scene.claim(0).deliveries.first)
        let second = try #require(try scene.claim(1).deliveries.first)
        #expect(first.event === second.event)
    }
}
