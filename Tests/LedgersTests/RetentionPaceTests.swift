import Domain
import Ledgers
import Testing

@Suite("Retention goes on", .timeLimit(.minutes(1)))
struct RetentionPaceTests {
    let scene: Scene
    let clock: RetentionTests.Hand

    init() throws {
        scene = try Scene()
        clock = RetentionTests.Hand(scene.now)
    }

    private func keep(_ retention: Retention) throws {
        try #require(scene.ledger as? SQLiteLedger).keep(retention, clock: clock)
    }

    private func pass(_ span: TimeSpan) {
        scene.pass(span)
        clock.set(scene.now)
    }

    /// In one batch, and their outcomes in another.
    @discardableResult
    private func events(_ count: Int, body: String = "a body of some bytes", delivered: Bool) throws -> [EventID] {
        let event = try scene.event(nil, body: body)
        let ids = try scene.commit((0..<count).map { _ in scene.entry(event, to: [0], claimed: true) }).map { result in
            guard case .appended(.accepted(let id, _)) = result else { throw Unexpected() }
            return id
        }
        if delivered { _ = try scene.commit(ids.map { .settle(scene.settlement(DeliveryID(event: $0, ordinal: 1))) }) }
        return ids
    }

    private func number(_ sql: String) throws -> Int {
        try Int(String(decoding: #require(try column(sql, of: scene.path).first), as: UTF8.self)) ?? -1
    }

    /// 2560 events in a second, with both ages.
    @Test func `at the pace of what comes`() throws {
        try keep(Retention(bodies: .seconds(1), events: .seconds(2)))
        for _ in 0..<300 {
            try events(128, delivered: true)
            _ = try scene.ledger.tidy(isIdle: false)
            pass(.milliseconds(50))
        }
        let old = scene.now + .seconds(-4)
        #expect(try number("SELECT count(*) FROM events WHERE received_at < \(old.microseconds)") == 0)
        #expect(try number("SELECT count(*) FROM attempts WHERE started_at < \(old.microseconds)") == 0)
        #expect(try scene.verify().fault == nil)
    }

    @Test func `for as long as the clock says while nothing comes`() throws {
        for _ in 0..<16 { try events(250, delivered: true) }
        try scene.restart()
        try keep(Retention(events: .seconds(1)))
        pass(.seconds(60))
        _ = try scene.ledger.tidy(isIdle: true)
        #expect(try number("SELECT count(*) FROM events") == 0)
    }

    @Test(arguments: [Retention(bodyBytes: 100), Retention(bytes: 100)])
    func `but announces nothing while nothing can go`(_ retention: Retention) throws {
        for _ in 0..<30 { try events(1, delivered: false) }
        try keep(retention)
        for _ in 0..<500 { _ = try scene.ledger.tidy(isIdle: true) }
        #expect(try scene.actions().isEmpty)
        // What comes behind the events that wait goes, and so do they when they are sent.
        try events(1, delivered: true)
        try events(1, delivered: false)
        pass(.seconds(60))
        for _ in 0..<500 { _ = try scene.ledger.tidy(isIdle: true) }
        #expect(try scene.actions().count == 1)
        #expect(try scene.verify().fault == nil)
    }

    @Test func `and announces a size that cannot be met once a minute`() throws {
        try events(1, body: String(repeating: "x", count: 1000), delivered: false)
        try keep(Retention(bodyBytes: 100))
        for _ in 0..<150 {
            try events(1, delivered: true)
            for _ in 0..<3 { _ = try scene.ledger.tidy(isIdle: true) }
            pass(.seconds(8))
        }
        let announced = try number("SELECT count(*) FROM actions")
        #expect(announced > 15 && announced < 40, "\(announced) in twenty minutes")
        #expect(try number("SELECT count(*) FROM events WHERE length(body) > 0") < 20)
        #expect(try scene.verify().fault == nil)
    }

    @Test func `and finds what was left, once it is sent`() throws {
        let waiting = try events(2000, delivered: false)
        try keep(Retention(bytes: 100))
        try events(10, delivered: true)
        try events(10, delivered: true)
        pass(.seconds(1))
        for _ in 0..<10 { _ = try scene.ledger.tidy(isIdle: true) }
        #expect(try number("SELECT count(*) FROM events") < 2020)
        for id in waiting { try scene.settle(DeliveryID(event: id, ordinal: 1)) }
        pass(.seconds(61))
        for _ in 0..<10 { _ = try scene.ledger.tidy(isIdle: true) }
        #expect(try number("SELECT count(*) FROM events") < 20)
        #expect(try scene.verify().fault == nil)
    }

    /// Thirty thousand hashes, and no event of theirs.
    @Test func `and holds no hashes against the events`() throws {
        for _ in 0..<60 { _ = try scene.commit((0..<500).map { _ in scene.entry(try scene.event(), to: []) }) }
        try events(1, delivered: true)
        try keep(Retention(events: .seconds(10)))
        pass(.seconds(60))
        for _ in 0..<10 { _ = try scene.ledger.tidy(isIdle: true) }
        let young = try events(100, body: String(repeating: "x", count: 8000), delivered: true)
        try events(1, delivered: true)
        let used = try number("SELECT (SELECT * FROM pragma_page_count) - (SELECT * FROM pragma_freelist_count)") * 8192
        #expect(used > 1 << 20 + 800_000)
        try keep(Retention(bytes: Int64(used) - 600_000))
        for _ in 0..<10 {
            pass(.seconds(60))
            _ = try scene.ledger.tidy(isIdle: true)
        }
        #expect(try number("SELECT count(*) FROM events") <= young.count + 2)
        #expect(try young.allSatisfy { try LedgerReader(path: scene.path).event($0) != nil })
        try keep(Retention(bytes: Int64(used) - 1_200_000))
        for _ in 0..<10 {
            pass(.seconds(60))
            _ = try scene.ledger.tidy(isIdle: true)
        }
        #expect(try number("SELECT count(*) FROM events") < young.count)
    }
}
