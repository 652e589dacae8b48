import Domain
import Ledgers
import Synchronization
import Testing

@Suite("Retention", .timeLimit(.minutes(1)))
struct RetentionTests {
    final class Hand: Clock {
        private let time: Mutex<WallTime>
        init(_ time: WallTime) { self.time = Mutex(time) }
        func set(_ now: WallTime) { time.withLock { $0 = now } }
        func wall() -> WallTime { time.withLock { $0 } }
        func monotonic() -> MonotonicTime { MonotonicTime(nanoseconds: wall().microseconds * 1000) }
    }

    static let day = TimeSpan.seconds(86_400)
    let scene: Scene
    let clock: Hand

    init() throws {
        scene = try Scene()
        clock = Hand(scene.now)
    }

    private func keep(_ retention: Retention) throws {
        try #require(scene.ledger as? SQLiteLedger).keep(retention, clock: clock)
    }

    /// As an idle ledger would, for so long that everything is done.
    private func tidy(after span: TimeSpan) throws {
        scene.pass(span)
        for _ in 0..<200 {
            clock.set(scene.now)
            _ = try scene.ledger.tidy(isIdle: true)
        }
    }

    /// So many events, delivered unless told otherwise, each in a batch of its own.
    @discardableResult
    private func events(_ count: Int, delivered: Bool = true) throws -> [EventID] {
        try (0..<count).map { _ in
            let id = try scene.accept(try scene.event(nil, body: "a body of some bytes"), to: [0], claimed: true)
            if delivered { try scene.settle(DeliveryID(event: id, ordinal: 1)) }
            scene.pass(.milliseconds(10))
            return id
        }
    }

    private func event(_ id: EventID) throws -> EventDetail? { try LedgerReader(path: scene.path).event(id) }

    @Test func `removes the oldest bodies when all of them are too much, and no event`() throws {
        let old = try events(10)
        try keep(Retention(bodyBytes: 100))
        try tidy(after: .seconds(7200))
        #expect(try old.map { try event($0)?.body.isEmpty } == (0..<10).map { $0 < 5 })
        let young = try events(3)
        _ = try scene.operate(.redact(young[0]))
        try tidy(after: .seconds(7200))
        // Seven of twenty bytes, two too many.
        #expect(try (old + young).filter { try event($0)?.body.isEmpty == false } == Array(old[7...] + young[1...]))
        #expect(try scene.verify().fault == nil)
    }

