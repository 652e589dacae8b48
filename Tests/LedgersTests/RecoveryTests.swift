import CSQLite
import Domain
import Glibc
import Ledgers
import Testing

@Suite("A ledger after a crash", .timeLimit(.minutes(1)))
struct RecoveryTests {
    /// The files of a ledger that was never closed, in a directory of their own.
    func crash(_ scene: Scene) throws -> Scene {
        let copy = TemporaryDirectory()
        try scene.directory.copy("ledger.db", to: copy)
        let after = try Scene(in: copy)
        after.now = scene.now + .seconds(10)
        return after
    }

    @Test func `has everything that was committed`() throws {
        let scene = try Scene()
        let ids = try (0..<20).map { try scene.accept(try scene.event("\($0)"), to: [0, 1]) }
        let after = try crash(scene)
        #expect(try after.ledger.recover(at: after.now) == 0)
        #expect(try after.claim(0).deliveries.map(\.id.event) == ids)
        #expect(try after.claim(1).deliveries.map(\.id.event) == ids)
    }

    @Test func `records what may have been sent as unknown and sends it again`() throws {
        let scene = try Scene()
        let fresh = try scene.accept(try scene.event("fresh"), claimed: true)
        let waiting = try scene.accept(try scene.event("waiting"))
        _ = try scene.claim()
        let settled = try scene.accept(try scene.event("settled"), claimed: true)
        try scene.settle(DeliveryID(event: settled, ordinal: 1))

        let after = try crash(scene)
        #expect(try after.ledger.recover(at: after.now) == 2)
        let claimed = try after.claim().deliveries
        #expect(Set(claimed.map(\.id.event)) == [fresh, waiting])
        #expect(claimed.map(\.attempts) == [1, 1])
        #expect(try after.ledger.recover(at: after.now) == 0)
    }

    @Test func `leaves alone what was given back before`() throws {
        let scene = try Scene()
        let id = DeliveryID(event: try scene.accept(try scene.event("1"), claimed: true), ordinal: 1)
        _ = try scene.commit([.release([id])])
        let after = try crash(scene)
        #expect(try after.ledger.recover(at: after.now) == 0)
        #expect(try after.claim().deliveries.map(\.attempts) == [0])
    }

    @Test func `recovers more than fits into one transaction`() throws {
        let scene = try Scene()
        let count = Limits.batchEntries + 10
        _ = try scene.commit(try (0..<count).map { scene.entry(try scene.event("\($0)"), claimed: true) })
        let after = try crash(scene)
        #expect(try after.ledger.recover(at: after.now) == count)
        #expect(try after.ledger.statistics().deliveries[after.subscriber(0)]?[.pending] == Int64(count))
    }

    /// What is held is in no index when it is young: the search for it begins at the oldest, wherever that has moved to.
    @Test func `finds what was held, however long ago and however it was claimed`() throws {
        let scene = try Scene()
        let old = DeliveryID(event: try scene.accept(try scene.event("old")), ordinal: 1)
        func pass(_ count: Int) throws -> [DeliveryID] {
            let entries = try (0..<count).map { _ in scene.entry(try scene.event(), claimed: true) }
            scene.pass(.milliseconds(1))
            return try scene.commit(entries).map { result in
                guard case .appended(.accepted(let id, _)) = result else { throw Unexpected() }
                return DeliveryID(event: id, ordinal: 1)
            }
        }
        func settle(_ ids: [DeliveryID]) throws { _ = try scene.commit(ids.map { .settle(scene.settlement($0)) }) }
        try settle(try pass(1100))
        try settle(try pass(1100))
        let hanging = try pass(1)
        try settle(try pass(1100))
        try settle(try pass(1100))
        #expect(try scene.claim().deliveries.map(\.id) == [old])
        let young = try pass(5)

        let after = try crash(scene)
        #expect(try after.ledger.recover(at: after.now) == 7)
        #expect(Set(try after.claim().deliveries.map(\.id)) == Set([old] + hanging + young))
    }

    @Test func `loses only what was not committed when the log is cut anywhere`() throws {
        let scene = try Scene()
        var acknowledged: [(size: Int, id: EventID)] = []
        for number in 0..<12 {
            let id = try scene.accept(try scene.event("\(number)"))
            acknowledged.append((scene.directory.size(of: "ledger.db-wal"), id))
        }
        for cut in stride(from: 0, through: scene.directory.size(of: "ledger.db-wal"), by: 10_007) {
            let copy = TemporaryDirectory()
            try scene.directory.copy("ledger.db", to: copy)
            truncate(copy.file("ledger.db-wal"), cut)
            unlink(copy.file("ledger.db-shm"))
            // Cut before the routes were known there is nothing to compare.
            guard let after = try? SQLiteLedger(path: copy.file("ledger.db")) else { continue }
            after.close()
            let reader = try LedgerReader(path: copy.file("ledger.db"))
            let found = Set(try reader.events(EventQuery(), after: nil, limit: 100).rows.map(\.id))
            for (size, id) in acknowledged where size <= cut { #expect(found.contains(id)) }
        }
    }
}
