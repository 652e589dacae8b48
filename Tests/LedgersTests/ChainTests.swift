import Crypto
import Domain
import Ledgers
import Testing

@Suite("The chain", .timeLimit(.minutes(1)))
struct ChainTests {
    /// Three batches of four events for two subscribers each; in each batch the attempts of the batch before.
    final class Written {
        let scene: Scene
        var events: [EventID] = []
        var path: String { scene.directory.file("ledger.db") }

        init() throws {
            scene = try Scene()
            var unsettled: [DeliveryID] = []
            for batch in 0..<3 {
                var entries = try (0..<4).map {
                    scene.entry(
                        try scene.event("\(batch)-\($0)", body: "body \(batch)-\($0)"), to: [0, 1], claimed: true)
                }
                entries += unsettled.map {
                    .settle(
                        $0.ordinal == 1
                            ? scene.settlement($0, of: 0)
                            : scene.settlement($0, of: 1, outcome: .connect, next: .retry(at: scene.now)))
                }
                let ids = try scene.commit(entries).compactMap {
                    if case .appended(.accepted(let id, _)) = $0 { id } else { nil }
                }
                unsettled = ids.flatMap { id in [1, 2].map { DeliveryID(event: id, ordinal: $0) } }
                events += ids
                scene.pass(.seconds(1))
            }
        }

        func verify(against place: ChainPlace? = nil) throws -> ChainReport {
            try LedgerReader(path: path).verifyChain(against: place)
        }
    }

    @Test func `is sound as written`() throws {
        let written = try Written()
        let report = try written.verify()
        #expect(report.fault == nil)
        #expect(report.events == 12)
        #expect(report.attempts == 16)
        #expect(report.end.batch == 3)
        #expect(try written.verify(against: report.end).fault == nil)
    }

    @Test func `is sound when nothing was written yet`() throws {
        let scene = try Scene()
        let report = try LedgerReader(path: scene.directory.file("ledger.db")).verifyChain()
        #expect(report.fault == nil)
        #expect(report.end == .beginning)
    }

    @Test func `is sound after recovery, conflicts and a changed URL`() throws {
        let scene = try Scene()
        _ = try scene.accept(try scene.event("a", body: "1"), claimed: true, dedup: DedupTests.day)
        _ = try scene.accept(try scene.event("a", body: "2"), to: [], dedup: DedupTests.day)
        try scene.restart()
        #expect(try scene.ledger.recover(at: scene.now) == 1)
        scene.ids = try scene.ledger.register(
            Directory(routes: [(name: "shop", subscribers: [.init(name: "billing", url: "http://127.0.0.1:2/")])]))
        _ = try scene.accept(try scene.event("b"))
        let report = try LedgerReader(path: scene.directory.file("ledger.db")).verifyChain()
        #expect(report.fault == nil)
        #expect(report.events == 3 && report.attempts == 1)
    }

    struct Edit: Sendable, CustomTestStringConvertible {
        let sql: String
        /// Of the sixth event, the second of the second batch, and of its deliveries and attempts.
        let fault: @Sendable (_ event: EventID) -> ChainFault
        var testDescription: String { sql }
    }

