import Domain
import Foundation
import Ledgers
import Synchronization
import Testing

@Suite("The reader", .timeLimit(.minutes(1)))
struct ReaderTests {
    let scene: Scene
    let reader: LedgerReader

    init() throws {
        scene = try Scene()
        reader = try LedgerReader(path: scene.directory.file("ledger.db"))
    }

    func ids(_ query: EventQuery = EventQuery(), limit: Int = 100) throws -> [EventID] {
        try reader.events(query, after: nil, limit: limit).rows.map(\.id)
    }

    @Test func `lists events newest first, page by page`() throws {
        let all = try (0..<25).map { try scene.accept(try scene.event("\($0)")) }
        var pages: [[EventID]] = []
        var next: EventID?
        repeat {
            let page = try reader.events(EventQuery(), after: next, limit: 10)
            pages.append(page.rows.map(\.id))
            next = page.next
        } while next != nil
        #expect(pages.map(\.count) == [10, 10, 5])
        #expect(pages.flatMap { $0 } == all.reversed())
    }

    @Test func `shows an event's row`() throws {
        let first = try scene.accept(try scene.event("a", body: "1"), dedup: DedupTests.day)
        let event = try scene.event("a", body: "22")
        let id = try scene.accept(event, to: [0, 1, 2], claimed: true, dedup: DedupTests.day)
        try scene.settle(DeliveryID(event: id, ordinal: 1))
        try scene.settle(DeliveryID(event: id, ordinal: 2), of: 1, outcome: .http, next: .dead)
        let row = try #require(try reader.events(EventQuery(), after: nil, limit: 1).rows.first)
        #expect(row.id == id)
        #expect(row.route == "shop")
        #expect(row.receivedAt == scene.now)
        #expect(row.source == event.source)
        #expect(row.providerID == Bytes("a"))
        #expect(row.type == Bytes("order.paid"))
        #expect(row.bodyBytes == 2)
        #expect(row.bodyDigest == event.bodyDigest)
        #expect(row.coverage == .full)
        #expect(row.provenBy == "SECRET")
        #expect(row.conflictsWith == first)
        #expect(row.deliveries == [.delivered: 1, .dead: 1, .pending: 1])
    }

    @Test func `narrows events by route, type, provider's id and time`() throws {
        let old = try scene.accept(try scene.event("x", body: "old"))
        scene.pass(.seconds(60))
        let middle = try scene.accept(try scene.event("y", type: "refund.made"))
        let time = scene.now
        scene.pass(.seconds(60))
        let other = try scene.accept(try scene.event("x", body: "other", route: 1, type: nil))
        #expect(try ids() == [other, middle, old])
        #expect(try ids(EventQuery(route: "shop")) == [middle, old])
        #expect(try ids(EventQuery(route: "none")) == [])
        #expect(try ids(EventQuery(types: EventFilter(["refund.*"]))) == [middle])
        #expect(try ids(EventQuery(providerID: Bytes("x"))) == [other, old])
        #expect(try ids(EventQuery(route: "shop", providerID: Bytes("x"))) == [old])
        #expect(try ids(EventQuery(since: time)) == [other, middle])
        #expect(try ids(EventQuery(until: time)) == [old])
        #expect(try ids(EventQuery(since: time, until: time + .seconds(1))) == [middle])
    }

    @Test func `finds every event with a provider's id, of every route and rule`() throws {
        let first = try scene.accept(try scene.event("a", body: "1"), to: [], dedup: DedupTests.day)
        let second = try scene.accept(try scene.event("a", body: "2"), to: [], dedup: DedupTests.day)
        let repeated = try scene.accept(try scene.event("a", body: "1", route: 1, type: "refund.made"), to: [])
        let again = try scene.accept(try scene.event("a", body: "1", route: 1), to: [])
        #expect(try ids(EventQuery(providerID: Bytes("a"))) == [again, repeated, second, first])
        #expect(try ids(EventQuery(types: EventFilter(["refund.*"]), providerID: Bytes("a"))) == [repeated])
        #expect(try ids(EventQuery(types: EventFilter(["none"]), providerID: Bytes("a"))) == [])
    }