    @Test func `counts bodies once, through restarts`() throws {
        try keep(Retention(bodyBytes: 1 << 20))
        try events(7)
        try tidy(after: .seconds(7200))
        try scene.restart()
        try keep(Retention(events: .seconds(3600), bodyBytes: 1 << 20))
        try events(2)
        try tidy(after: .seconds(1800))
        scene.ledger.close()
        #expect(
            try column("SELECT bytes FROM bodies", of: scene.path).map { String(decoding: $0, as: UTF8.self) } == [
                "40"
            ], "two that are left")
    }

    @Test func `removes bodies that are too old, and no others`() throws {
        try keep(Retention(bodies: Self.day))
        let old = try events(3)
        try tidy(after: Self.day * 0.5)
        let young = try events(2)
        #expect(try old.allSatisfy { try event($0)?.body.count == 20 })
        try tidy(after: Self.day * 0.6)
        for id in old {
            let found = try #require(try event(id))
            #expect(found.body.isEmpty && found.row.bodyBytes == 20)
            #expect(found.row.removal != nil && found.row.removal?.redaction == nil)
        }
        #expect(try young.allSatisfy { try event($0)?.body.count == 20 })
        let report = try scene.verify()
        #expect(report.fault == nil && report.bodiesRemoved == 3 && report.events == 5)
        let action = try #require(try scene.actions().first)
        #expect(action.kind == .removeBodies && action.actor == "headgate")
        #expect(try scene.operate(.redact(old[0])) == .refused(.noBody(old[0])))
    }

    @Test func `leaves alone what is not sent yet, until it is`() throws {
        try keep(Retention(bodies: Self.day, events: Self.day * 2))
        let waiting = try events(1, delivered: false)[0]
        let sent = try events(2)
        try tidy(after: Self.day * 3)
        #expect(try event(waiting)?.body.count == 20)
        #expect(try event(sent[0]) == nil)
        #expect(try scene.verify().fault == nil)
        try scene.settle(DeliveryID(event: waiting, ordinal: 1))
        try tidy(after: Self.day * 0.1)
        #expect(try event(waiting) == nil)
        #expect(try scene.verify().fault == nil)
    }

    @Test func `removes events with all that belongs to them, and keeps their hashes`() throws {
        try events(20)
        let checkpoint = try LedgerReader(path: scene.path).checkpoint(at: scene.now)
        try keep(Retention(events: Self.day))
        try tidy(after: Self.day * 1.5)
        let young = try events(2)
        try tidy(after: Self.day * 0.1)
        let report = try LedgerReader(path: scene.path).verifyChain(checkpoints: [checkpoint])
        #expect(report.fault == nil && report.checkpoints == 1)
        // The last batch of the old ones stays until another one stands behind it.
        #expect(report.events == 2 && report.removed == 40)
        #expect(try young.allSatisfy { try event($0) != nil })
        for table in ["attempts", "deliveries"] {
            #expect(try column("SELECT 1 FROM \(table)", of: scene.path).count == 2)
        }
        let counts = try LedgerReader(path: scene.path).subscribers()[0].deliveries
        #expect(counts[.delivered] == 2)
    }

    @Test func `keeps what the search for duplicates needs`() throws {
        try keep(Retention(events: .seconds(10)))
        let first = try scene.accept(try scene.event("a"), to: [], dedup: .within(Self.day))
        try events(2)
        try tidy(after: Self.day * 0.9)
        #expect(try scene.append(try scene.event("a"), to: [], dedup: .within(Self.day)) == .duplicate(of: first))
        try tidy(after: Self.day * 0.2)
        #expect(try event(first) == nil)
    }

    @Test func `removes the oldest of a ledger that is too large`() throws {
        let large = String(repeating: "x", count: 100_000)
        let ids = try (0..<40).map { _ in
            defer { scene.pass(.milliseconds(10)) }
            return try scene.accept(try scene.event(nil, body: large), to: [])
        }
        try keep(Retention(bytes: 2 << 20))
        try tidy(after: .seconds(10))
        try tidy(after: .seconds(10))
        #expect(try event(ids[0]) == nil)
        #expect(try event(ids[39]) != nil)
        #expect(try event(ids[30]) != nil)
        #expect(try scene.verify().fault == nil)
    }

    @Test func `goes on after a restart, and gives no id twice`() throws {
        try events(300)
        try scene.restart()
        try keep(Retention(events: Self.day))
        scene.pass(Self.day * 2)
        for _ in 0..<4 {
            clock.set(scene.now)
            _ = try scene.ledger.tidy(isIdle: false)
            scene.pass(.milliseconds(60))
        }
        let left = try column("SELECT 1 FROM events", of: scene.path).count
        #expect(left > 0 && left < 300)
        try scene.restart()
        try keep(Retention(events: Self.day))
        try tidy(after: .seconds(1))
        try tidy(after: Self.day)
        #expect(try column("SELECT 1 FROM events", of: scene.path).isEmpty)
        try scene.restart()
        let next = try events(1)[0]
        #expect(try scene.verify().fault == nil)
        #expect(try event(next) != nil)
    }

    /// What is removed without being announced, and what is altered among what may be missing.
    @Test(arguments: [
        "DELETE FROM events WHERE id = $young; DELETE FROM deliveries WHERE event = $young",
        "UPDATE events SET body = x'' WHERE id = $young",
        "UPDATE events SET body = x'' WHERE id = $young; INSERT INTO removed VALUES ($young, 20, 0)",
        "UPDATE events SET type = x'00' WHERE id = $left",
        "UPDATE actions SET target = 'batch 1000' WHERE kind = 42",
        "DELETE FROM actions WHERE kind = 42",
    ])
    func `covers no other removal`(_ sql: String) throws {
        try keep(Retention(events: Self.day))
        let left = try events(1, delivered: false)[0]
        try events(2)
        try tidy(after: Self.day * 1.5)
        let young = try events(2)[0]
        #expect(try scene.verify().fault == nil)
        try execute(
            sql.replacing("$young", with: "\(young.raw)").replacing("$left", with: "\(left.raw)"), on: scene.path)
        #expect(try scene.verify().fault != nil)
    }

    @Test func `takes little time at a step`() throws {
        for part in 0..<8 {
            let entries = try (0..<250).map {
                scene.entry(try scene.event("\(part)-\($0)", body: String(repeating: "x", count: 2000)), to: [])
            }
            _ = try scene.commit(entries)
        }
        try events(1)
        try keep(Retention(bodies: .seconds(1)))
        scene.pass(.seconds(60))
        clock.set(scene.now)
        let real = ContinuousClock()
        var longest = Duration.zero
        while try column("SELECT 1 FROM removed", of: scene.path).count < 2000 {
            longest = max(longest, try real.measure { _ = try scene.ledger.tidy(isIdle: false) })
            scene.pass(.milliseconds(60))
            clock.set(scene.now)
        }
        // One step is 64 events: some 2 ms here. What is checked is that it is not all of them at once.
        #expect(longest < .milliseconds(500), "\(longest)")
    }
}

