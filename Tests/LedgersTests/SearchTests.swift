import CSQLite
import Domain
import Net
import Synchronization
import Testing

@testable import Ledgers

@Suite("A search", .timeLimit(.minutes(2)))
struct SearchTests {
    @Test(arguments: [
        ("needle", true), ("NEEDLE", true), ("a needle i", true), ("x-b: Straw", true), ("", false), ("needles", false),
        ("hay\u{0}", false), ("ü", true),
    ])
    func `finds a text in headers and body, in either case`(_ text: String, _ isFound: Bool) {
        let content = Array("x-b: straw\r\nA Needle in ü hay".utf8)
        let pattern = TextPattern(text)
        #expect(content.withUnsafeBytes { pattern?.occurs(in: $0) ?? false } == isFound)
    }

    @Test func `agrees with a plain comparison at every place`() {
        for text in ["aab", "abab", "b", "abcabcabd"] {
            for content in ["aaab", "ababab", "cab", "abcabcabcabd", "aab", ""] {
                let found = Array(content.utf8).withUnsafeBytes { TextPattern(text)?.occurs(in: $0) }
                let places = content.utf8.indices
                #expect(found == places.contains { content.utf8[$0...].starts(with: text.utf8) })
            }
        }
    }

    @Test func `narrows events by what they say and by what became of them`() throws {
        let scene = try Scene()
        let dead = try scene.dead("p-1").event
        let delivered = try scene.delivered().event
        let other = try scene.accept(try scene.event("p-3", body: "{\"Customer\":\"cus_9\"}"), to: [1])
        func found(_ change: (inout EventQuery) -> Void) throws -> [EventID] {
            var query = EventQuery()
            change(&query)
            return try scene.reader().events(query, after: nil, limit: 10).rows.map(\.id)
        }
        #expect(try found { $0.containing = TextPattern("customer\":\"CUS_9") } == [other])
        #expect(try found { $0.containing = TextPattern("content-type") } == [other, delivered, dead])
        #expect(try found { $0.source = IPRange(text: "10.0.0.0/8") }.count == 3)
        #expect(try found { $0.source = IPRange(text: "10.0.1.0/24") }.isEmpty)
        #expect(try found { $0.delivery = DeliveryQuery(subscriber: "stock") } == [other])
        #expect(try found { $0.delivery = DeliveryQuery(state: .dead) } == [dead])
        #expect(try found { $0.delivery = DeliveryQuery(state: .pending) } == [other])
        #expect(
            try found {
                $0.delivery = DeliveryQuery(state: .delivered)
                $0.containing = TextPattern("cus_9")
            }.isEmpty)
        var query = DeliveryQuery()
        query.containing = TextPattern("cus_9")
        query.providerID = Bytes("p-3")
        query.source = IPRange(text: "10.0.0.1")
        let rows = try scene.reader().deliveries(query, after: nil, limit: 10).rows
        #expect(rows.map(\.id) == [DeliveryID(event: other, ordinal: 1)])
    }

    @Test(arguments: [false, true])
    func `that stops early goes on where it was, finds all and nothing twice`(_ byDelivery: Bool) throws {
        let scene = try Scene()
        var wanted: [EventID] = []
        for number in 0..<40 {
            let isWanted = number % 7 == 0
            let event = try scene.event(body: isWanted ? "{\"a\":\"needle\"}" : "{\"n\":\(number)}")
            let id = try scene.accept(event, to: [0, 1, 2])
            if isWanted { wanted.insert(id, at: 0) }
        }
        var query = EventQuery()
        query.containing = TextPattern("needle")
        if byDelivery { query.delivery = DeliveryQuery(subscriber: "billing") }
        let reader = try LedgerReader(path: scene.path, clock: Impatience())
        var (found, pages): ([EventID], Int) = ([], 0)
        var after: EventID?
        repeat {
            let page = try reader.events(query, after: after, limit: 2)
            found += page.rows.map(\.id)
            after = page.next
            pages += 1
        } while after != nil && pages < 200
        #expect(found == wanted)
        #expect(pages > 20, "each page is short when time is")
    }
}

/// Work is counted in steps of SQLite's machine, since time says little on a busy computer.
@Suite("A page of a large ledger", .timeLimit(.minutes(3)))
struct LargeLedgerTests {
    private static let span: Int64 = 1_000  // milliseconds from one event to the next
    private static let start: Int64 = 1_700_000_000_000