    @Test func `gives up a long search and says where to go on`() throws {
        let wanted = try scene.accept(try scene.event("wanted"), to: [])
        _ = try scene.commit(try (0..<600).map { scene.entry(try scene.event("\($0)"), to: []) })
        let hasty = try LedgerReader(path: scene.directory.file("ledger.db"), clock: Impatience())
        var found: [EventID] = []
        var pages = 0
        var next: EventID?
        repeat {
            let page = try hasty.events(EventQuery(route: "shop", since: nil), after: next, limit: 1000)
            found += page.rows.map(\.id)
            next = page.next
            pages += 1
        } while next != nil
        #expect(pages == 3)
        #expect(found.count == 601 && found.last == wanted)
    }

    @Test func `shows an event whole`() throws {
        let event = try scene.event("a", body: "the body")
        let id = try scene.accept(event, to: [1, 2])
        let detail = try #require(try reader.event(id))
        #expect(detail.body == event.body)
        #expect(detail.headers == event.headers)
        #expect(detail.deliveries.map(\.subscriber) == ["stock", "audit"])
        #expect(detail.deliveries.map(\.url) == ["http://127.0.0.1:9000/stock", "http://127.0.0.1:9000/audit"])
        #expect(try reader.event(EventID(1)) == nil)
    }

    @Test func `shows a delivery with its attempts in order`() throws {
        let id = DeliveryID(event: try scene.accept(try scene.event("1"), claimed: true), ordinal: 1)
        try scene.settle(id, number: 1, outcome: .connect, next: .retry(at: scene.now + .seconds(5)))
        let waiting = try #require(try reader.delivery(id)).row
        #expect(waiting.state == .pending && waiting.dueAt == scene.now + .seconds(5) && !waiting.isClaimed)
        #expect(waiting.settledAt == nil)
        scene.pass(.seconds(5))
        _ = try scene.claim()
        #expect(try reader.delivery(id)?.row.isClaimed == true)
        try scene.settle(id, number: 2)
        let detail = try #require(try reader.delivery(id))
        #expect(detail.row.state == .delivered)
        #expect(detail.row.dueAt == nil)
        #expect(detail.row.attempts == 2)
        #expect(detail.row.settledAt == scene.now + .milliseconds(12))
        #expect(detail.attempts.map(\.attempt.number) == [1, 2])
        #expect(detail.attempts.map(\.attempt.outcome) == [.connect, .ok])
        let last = try #require(detail.attempts.last).attempt
        let sent = scene.settlement(id, number: 2).attempt
        #expect(last.startedAt == sent.startedAt && last.took == sent.took && last.status == sent.status)
        #expect(last.address == sent.address && last.phases == sent.phases && last.response == sent.response)
        #expect(try reader.attempts(of: DeliveryID(event: id.event, ordinal: 9)).isEmpty)
    }

