import Domain
import Ledgers
import Testing

@Suite("Every ledger, appending", .timeLimit(.minutes(1)))
struct AppendTests {
    @Test(arguments: LedgerKind.allCases)
    func `gives ids that grow in the order of the batch`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let results = try scene.commit(try (0..<50).map { scene.entry(try scene.event("\($0)")) })
        let ids = results.compactMap { if case .appended(.accepted(let id, _)) = $0 { id } else { nil } }
        #expect(ids.count == 50)
        #expect(ids == ids.sorted() && Set(ids).count == 50)
        #expect(try scene.accept(try scene.event("later")) > ids[49])
    }

    @Test(arguments: LedgerKind.allCases)
    func `never repeats an id after a restart with the clock set back`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let before = try scene.accept(try scene.event("1"))
        try scene.restart()
        scene.pass(.seconds(-3600))
        #expect(try scene.accept(try scene.event("2")) > before)
    }

    @Test(arguments: LedgerKind.allCases)
    func `keeps an event byte for byte`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let every = Bytes((0...255).map { UInt8($0) })
        let event = Event(
            route: scene.ids.routes[0].route, receivedAt: scene.now,
            source: IPAddress(high: 0x2001_0db8_0000_0000, low: 7), providerID: every, type: every, headers: every,
            body: every, bodyDigest: try sha256(every), coverage: .partial, provenBy: "SECRET[1]")
        _ = try scene.accept(event)
        let claimed = try #require(try scene.claim().deliveries.first).event
        #expect(claimed.route == event.route)
        #expect(claimed.receivedAt == event.receivedAt)
        #expect(claimed.source == event.source)
        #expect(claimed.providerID == every)
        #expect(claimed.type == every)
        #expect(claimed.headers == every)
        #expect(claimed.body == every)
        #expect(claimed.bodyDigest == event.bodyDigest)
        #expect(claimed.coverage == .partial)
        #expect(claimed.provenBy == "SECRET[1]")
    }

    @Test(arguments: LedgerKind.allCases)
    func `tells empty from absent`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        for value in [nil, Bytes.empty] {
            let event = Event(
                route: scene.ids.routes[0].route, receivedAt: scene.now, source: .unspecified, providerID: value,
                type: value, headers: .empty, body: .empty, bodyDigest: try sha256(.empty), coverage: .none,
                provenBy: "")
            _ = try scene.accept(event)
            let claimed = try #require(try scene.claim().deliveries.first).event
            #expect(claimed.providerID == value)
            #expect(claimed.type == value)
            #expect(claimed.body.isEmpty && claimed.headers.isEmpty)
        }
    }

    @Test(arguments: LedgerKind.allCases)
    func `keeps an event that nobody subscribes to`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let id = try scene.accept(try scene.event("1"), to: [], dedup: .within(.seconds(60)))
        #expect(try scene.append(try scene.event("1"), dedup: .within(.seconds(60))) == .duplicate(of: id))
    }

    @Test(arguments: LedgerKind.allCases)
    func `keeps the largest body that intake takes`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let body = String(repeating: "x", count: Limits.bodyBytesMost)
        _ = try scene.accept(try scene.event("1", body: body))
        #expect(try scene.claim().deliveries.first?.event.body.count == Limits.bodyBytesMost)
    }
}
