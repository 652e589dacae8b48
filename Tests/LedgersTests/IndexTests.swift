import Crypto
import Domain
import Glibc
import Net
import Testing

@testable import Ledgers

/// A gateway's ledger with an index behind it, in small blocks.
private final class IndexScene {
    let scene: Scene
    let work: SearchWork
    private(set) var events: [EventID] = []

    init(bytes: Int64 = .max, retention: Retention = Retention()) throws {
        scene = try Scene()
        var sizes = SearchSizes()
        (sizes.blockEvents, sizes.stepEvents, sizes.fold, sizes.mostEvents) = (8, 3, 4, 64)
        sizes.settling = .zero
        work = SearchWork(
            ledger: scene.path, bytes: bytes, retention: retention, clock: LateClock(), sizes: sizes)
    }

    /// One event with a fate of its own, and words of its own.
    func add(_ number: Int, body: String? = nil) throws {
        scene.pass(.milliseconds(10))
        let body =
            body
            ?? "{\"order\":\"ord_\(number)\",\"city\":\"\(["Köln", "Bonn", "Ulm"][number % 3])\",\"even\":\(number % 2 == 0)}"
        let type = number % 11 == 5 ? nil : "order.\(["paid", "sent", "lost"][number % 3])"
        let to = number % 5 == 0 ? [0, 1, 2] : [number % 3]
        let id = try scene.accept(try scene.event("p-\(number)", body: body, type: type), to: to)
        events.append(id)
        for (place, subscriber) in to.enumerated() {
            let delivery = DeliveryID(event: id, ordinal: Int32(place + 1))
            switch (number + subscriber) % 4 {
            case 0: try scene.settle(delivery, of: subscriber, outcome: .connect, next: .dead)
            case 1: try scene.settle(delivery, of: subscriber, outcome: .tls, next: .retry(at: scene.now))
            case 2: try scene.settle(delivery, of: subscriber)
            default: break
            }
        }
    }

    func index() throws { while try work.step() == .more {} }

    func queries() -> [EventQuery] {
        var queries: [EventQuery] = []
        func add(_ change: (inout EventQuery) -> Void) {
            var query = EventQuery()
            change(&query)
            queries.append(query)
        }
        for type in ["order.paid", "order.*", "*.lost", "*", "none", "*a*"] { add { $0.types = EventFilter([type]) } }
        add { $0.types = EventFilter(["order.paid", "order.s*"]) }
        for id in ["p-3", "p-17", "nobody"] { add { $0.providerID = Bytes(id) } }
        for text in [
            "ord_7", "ord_1", "köln", "ulm\",\"even\":true", "application/json", "\"ord", "d_7", "*rd_7", "*", "zz",
            ":",
        ] {
            add { $0.containing = TextPattern(text) }
        }
        for range in ["10.0.0.0/8", "10.0.0.1", "192.0.2.0/24", "::/0", "2001:db8::/32"] {
            add { $0.source = IPRange(text: range) }
        }
        add { ($0.containing, $0.types) = (TextPattern("bonn"), EventFilter(["order.sent"])) }
        add { ($0.containing, $0.route) = (TextPattern("bonn"), "other") }
        add { ($0.containing, $0.within) = (TextPattern("bonn"), ["shop"]) }
        for state in DeliveryState.allCases { add { $0.delivery = DeliveryQuery(subscriber: "stock", state: state) } }
        for outcome in [Outcome.ok, .connect, .tls, .reset] {
            add {
                var query = DeliveryQuery()
                query.outcome = outcome
                $0.delivery = query
            }
        }
        add {
            var query = DeliveryQuery(subscriber: "billing")
            query.status = 200
            ($0.delivery, $0.containing) = (query, TextPattern("ulm"))
        }
        return queries
    }

    /// Everything in pages, by the index and by reading.
    func answers(_ query: EventQuery, limit: Int, isIndexed: Bool) throws -> [EventID] {
        var (found, after): ([EventID], EventID?) = ([], nil)
        repeat {
            let reader = try scene.reader()
            if !isIndexed { reader.ignoresIndex = true }
            let page = try reader.events(query, after: after, limit: limit)
            found += page.rows.map(\.id)
            after = page.next
        } while after != nil
        return found
    }