    private static func scene(events: Int) throws -> Scene {
        let scene = try Scene()
        scene.ledger.close()
        let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(events))"
        let id = "(\(start) + i * \(span)) << 21"
        try execute(
            """
            \(rows) INSERT INTO events
                SELECT \(id), 1, 1, 3, (\(start) + i * \(span)) * 1000, NULL, x'0a000001', zeroblob(32),
                    CAST('p-' || i AS BLOB), CAST('order.paid' AS BLOB), 'SECRET', x'', zeroblob(200) FROM n;
            \(rows) INSERT INTO deliveries (event, ordinal, subscriber, endpoint, state, attempts, due_at, lease)
                SELECT \(id), 1, 1, 1, CASE i % \(events / 10) WHEN 3 THEN 2 WHEN 4 THEN 0 ELSE 1 END, 0, 0, 0 FROM n;
            UPDATE deliveries SET due_at = NULL WHERE state > 0;
            UPDATE ledger SET handed_from = (SELECT max(id) FROM events);
            INSERT OR REPLACE INTO counts VALUES (1, 10, \(events - 20), 10);
            """, on: scene.path)
        return scene
    }

    /// Steps of all the reader's statements for one page.
    private static func steps(_ scene: Scene, _ page: (LedgerReader) throws -> Int, rows: Int) throws -> Int {
        let reader = try LedgerReader(path: scene.path, clock: Stopped())
        #expect(try page(reader) == rows)
        var (steps, statement): (Int, OpaquePointer?) = (0, nil)
        while true {
            statement = sqlite3_next_stmt(reader.database.raw, statement)
            guard let statement else { return steps }
            steps += Int(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 0))
            #expect(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_SORT, 0) == 0)
        }
    }

    @Test func `costs the same however many events there are`() throws {
        let (small, large) = (try Self.scene(events: 3_000), try Self.scene(events: 300_000))
        func time(_ event: Int) -> WallTime { WallTime(microseconds: (Self.start + Int64(event) * Self.span) * 1000) }
        func events(_ reader: LedgerReader, _ query: EventQuery, _ after: EventID? = nil) throws -> Int {
            try reader.events(query, after: after, limit: 20).rows.count
        }
        func deliveries(_ reader: LedgerReader, _ query: DeliveryQuery) throws -> Int {
            try reader.deliveries(query, after: nil, limit: 20).rows.count
        }
        var dead = EventQuery()
        dead.delivery = DeliveryQuery(state: .dead)
        var rare = EventQuery(since: time(1_000), until: time(1_100))
        rare.source = IPRange(text: "10.9.9.9")
        let pages: [(String, Int, (LedgerReader) throws -> Int)] = [
            ("the newest", 20, { try events($0, EventQuery()) }),
            ("far back", 20, { try events($0, EventQuery(), .first(at: time(1_500))) }),
            ("a window", 10, { try events($0, EventQuery(since: time(1_000), until: time(1_010))) }),
            ("rare in a window", 0, { try events($0, rare) }),
            ("events that are dead", 10, { try events($0, dead) }),
            ("deliveries", 20, { try deliveries($0, DeliveryQuery()) }),
            ("dead ones", 10, { try deliveries($0, DeliveryQuery(state: .dead)) }),
            ("pending ones", 10, { try deliveries($0, DeliveryQuery(state: .pending)) }),
            ("those of a window", 10, { try deliveries($0, DeliveryQuery(since: time(1_000), until: time(1_010))) }),
        ]
        for (name, rows, page) in pages {
            let few = try Self.steps(small, page, rows: rows)
            let many = try Self.steps(large, page, rows: rows)
            #expect(many < 20_000, "\(name)")
            #expect(many <= few * 2, "\(name): \(few) steps of 3,000 events, \(many) of 300,000")
        }
    }

    @Test func `reads by keys and indexes, and sorts nothing`() throws {
        let scene = try Scene()
        let reader = try scene.reader()
        var statement: OpaquePointer?
        var plans = 0
        while true {
            statement = sqlite3_next_stmt(reader.database.raw, statement)
            guard let statement, let sql = sqlite3_sql(statement).map({ String(cString: $0) }) else { break }
            let isLarge = ["FROM events", "FROM deliveries", "FROM attempts"].contains { sql.contains($0) }
            guard isLarge else { continue }
            var plan: OpaquePointer?
            defer { sqlite3_finalize(plan) }
            #expect(sqlite3_prepare_v2(reader.database.raw, "EXPLAIN QUERY PLAN \(sql)", -1, &plan, nil) == SQLITE_OK)
            plans += 1
            while sqlite3_step(plan) == SQLITE_ROW {
                let detail = sqlite3_column_text(plan, 3).map { String(cString: $0) } ?? ""
                let isScan = ["events", "deliveries", "attempts"].contains { detail.hasPrefix("SCAN \($0)") }
                let isByKey = !isScan && !detail.contains("TEMP B-TREE") || detail.contains("USING INDEX pending")
                #expect(isByKey, "\(detail): \(sql)")
            }
        }
        #expect(plans >= 12)
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
