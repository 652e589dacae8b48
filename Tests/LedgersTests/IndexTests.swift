import Domain
import Glibc
import Testing

@testable import Ledgers

@Suite("The index", .timeLimit(.minutes(3)))
struct IndexTests {
    @Test(arguments: [3, 8, 70])
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

    @Test func `whose lists are damaged is made again, and ends no process`() throws {
        let index = try IndexScene()
        for number in 0..<60 { try index.add(number) }
        try index.index()
        try execute(
            "UPDATE terms SET events = CAST(x'01' || zeroblob(20) || x'80' AS BLOB)",
            on: SearchFile.path(of: index.scene.path))
        let event = index.events[2]
        for delivery in try #require(try index.scene.reader().event(event)).deliveries where delivery.state == .pending
        {
            _ = try index.scene.operate(.cancel(delivery.id))
        }
        #expect(try index.scene.operate(.redact(event)) == .done(changed: 1, subscribers: []))
        while true {
            do { if try index.work.step() == .done { break } } catch {}
        }
        try index.expectAgreement("made again")
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

    @Test(arguments: ["terms", "classes", "blocks"])
    func `that turns out to be damaged while it is asked is passed over, and says so`(_ what: String) throws {
        let index = try IndexScene()
        for number in 0..<60 { try index.add(number) }
        try index.index()
        index.work.close()
        let path = SearchFile.path(of: index.scene.path)
        if what == "blocks" {
            try execute("UPDATE blocks SET ids = x''", on: path)
        } else {
            try spoil(what, in: path)
        }
        var delivery = DeliveryQuery(subscriber: "stock", state: .delivered)
        delivery.containing = TextPattern("bonn")
        let deliveries = try index.scene.reader().deliveries(delivery, after: nil, limit: 1000)
        #expect(try deliveries.rows.map(\.id) == index.deliveries(delivery, limit: 1000, isIndexed: false))
        #expect(!deliveries.rows.isEmpty && deliveries.index == .damaged)
        if what != "classes" {
            let events = try page(index)
            #expect(events.rows.map(\.id) == [index.events[7]] && events.index == .damaged)
        }
        index.work.discard()
        try index.index()
        #expect(try page(index).index == .used)
    }

    @Test func `stays when it is the ledger that is damaged, which is named`() throws {
        let index = try IndexScene()
        for number in 0..<60 { try index.add(number) }
        try index.index()
        index.scene.ledger.close()
        try spoil("attempts", in: index.scene.path)
        let error = #expect(throws: LedgerError.self) { try index.index() }
        guard case .storage(let path, _, _) = error else { throw Unexpected() }
        #expect(path == index.scene.path)
        #expect(SearchFile.exists(of: index.scene.path))
    }

    /// Overwrites the first page of a table.
    private func spoil(_ table: String, in path: String) throws {
        try execute("PRAGMA wal_checkpoint(TRUNCATE)", on: path)
        let root = try #require(
            try column("SELECT CAST(rootpage AS TEXT) FROM sqlite_schema WHERE name = '\(table)'", of: path).first)
        let number = try #require(Int(String(decoding: root, as: UTF8.self)))
        let file = try #require(fopen(path, "r+"))
        defer { fclose(file) }
        fseek(file, (number - 1) * 8192, SEEK_SET)
        let noise = [UInt8](repeating: 0xff, count: 64)
        fwrite(noise, 1, noise.count, file)
    }

    @Test func `goes on where it was after a restart`() throws {
        let index = try IndexScene()
        for number in 0..<70 { try index.add(number) }
        for _ in 0..<30 { _ = try index.work.step() }
        index.work.close()
        try index.index()
        try index.expectAgreement()
    }

    @Test(arguments: ["", "-wal", "-shm", "-journal"])
    func `leaves none of its files when it is removed`(_ suffix: String) throws {
        let scene = try Scene()
        let path = SearchFile.path(of: scene.path) + suffix
        let file = try #require(fopen(path, "w"))
        fclose(file)
        SearchWork.remove(of: scene.path)
        #expect(access(path, F_OK) != 0)
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