    func deliveries(_ query: DeliveryQuery, limit: Int, isIndexed: Bool) throws -> [DeliveryID] {
        var (found, after): ([DeliveryID], DeliveryID?) = ([], nil)
        repeat {
            let reader = try scene.reader()
            if !isIndexed { reader.ignoresIndex = true }
            let page = try reader.deliveries(query, after: after, limit: limit)
            found += page.rows.map(\.id)
            after = page.next
        } while after != nil
        return found
    }

    func expectAgreement(_ comment: Comment? = nil) throws {
        for query in queries() {
            for limit in [7, 1000] {
                let (indexed, read) = (
                    try answers(query, limit: limit, isIndexed: true),
                    try answers(query, limit: limit, isIndexed: false)
                )
                #expect(indexed == read, "\(query) \(limit) \(comment?.rawValue ?? "")")
            }
            guard var delivery = query.delivery else { continue }
            delivery.containing = query.containing
            for limit in [5, 1000] {
                let (indexed, read) = (
                    try deliveries(delivery, limit: limit, isIndexed: true),
                    try deliveries(delivery, limit: limit, isIndexed: false)
                )
                #expect(indexed == read, "\(delivery) \(limit) \(comment?.rawValue ?? "")")
            }
        }
    }

    var bytes: [UInt8] {
        ["", "-wal"].flatMap { fileBytes(SearchFile.path(of: scene.path) + $0) }
    }

    func holds(_ word: String) -> Bool {
        let pattern = TextPattern("*" + word)
        return bytes.withUnsafeBytes { pattern?.occurs(in: $0) ?? false }
    }
}

private func fileBytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        guard count > 0 else { return bytes }
        bytes += buffer[..<count]
    }
}

/// Behind everything that the scenes write.
private struct LateClock: Clock {
    func wall() -> WallTime { WallTime(seconds: 1_800_000_000) }
    func monotonic() -> MonotonicTime { SystemClock().monotonic() }
}

@Suite("The index", .timeLimit(.minutes(3)))
struct IndexTests {
    @Test(arguments: [3, 8, 90])
    func `finds what reading finds, in the same order`(_ count: Int) throws {
        let index = try IndexScene()
        for number in 0..<count { try index.add(number) }
        try index.index()
        try index.expectAgreement()
        // What comes behind it is read.
        for number in count..<count + 5 { try index.add(number) }
        try index.expectAgreement("with a tail")
        try index.index()
        try index.expectAgreement("followed")
    }

    @Test func `is used for a rare word, and says so`() throws {
        let index = try IndexScene()
        for number in 0..<100 { try index.add(number) }
        #expect(try page(index).index == .absent)
        try index.index()
        let found = try page(index)
        #expect(found.rows.map(\.id) == [index.events[7]])
        #expect(found.index == .used)
        var query = EventQuery()
        query.since = WallTime(seconds: 0)
        #expect(try index.scene.reader().events(query, after: nil, limit: 10).index == nil)
    }

    private func page(_ index: IndexScene) throws -> Page<EventRow, EventID> {
        var query = EventQuery()
        query.containing = TextPattern("ord_7\"")
        return try index.scene.reader().events(query, after: nil, limit: 10)
    }

    @Test func `follows what becomes of deliveries`() throws {
        let index = try IndexScene()
        for number in 0..<60 { try index.add(number) }
        try index.index()
        for number in stride(from: 0, to: 60, by: 7) {
            let scene = index.scene
            let id = DeliveryID(event: index.events[number], ordinal: 1)
            let subscriber = number % 5 == 0 ? 0 : number % 3
            switch try scene.reader().delivery(id)?.row.state {
            case .dead?: _ = try scene.operate(.retry(id))
            case .pending?:
                let attempts = try scene.reader().delivery(id)?.row.attempts ?? 0
                try scene.settle(id, of: subscriber, number: attempts + 1, outcome: .reset, next: .dead)
            default: continue
            }
        }
        try index.expectAgreement("before it is followed")
        try index.index()
        try index.expectAgreement("after")
    }