    @Test func `narrows deliveries by subscriber, state and time`() throws {
        let first = try scene.accept(try scene.event("1"), to: [0, 1, 2], claimed: true)
        try scene.settle(DeliveryID(event: first, ordinal: 1))
        try scene.settle(DeliveryID(event: first, ordinal: 2), of: 1, outcome: .http, next: .dead)
        scene.pass(.seconds(10))
        let time = scene.now
        let second = try scene.accept(try scene.event("2"), to: [0, 1])
        _ = try scene.commit([.pause(scene.subscriber(1), paused: true, reason: "410")])
        func find(_ query: DeliveryQuery) throws -> [DeliveryID] {
            try reader.deliveries(query, after: nil, limit: 100).rows.map(\.id)
        }
        func id(_ event: EventID, _ ordinal: Int32) -> DeliveryID { DeliveryID(event: event, ordinal: ordinal) }
        #expect(
            try find(DeliveryQuery()) == [id(second, 2), id(second, 1), id(first, 3), id(first, 2), id(first, 1)])
        #expect(try find(DeliveryQuery(state: .pending)) == [id(second, 1), id(first, 3)])
        #expect(try find(DeliveryQuery(state: .held)) == [id(second, 2)])
        #expect(try find(DeliveryQuery(state: .delivered)) == [id(first, 1)])
        #expect(try find(DeliveryQuery(state: .dead)) == [id(first, 2)])
        #expect(try find(DeliveryQuery(subscriber: "stock")) == [id(second, 2), id(first, 2)])
        #expect(try find(DeliveryQuery(route: "other")) == [])
        #expect(try find(DeliveryQuery(state: .pending, since: time)) == [id(second, 1)])
        #expect(try find(DeliveryQuery(state: .pending, until: time)) == [id(first, 3)])
        let page = try reader.deliveries(DeliveryQuery(), after: nil, limit: 2)
        #expect(page.next == id(second, 1))
        #expect(
            try reader.deliveries(DeliveryQuery(), after: page.next, limit: 2).rows.map(\.id) == [
                id(first, 3), id(first, 2),
            ])
    }

    @Test func `counts by the state that is shown`() throws {
        _ = try scene.accept(try scene.event("1"), to: [0, 1])
        _ = try scene.commit([.pause(scene.subscriber(1), paused: true, reason: "maintenance")])
        _ = try scene.ledger.register(
            Directory(routes: [
                (
                    name: "shop",
                    subscribers: Scene.names.dropLast().map { .init(name: $0, url: "http://127.0.0.1:1/\($0)") }
                )
            ]))
        let rows = try reader.subscribers()
        #expect(rows.map(\.name) == Scene.names)
        #expect(rows.map(\.isGone) == [false, false, true])
        #expect(rows.map(\.paused) == [nil, "maintenance", nil])
        #expect(rows.map { $0.deliveries[.pending] } == [1, nil, nil])
        #expect(rows.map { $0.deliveries[.held] } == [nil, 1, 0])
        #expect(rows[0].url == "http://127.0.0.1:1/billing")
    }

    @Test func `reads a stopped ledger and one whose process was killed`() throws {
        let id = try scene.accept(try scene.event("1"))
        let killed = TemporaryDirectory()
        try scene.directory.copy("ledger.db", to: killed)
        try? FileManager.default.removeItem(atPath: killed.file("ledger.db-shm"))
        scene.ledger.close()
        for directory in [scene.directory, killed] {
            let reader = try LedgerReader(path: directory.file("ledger.db"))
            #expect(try reader.events(EventQuery(), after: nil, limit: 10).rows.map(\.id) == [id])
        }
    }

    @Test func `does not make a ledger that is not there`() throws {
        let directory = TemporaryDirectory()
        #expect(throws: LedgerError.self) { try LedgerReader(path: directory.file("ledger.db")) }
        #expect(!FileManager.default.fileExists(atPath: directory.file("ledger.db")))
    }

    @Test func `does not keep the log from being written back`() throws {
        _ = try scene.accept(try scene.event("1"))
        _ = try reader.events(EventQuery(), after: nil, limit: 10)
        #expect(try scene.ledger.tidy(isIdle: true))
        #expect(scene.directory.size(of: "ledger.db-wal") == 0)
    }
}

/// A clock by which every look takes a second: patience ends at the first chance.
private final class Impatience: Clock {
    private let seconds = Atomic<Int64>(0)
    func wall() -> WallTime { WallTime(seconds: 0) }
    func monotonic() -> MonotonicTime {
        MonotonicTime(nanoseconds: seconds.wrappingAdd(1, ordering: .relaxed).newValue * 1_000_000_000)
    }
}