    /// `$event` is the sixth event; attempt 11 is of its first delivery, 12 of its second.
    static let edits: [Edit] = [
        Edit(sql: "UPDATE events SET body = x'00' WHERE id = $event") { .body($0) },
        Edit(sql: "UPDATE events SET body = x'00', body_sha256 = zeroblob(32) WHERE id = $event") { .body($0) },
        Edit(sql: "UPDATE events SET headers = x'00' WHERE id = $event") { .event($0, .altered) },
        Edit(sql: "UPDATE events SET type = NULL WHERE id = $event") { .event($0, .altered) },
        Edit(sql: "UPDATE events SET provider_id = x'' WHERE id = $event") { .event($0, .altered) },
        Edit(sql: "UPDATE events SET received_at = received_at + 1 WHERE id = $event") { .event($0, .altered) },
        Edit(sql: "UPDATE events SET source = x'01020304' WHERE id = $event") { .event($0, .altered) },
        Edit(sql: "UPDATE events SET coverage = 0 WHERE id = $event") { .event($0, .altered) },
        Edit(sql: "UPDATE events SET proven_by = 'OTHER' WHERE id = $event") { .event($0, .altered) },
        Edit(sql: "UPDATE events SET conflicts_with = 1 WHERE id = $event") { .event($0, .altered) },
        Edit(sql: "UPDATE events SET route = 2 WHERE id = $event") { .event($0, .altered) },
        Edit(sql: "UPDATE events SET id = id + 1000 WHERE id = $event") { _ in .missing(record: 2, ofBatch: 2) },
        Edit(sql: "INSERT INTO deliveries VALUES ($event + 1000, 1, 1, 1, 0, 0, NULL, 0, 0, 0, 0, 0, 0)") {
            .delivery(DeliveryID(event: EventID($0.raw + 1000), ordinal: 1), .inserted)
        },
        Edit(sql: "DELETE FROM events WHERE id = $event") { _ in .missing(record: 2, ofBatch: 2) },
        Edit(
            sql: """
                DELETE FROM events WHERE id = $event; DELETE FROM deliveries WHERE event = $event;
                DELETE FROM attempts WHERE event = $event
                """
        ) { _ in .missing(record: 2, ofBatch: 2) },
        Edit(
            sql: """
                INSERT INTO events SELECT id + 1000, route, 0, coverage, received_at, NULL, source, body_sha256, NULL, type,
                    proven_by, headers, body FROM events WHERE id = $event
                """
        ) { .event(EventID($0.raw + 1000), .inserted) },
        Edit(sql: "UPDATE deliveries SET endpoint = 3 WHERE event = $event AND ordinal = 1") {
            .delivery(DeliveryID(event: $0, ordinal: 1), .altered)
        },
        Edit(sql: "DELETE FROM deliveries WHERE event = $event AND ordinal = 2") {
            .delivery(DeliveryID(event: $0, ordinal: 2), .missing)
        },
        Edit(sql: "INSERT INTO deliveries VALUES ($event, 3, 1, 1, 1, 0, NULL, NULL, 0, 0, 0, 0, 0)") {
            .delivery(DeliveryID(event: $0, ordinal: 3), .inserted)
        },
        Edit(sql: "UPDATE deliveries SET state = 1, due_at = NULL WHERE event = $event AND ordinal = 2") {
            .delivery(DeliveryID(event: $0, ordinal: 2), .altered)
        },
        Edit(sql: "UPDATE deliveries SET state = 0, due_at = 0 WHERE event = $event AND ordinal = 1") {
            .delivery(DeliveryID(event: $0, ordinal: 1), .altered)
        },
        Edit(sql: "UPDATE deliveries SET attempts = 0, last_attempt = NULL WHERE event = $event AND ordinal = 2") {
            .delivery(DeliveryID(event: $0, ordinal: 2), .altered)
        },
        Edit(sql: "UPDATE attempts SET outcome = 0 WHERE id = 12") {
            .delivery(DeliveryID(event: $0, ordinal: 2), .altered)
        },
        Edit(sql: "UPDATE attempts SET response = x'' WHERE id = 11") {
            .attempt(11, of: DeliveryID(event: $0, ordinal: 1), .altered)
        },
        Edit(sql: "UPDATE attempts SET started_at = started_at - 1 WHERE id = 11") {
            .attempt(11, of: DeliveryID(event: $0, ordinal: 1), .altered)
        },
        Edit(sql: "UPDATE attempts SET status = 500, address = NULL WHERE id = 11") {
            .attempt(11, of: DeliveryID(event: $0, ordinal: 1), .altered)
        },
        Edit(sql: "UPDATE subscribers SET name = 'thief' WHERE id = 2") { _ in .event(EventID(0), .altered) },
        Edit(sql: "UPDATE endpoints SET url = 'http://thief' WHERE id = 1") { _ in .event(EventID(0), .altered) },
        Edit(sql: "UPDATE routes SET name = 'thief' WHERE id = 1") { _ in .event(EventID(0), .altered) },
        Edit(sql: "DELETE FROM chain WHERE id = 2") { _ in .batch(2) },
        Edit(sql: "UPDATE chain SET at = at + 1 WHERE id = 2") { _ in .batch(2) },
        Edit(sql: "UPDATE chain SET leaves = zeroblob(length(leaves)) WHERE id = 2") { _ in .batch(2) },
        Edit(sql: "UPDATE chain SET hash = zeroblob(32) WHERE id = 2") { _ in .batch(2) },
        Edit(sql: "UPDATE chain SET last_event = last_event - 1 WHERE id = 2") { _ in .batch(2) },
    ]