    @Test func `forgets the words of a body that is redacted`() throws {
        let index = try IndexScene()
        for number in 0..<50 { try index.add(number, body: number == 20 ? "{\"name\":\"Grünkohlsuppe\"}" : nil) }
        try index.index()
        #expect(index.holds("nkohlsuppe"))
        let event = index.events[20]
        for delivery in try #require(try index.scene.reader().event(event)).deliveries where delivery.state == .pending
        {
            _ = try index.scene.operate(.cancel(delivery.id))
        }
        #expect(try index.scene.operate(.redact(event)) == .done(changed: 1, subscribers: []))
        try index.expectAgreement("before it is followed")
        try index.index()
        #expect(!index.holds("nkohlsuppe"), "no byte of it is left, in the index or in its log")
        #expect(index.holds("ord_") == false && index.holds("köln"), "the others' words are")
        try index.expectAgreement("after")
    }

    @Test(arguments: [true, false])
    func `forgets what retention removed`(_ wholeEvents: Bool) throws {
        let age = TimeSpan.seconds(10)
        let retention = wholeEvents ? Retention(events: age) : Retention(bodies: age)
        let index = try IndexScene(retention: retention)
        let scene = index.scene
        for number in 0..<40 { try index.add(number, body: "{\"name\":\"Sauerkraut\(number)\"}") }
        let old = index.events.count
        for event in index.events {
            for delivery in try #require(try scene.reader().event(event)).deliveries where delivery.state == .pending {
                _ = try scene.operate(.cancel(delivery.id))
            }
        }
        scene.pass(.seconds(60))
        for number in old..<old + 20 { try index.add(number) }
        try index.index()
        #expect(index.holds("sauerkraut39"))
        let ledger = try #require(scene.ledger as? SQLiteLedger)
        ledger.keep(retention, clock: RetentionTests.Hand(scene.now))
        for _ in 0..<100 { _ = try ledger.tidy(isIdle: true) }
        let oldest = try scene.reader().event(index.events[0])
        #expect(wholeEvents ? oldest == nil : oldest?.row.removal != nil)
        usleep(1_100_000)  // the shortest time between two looks of retention
        try index.index()
        #expect(!index.holds("sauerkraut"))
        try index.expectAgreement()
    }

    @Test func `gives up the oldest when it is too large, and reads them`() throws {
        let index = try IndexScene(bytes: 1)
        for number in 0..<100 { try index.add(number) }
        try index.index()
        #expect(try #require(try SearchReader(of: index.scene.path)).place.first > EventID(0))
        try index.expectAgreement()
    }

    @Test(arguments: ["removed", "cut", "overwritten", "another's"])
    func `that is damaged or gone hinders no search, and is made again`(_ how: String) throws {
        let index = try IndexScene()
        for number in 0..<60 { try index.add(number) }
        try index.index()
        let path = SearchFile.path(of: index.scene.path)
        let other = try IndexScene()
        switch how {
        case "removed": SearchFile.remove(of: index.scene.path)
        case "cut": truncate(path, 5000)
        case "overwritten":
            let file = try #require(fopen(path, "r+"))
            fseek(file, 0, SEEK_END)
            let noise = [UInt8](repeating: 0xa5, count: ftell(file))
            rewind(file)
            fwrite(noise, 1, noise.count, file)
            fclose(file)
            unlink(path + "-wal")
        default:
            for number in 0..<60 { try other.add(number + 7) }
            try other.index()
            index.work.close()
            SearchFile.remove(of: index.scene.path)
            rename(SearchFile.path(of: other.scene.path), path)
            rename(SearchFile.path(of: other.scene.path) + "-wal", path + "-wal")
        }
        try index.expectAgreement("while it is \(how)")
        index.work.close()
        while true {
            do { if try index.work.step() == .done { break } } catch {}
        }
        #expect(try page(index).index == .used)
        try index.expectAgreement("made again")
    }

    @Test func `goes on where it was after a restart`() throws {
        let index = try IndexScene()
        for number in 0..<70 { try index.add(number) }
        for _ in 0..<30 { _ = try index.work.step() }
        index.work.close()
        try index.index()
        try index.expectAgreement()
    }

    @Test func `is for its owner alone, and nothing refused is in it`() throws {
        let index = try IndexScene()
        for number in 0..<20 { try index.add(number) }
        try index.index()
        var status = stat()
        #expect(stat(SearchFile.path(of: index.scene.path), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }
}