@Suite("A redaction", .timeLimit(.minutes(1)))
struct RedactionTests {
    @Test func `leaves the chain whole and says who did it`() throws {
        let scene = try Scene()
        let id = try scene.accept(try scene.event("a", body: "secret"), to: [0], claimed: true)
        #expect(try scene.operate(.redact(id)) == .refused(.redactionWouldLose(DeliveryID(event: id, ordinal: 1))))
        try scene.settle(DeliveryID(event: id, ordinal: 1), outcome: .connect, next: .dead)
        #expect(try scene.operate(.redact(id)) == .done(changed: 1, subscribers: []))
        let report = try scene.verify()
        #expect(report.fault == nil)
        #expect(report.redactions.map(\.event) == [id] && report.redactions.map(\.actor) == ["tests"])
        #expect(try scene.operate(.redact(id)) == .refused(.noBody(id)))
        #expect(try scene.operate(.redact(EventID(7))) == .refused(.noSuchEvent))
        #expect(try scene.operate(.retry(DeliveryID(event: id, ordinal: 1))) == .refused(.noBody(id)))
        var selection = DeliveryQuery()
        selection.events = [id]
        let order = JobOrder(kind: .replay, selection: selection, rate: Limits.jobRate)
        #expect(try scene.operate(.start(order)) == .refused(.noBody(id)))
    }

    @Test(arguments: [
        "UPDATE removed SET bytes = bytes + 1", "UPDATE removed SET action = 0", "DELETE FROM removed",
        "UPDATE events SET body = x'41'", "UPDATE actions SET target = 'evt_0000000000000'",
        "UPDATE actions SET actor = 'nobody'",
    ])
    func `covers no other change`(_ sql: String) throws {
        let scene = try Scene()
        let id = try scene.accept(try scene.event("a", body: "secret"), to: [])
        #expect(try scene.operate(.redact(id)) == .done(changed: 1, subscribers: []))
        #expect(try scene.verify().fault == nil)
        try execute(sql, on: scene.path)
        #expect(try scene.verify().fault != nil)
    }

    /// What a reader without SQLite would find.
    @Test func `leaves no byte of the body in the file`() throws {
        let scene = try Scene()
        let body = String(repeating: "the body that has to go. ", count: 2000)
        let id = try scene.accept(try scene.event("a", body: body), to: [])
        _ = try scene.operate(.redact(id))
        scene.ledger.close()
        #expect(try !bytes(of: scene.path).contains("has to go"))
    }

    private func bytes(of path: String) throws -> String {
        try String(decoding: contents(of: path), as: UTF8.self)
    }
}