    @Test(arguments: edits)
    func `tells what was edited`(_ edit: Edit) throws {
        let written = try Written()
        let event = written.events[5]
        try execute(edit.sql.replacing("$event", with: "\(event.raw)"), on: written.path)
        let fault = try #require(try written.verify().fault)
        // An event id of 0 stands for the first event that has the name.
        let expected = edit.fault(event)
        #expect(fault == (expected == .event(EventID(0), .altered) ? .event(written.events[0], .altered) : expected))
    }

    @Test func `tells what was put behind its end`() throws {
        let written = try Written()
        let last = written.events[11]
        try execute(
            """
            INSERT INTO events SELECT id + 5, route, 0, coverage, received_at, NULL, source, body_sha256, NULL, type,
                proven_by, headers, body FROM events WHERE id = \(last.raw)
            """, on: written.path)
        #expect(try written.verify().fault == .event(EventID(last.raw + 5), .inserted))
    }

    @Test func `needs a place kept elsewhere to tell that its end was cut off`() throws {
        let written = try Written()
        let end = try written.verify().end
        let after = written.events[7].raw
        try execute(
            """
            DELETE FROM chain WHERE id = 3; DELETE FROM events WHERE id > \(after);
            DELETE FROM deliveries WHERE event > \(after); DELETE FROM attempts WHERE id > 8;
            UPDATE deliveries SET state = 0, attempts = 0, last_attempt = NULL
            WHERE event > \(written.events[3].raw)
            """, on: written.path)
        #expect(try written.verify().fault == nil)
        #expect(try written.verify(against: end).fault == .place(end))
    }

    @Test func `grows by the documented form`() throws {
        let scene = try Scene()
        let id = try scene.accept(try scene.event("id-1", body: "{\"a\":1}"), to: [0])
        let report = try LedgerReader(path: scene.directory.file("ledger.db")).verifyChain()

        // Written out by hand from the description of the form.
        func big(_ number: Int64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
        }
        func text(_ text: String) -> [UInt8] { big(Int64(text.utf8.count), 4) + Array(text.utf8) }
        func hash(_ bytes: [UInt8]) throws -> [UInt8] {
            try bytes.withUnsafeBytes { try HashAlgorithm.sha256.digest($0) }
        }
        let endpoint = try hash([0x10] + text("shop") + text("billing") + text("http://127.0.0.1:9000/billing"))
        var event: [UInt8] = [0x01] + big(id.raw, 8) + text("shop") + big(scene.now.microseconds, 8)
        event += big(0, 8) + [0, 0, 0xff, 0xff, 10, 0, 0, 1] + text("id-1") + text("order.paid") + [3] + text("SECRET")
        event += big(0, 8) + text("content-type: application/json\r\n") + big(7, 8)
        event += try hash(Array("{\"a\":1}".utf8)) + big(1, 4) + endpoint
        var batch: [UInt8] = [0x03] + [UInt8](repeating: 0, count: 32) + big(1, 8) + big(scene.now.microseconds, 8)
        batch += big(id.raw, 8) + big(0, 8) + big(1, 4)
        batch += try hash(event)
        let expected = try hash(batch)
        #expect(report.end.hash.withBytes { Array($0) } == expected)
    }
}
