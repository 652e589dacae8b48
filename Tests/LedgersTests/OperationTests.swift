import Domain
import Ledgers
import Testing

@Suite("What operators order", .timeLimit(.minutes(1)))
struct OperationTests {
    @Test func `a paused subscriber is held until it is resumed, also after a restart`() throws {
        let scene = try Scene()
        let event = try scene.accept(try scene.event())
        #expect(try scene.operate(.pause(scene.subscriber(0))) == .done(changed: 1, subscribers: []))
        try scene.restart()
        #expect(scene.ids.routes[0].subscribers[0].paused == "because")
        #expect(try scene.claim().deliveries.isEmpty)
        #expect(
            try scene.operate(.resume(scene.subscriber(0)))
                == .done(changed: 1, subscribers: [scene.subscriber(0)]))
        #expect(try scene.claim().deliveries.map(\.id) == [DeliveryID(event: event, ordinal: 1)])
        #expect(try scene.actions().map(\.kind) == [.resume, .pause])
        #expect(try scene.actions().map(\.target) == ["shop/billing", "shop/billing"])
    }

    @Test func `what changes nothing is not recorded`() throws {
        let scene = try Scene()
        #expect(try scene.operate(.resume(scene.subscriber(0))) == .done(changed: 0, subscribers: []))
        #expect(try scene.operate(.pause(SubscriberID(99))) == .refused(.noSuchSubscriber))
        #expect(try scene.operate(.retry(DeliveryID(event: EventID(9), ordinal: 1))) == .refused(.noSuchDelivery))
        #expect(try scene.actions().isEmpty)
    }

    @Test func `a dead delivery that is retried is due at once, and its schedule begins anew`() throws {
        let scene = try Scene()
        let id = try scene.dead()
        scene.pass(.seconds(60))
        #expect(try scene.operate(.retry(id)) == .done(changed: 1, subscribers: [scene.subscriber(0)]))
        let claimed = try scene.claim().deliveries
        #expect(claimed.map(\.attempts) == [1])
        #expect(claimed.map(\.attemptsBefore) == [1])
        try scene.settle(id, number: 2)
        #expect(try scene.row(id).state == .delivered)
        #expect(try scene.ledger.statistics().deliveries[scene.subscriber(0)]?[.dead] == 0)
        #expect(try scene.verify().fault == nil)
    }

    @Test func `only what fits is retried, discarded, cancelled or sent now`() throws {
        let scene = try Scene()
        let pending = DeliveryID(event: try scene.accept(try scene.event()), ordinal: 1)
        let claimed = DeliveryID(event: try scene.accept(try scene.event(), claimed: true), ordinal: 1)
        #expect(try scene.operate(.retry(pending)) == .refused(.notDead(.pending)))
        #expect(try scene.operate(.discard(pending)) == .refused(.notDead(.pending)))
        #expect(try scene.operate(.cancel(claimed)) == .refused(.beingSent))
        #expect(try scene.operate(.sendNow(claimed)) == .refused(.beingSent))
        try scene.settle(claimed)
        #expect(try scene.operate(.cancel(claimed)) == .refused(.notPending(.delivered)))
    }

    @Test func `a cancelled delivery is dead and marked, and is sent only when it is retried by name`() throws {
        let scene = try Scene()
        let id = DeliveryID(event: try scene.accept(try scene.event()), ordinal: 1)
        #expect(try scene.operate(.cancel(id)) == .done(changed: 1, subscribers: []))
        #expect(try scene.row(id).state == .dead)
        #expect(try scene.row(id).closure == .cancelled)
        #expect(try scene.claim().deliveries.isEmpty)
        _ = try scene.operate(.retry(id))
        #expect(try scene.row(id).closure == nil)
        #expect(try scene.claim().deliveries.map(\.id) == [id])
        #expect(try scene.verify().fault == nil)
    }

    @Test func `a pending delivery is sent now`() throws {
        let scene = try Scene()
        let id = DeliveryID(event: try scene.accept(try scene.event(), claimed: true), ordinal: 1)
        try scene.settle(id, outcome: .connect, next: .retry(at: scene.now + .seconds(3600)))
        #expect(try scene.claim().deliveries.isEmpty)
        #expect(try scene.operate(.sendNow(id)) == .done(changed: 1, subscribers: [scene.subscriber(0)]))
        #expect(try scene.claim().deliveries.map(\.id) == [id])
    }

    @Test func `each action is a leaf of the chain`() throws {
        let scene = try Scene()
        let id = try scene.dead()
        _ = try scene.operate(.pause(scene.subscriber(0)))
        _ = try scene.operate(.retry(id))
        #expect(try scene.verify().actions == 2)
        try execute("UPDATE actions SET reason = 'another' WHERE id = 2", on: scene.path)
        #expect(try scene.verify().fault == .action(2, .altered))
    }

    @Test(arguments: [
        ("UPDATE actions SET actor = 'nobody' WHERE id = 1", ChainFault.action(1, .altered)),
        ("UPDATE actions SET done = 7 WHERE id = 1", .action(1, .altered)),
        ("DELETE FROM actions WHERE id = 2", .missing(record: 1, ofBatch: 4)),
        (
            "INSERT INTO actions SELECT 9, at, kind, actor, target, reason, done, skipped, deliveries FROM actions WHERE id = 1",
            .action(9, .inserted)
        ),
        ("UPDATE chain SET last_action = NULL WHERE id = 4", .batch(4)),
        ("UPDATE chain SET last_action = 2 WHERE id = 2", .batch(2)),
    ])
    func `an edit of what operators did is told`(_ sql: String, _ fault: ChainFault) throws {
        let scene = try Scene()
        let id = try scene.dead()
        _ = try scene.operate(.pause(scene.subscriber(0)))
        _ = try scene.operate(.retry(id))
        try execute(sql, on: scene.path)
        #expect(try scene.verify().fault == fault)
    }

    @Test func `a ledger of the first schema is brought up to date and its chain still holds`() throws {
        let scene = try Scene()
        let id = try scene.dead()
        let end = try scene.verify().end
        scene.ledger.close()
        try execute(
            """
            DROP TABLE quarantine; DROP TABLE releases; DROP TABLE tallies; DROP TABLE bodies;
            DROP TABLE tokens; DROP TABLE actions; DROP TABLE jobs; ALTER TABLE chain DROP COLUMN last_action;
            ALTER TABLE subscribers DROP COLUMN endpoint; ALTER TABLE deliveries DROP COLUMN replay_of;
            ALTER TABLE deliveries DROP COLUMN made_by; ALTER TABLE deliveries DROP COLUMN attempts_before;
            ALTER TABLE deliveries DROP COLUMN closure; ALTER TABLE ledger DROP COLUMN handed_from;
            DROP INDEX pending; CREATE INDEX pending ON deliveries (lease, subscriber, due_at) WHERE state = 0;
            DROP TABLE proof; DROP TABLE tree; DROP TABLE removed; DROP TABLE registrations;
            DROP TABLE credentials; DROP TABLE route_settings; DROP TABLE secret_uses; DROP TABLE secret_prints;
            PRAGMA user_version = 1;
            """, on: scene.path)
        try scene.restart()
        #expect(try scene.verify(against: end).fault == nil)
        _ = try scene.operate(.retry(id))
        #expect(try scene.claim().deliveries.map(\.id) == [id])
        #expect(try scene.verify(against: end).fault == nil)
    }
}

extension Scene {
    var path: String { directory.file("ledger.db") }

    func operate(_ deed: Operation.Deed) throws -> OperationResult {
        let operation = Operation(deed, actor: "tests", reason: "because")
        guard case .operated(let result) = try #require(try commit([.operate(operation)]).first) else {
            throw Unexpected()
        }
        return result
    }

    /// One that its first attempt killed.
    func dead(_ providerID: String? = nil, of index: Int = 0) throws -> DeliveryID {
        let id = DeliveryID(event: try accept(try event(providerID), to: [index], claimed: true), ordinal: 1)
        try settle(id, of: index, outcome: .connect, next: .dead)
        return id
    }

    func actions() throws -> [ActionRecord] { try LedgerReader(path: path).actions(after: nil, limit: 100).rows }
    func row(_ id: DeliveryID) throws -> DeliveryRow {
        try #require(try LedgerReader(path: path).delivery(id)?.row)
    }
    func verify(against place: ChainPlace? = nil) throws -> ChainReport {
        try LedgerReader(path: path).verifyChain(against: place)
    }
}
