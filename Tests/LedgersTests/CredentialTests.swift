import Crypto
import Domain
import Ledgers
import Net
import Telemetry
import Testing

@Suite("Credentials of routes", .timeLimit(.minutes(1)))
struct CredentialTests {
    private let key: SealingKey

    init() throws { key = try SealingKey(Secret([UInt8](0..<32))) }

    private func credential(
        _ name: String, in scene: Scene, route: String = "shop", secrets: [String: String] = ["SECRET": "the secret"],
        idempotencyKey: String? = nil, notBefore: WallTime? = nil, notAfter: WallTime? = nil
    ) throws -> RouteCredential {
        let id = try Registration.newID(at: scene.now)
        return RouteCredential(
            id: id, route: route, name: name, secretNames: secrets.keys.sorted(), isGenerated: true,
            notBefore: notBefore, notAfter: notAfter, secrets: try box(secrets, id, 1), createdAt: scene.now,
            createdBy: "tests", changedAt: scene.now, idempotencyKey: idempotencyKey)
    }

    private func box(_ secrets: [String: String], _ id: String, _ version: Int64) throws -> SealedBytes {
        try SealedBytes(
            secrets.mapValues { Secret($0) }.packed, with: key, for: RouteCredential.context(id: id, version: version))
    }

    private func text(_ table: [String: Secret]?) -> [String: String]? {
        table?.mapValues { $0.withBytes { String(decoding: $0, as: UTF8.self) } }
    }

    private let done = OperationResult.done(changed: 1, subscribers: [])

    @Test func `come with the ids of their routes, also after a restart`() throws {
        let scene = try Scene()
        let new = try credential("a", in: scene, secrets: ["KEY": "k\u{0}\n", "SECRET": "s"])
        #expect(try scene.operate(.route(.add(new))) == done)
        #expect(try scene.operate(.route(.add(credential("b", in: scene, route: "gone")))) == done)
        try scene.restart()
        let found = scene.ids.changes.credentials
        #expect(found.map(\.name) == ["a"], "that of a route without a file waits for it")
        #expect(text(try found[0].open(with: key)) == ["KEY": "k\u{0}\n", "SECRET": "s"])
        #expect(try scene.reader().credentials().map(\.name).sorted() == ["a", "b"])
        #expect(try scene.actions().map(\.kind) == [.addCredential, .addCredential])
        #expect(try scene.actions().map(\.target) == ["gone/b", "shop/a"])
        #expect(try scene.verify().fault == nil)
    }

    @Test func `are sealed for their own row and version`() throws {
        let scene = try Scene()
        let (a, b) = (try credential("a", in: scene), try credential("b", in: scene))
        let moved = RouteCredential(
            id: b.id, route: b.route, name: b.name, secretNames: b.secretNames, isGenerated: true, secrets: a.secrets,
            createdAt: scene.now, createdBy: "tests", changedAt: scene.now)
        #expect(throws: LedgerKeyProblem.changed(owner: "shop/b")) { try moved.open(with: key) }
        #expect(throws: LedgerKeyProblem.missing(owner: "shop/a", keyID: key.id)) { try a.open(with: nil) }
    }

    @Test func `are refused when name or key is taken, or five are there`() throws {
        let scene = try Scene()
        _ = try scene.operate(.route(.add(try credential("a", in: scene, idempotencyKey: "k"))))
        #expect(
            try scene.operate(.route(.add(try credential("a", in: scene)))) == .refused(.route(.nameTaken)))
        #expect(
            try scene.operate(.route(.add(try credential("b", in: scene, idempotencyKey: "k"))))
                == .refused(.route(.keyTaken)))
        for name in ["b", "c", "d", "e"] {
            #expect(try scene.operate(.route(.add(try credential(name, in: scene)))) == done)
        }
        #expect(
            try scene.operate(.route(.add(try credential("f", in: scene)))) == .refused(.route(.full(5))))
        #expect(try scene.operate(.route(.add(try credential("f", in: scene, route: "other")))) == done)
        #expect(try scene.actions().count == 6, "what is refused is not recorded")
    }

    @Test func `change by version, with the old secrets beside the new ones for a while`() throws {
        let scene = try Scene()
        let first = try credential("a", in: scene)
        _ = try scene.operate(.route(.add(first)))
        let until = scene.now + .seconds(60)
        let second = first.regenerated(
            try box(["SECRET": "next"], first.id, 2), of: ["SECRET"], isGenerated: true, overlap: until, at: scene.now)
        #expect(try scene.operate(.route(.regenerate(second))) == done)
        #expect(try scene.operate(.route(.regenerate(second))) == .refused(.route(.changed)))
        try scene.restart()
        let found = try #require(scene.ids.changes.credentials.first)
        #expect(found.version == 2)
        #expect(text(try found.open(with: key)) == ["SECRET": "next"])
        #expect(text(try found.openReplaced(with: key)) == ["SECRET": "the secret"])
        #expect(found.hasOverlap(at: scene.now) && !found.hasOverlap(at: until))
        #expect(found.nextChange(after: scene.now) == until && found.nextChange(after: until) == nil)
        let instead = found.regenerated(
            try box(["SECRET": "other"], first.id, 3), of: ["SECRET"], isGenerated: true, overlap: until, at: scene.now,
            keepsReplaced: true)
        #expect(text(try instead.open(with: key)) == ["SECRET": "other"])
        #expect(text(try instead.openReplaced(with: key)) == ["SECRET": "the secret"], "the last ones are dropped")
        let third = found.regenerated(
            try box(["SECRET": "next"], first.id, 3), of: ["SECRET"], isGenerated: true, overlap: scene.now,
            at: scene.now)
        #expect(try scene.operate(.route(.endOverlap(third))) == done)
        #expect(try scene.reader().credentials()[0].replaced == nil)
        #expect(
            try scene.operate(.route(.remove(id: first.id, version: 1))) == .refused(.route(.changed)))
        #expect(try scene.operate(.route(.remove(id: first.id, version: 3))) == done)
        #expect(
            try scene.operate(.route(.remove(id: first.id, version: 3)))
                == .refused(.route(.noSuchCredential)))
        #expect(
            try scene.actions().map(\.kind) == [
                .removeCredential, .removeCredential, .regenerateCredential, .addCredential,
            ])
        #expect(try scene.actions().map(\.target) == ["shop/a", "shop/a secrets before", "shop/a", "shop/a"])
    }

    @Test func `count between their times`() throws {
        let scene = try Scene()
        let (begin, end) = (scene.now + .seconds(10), scene.now + .seconds(20))
        let one = try credential("a", in: scene, notBefore: begin, notAfter: end)
        #expect(one.state(at: scene.now) == .waiting && one.nextChange(after: scene.now) == begin)
        #expect(one.state(at: begin) == .active && one.nextChange(after: begin) == end)
        #expect(one.state(at: end) == .expired && one.nextChange(after: end) == nil)
    }

    @Test func `are sealed again all or none`() throws {
        let scene = try Scene()
        let one = try credential("a", in: scene)
        _ = try scene.operate(.route(.add(one)))
        let other = try SealingKey(Secret([UInt8](1..<33)))
        func sealed(_ version: Int64) throws -> RouteChange.Resealed {
            let context = RouteCredential.context(id: one.id, version: 1)
            return .init(
                id: one.id, version: version,
                secrets: try SealedBytes(["SECRET": Secret("x")].packed, with: other, for: context), replaced: nil)
        }
        #expect(
            try scene.operate(.route(.reseal([sealed(1), sealed(7)]))) == .refused(.route(.changed)))
        #expect(try scene.reader().credentials()[0].secrets == one.secrets)
        #expect(try scene.operate(.route(.reseal([sealed(1)]))) == done)
        #expect(text(try scene.reader().credentials()[0].open(with: other)) == ["SECRET": "x"])
        #expect(try scene.actions().first?.kind == .rekey)
    }
}

@Suite("What is changed of a route", .timeLimit(.minutes(1)))
struct RouteSettingsTests {
    private let done = OperationResult.done(changed: 1, subscribers: [])
    private let nothing = OperationResult.done(changed: 0, subscribers: [])

    @Test func `is on record once, survives a restart, and each change leaves the others`() throws {
        let scene = try Scene()
        #expect(try scene.operate(.route(.enable(route: "shop"))) == nothing)
        #expect(try scene.operate(.route(.disable(route: "shop"))) == done)
        #expect(try scene.operate(.route(.disable(route: "shop"))) == nothing)
        #expect(try scene.operate(.route(.allow(route: "shop", ["192.0.2.0/24"], version: nil))) == done)
        try scene.restart()
        let settings = try #require(scene.ids.changes.settings.first)
        #expect(settings.disabled == "because" && settings.allow == ["192.0.2.0/24"] && settings.version == 2)
        #expect(settings.changedBy == "tests")
        #expect(try scene.operate(.route(.enable(route: "shop"))) == done)
        #expect(
            try scene.operate(.route(.allow(route: "shop", nil, version: 2))) == .refused(.route(.changed)))
        #expect(try scene.operate(.route(.allow(route: "shop", nil, version: 3))) == done)
        #expect(try scene.reader().routeSettings()[0].allow == nil)
        #expect(
            try scene.actions().map(\.kind) == [.changeAddresses, .enableRoute, .changeAddresses, .disableRoute])
        #expect(
            try scene.actions().map(\.target) == ["shop allow of its file", "shop", "shop allow=192.0.2.0/24", "shop"])
        #expect(try scene.verify().fault == nil)
    }
}

@Suite("The use of secrets", .timeLimit(.minutes(1)))
struct SecretUseTests {
    private let prints = SecretPrints(key: Secret([UInt8](0..<16)))

    @Test func `adds up, with the first and the last time`() throws {
        let scene = try Scene()
        let route = scene.ids.routes[0].route
        func use(_ count: Int64) -> LedgerEntry {
            .uses([SecretUse(of: route, print: "abc", count: count, last: scene.now)])
        }
        let start = scene.now
        _ = try scene.commit([use(0)])
        let seen = try #require(try scene.reader().secretUses().first)
        #expect(seen.uses == 0 && seen.since == start && seen.firstUsed == nil && seen.lastUsed == nil)
        scene.pass(.seconds(5))
        let first = scene.now
        _ = try scene.commit([use(3), .uses([SecretUse(of: scene.subscriber(0), print: "abc", count: 1, last: first)])])
        scene.pass(.seconds(5))
        _ = try scene.commit([use(4)])
        _ = try scene.commit([use(0)])
        let rows = try scene.reader().secretUses()
        let row = try #require(rows.first { $0.direction == .inbound })
        #expect(row.uses == 7 && row.since == start && row.firstUsed == first)
        #expect(row.lastUsed == first + .seconds(5))
        #expect(rows.filter { $0.direction == .outbound }.map(\.uses) == [1])
        #expect(try scene.verify().end.batch == 0, "it is no leaf of the chain")
    }

    @Test func `is counted by what proved a request, whatever its form`() {
        var count = SecretCount()
        let now = WallTime(seconds: 9)
        let route = RouteID(7)
        for provenBy in ["SECRET", "SECRET", "KEY+SECRET:a form 2", "TOKEN[1], SECRET form 1", "", "kid-of-a-provider"]
        {
            count.note(provenBy, at: now)
        }
        let prints = ["SECRET": "s", "SECRET:a": "a", "KEY": "k", "TOKEN[1]": "t"]
        let uses = count.take(of: route, prints: prints).sorted { $0.print < $1.print }
        #expect(uses.map(\.print) == ["a", "k", "s", "t"])
        #expect(uses.map(\.count) == [1, 1, 3, 1])
        #expect(uses.allSatisfy { $0.last == now && $0.owner == 7 })
        #expect(count.take(of: route, prints: prints).isEmpty)
    }

    @Test func `has a last time of its own, whatever others were used after it`() {
        var count = SecretCount()
        count.note("OLD", at: WallTime(seconds: 9))
        count.note("NEW", at: WallTime(seconds: 10))
        count.note("KEY+NEW", at: WallTime(seconds: 8))  // a clock that was set
        let uses = count.take(of: RouteID(7), prints: ["OLD": "a", "NEW": "b"]).sorted { $0.print < $1.print }
        #expect(uses.map(\.last) == [WallTime(seconds: 9), WallTime(seconds: 10)])
        #expect(uses.map(\.count) == [1, 2])
    }

    @Test func `goes with a batch, and is dropped while the ledger is in trouble`() async throws {
        let controls = DoubleEngine.Controls()
        let writer = try LedgerWriter(engine: DoubleEngine(controls), clock: SystemClock(), metrics: Metrics())
        let use = SecretUse(of: RouteID(1), print: "abc", count: 1, last: WallTime(seconds: 1))
        controls.fail(.storage(path: "x", code: 10, detail: "disk I/O error"))
        writer.count([use])
        while writer.isWritable { await Task.yield() }
        writer.count([use])
        controls.fail(nil)
        while !writer.isWritable, !Task.isCancelled { await Task.yield() }
        writer.count([])
        writer.count([use])
        writer.stop()
        #expect(controls.batches == [["uses"]], "the one after the trouble, and none that is empty")
    }

    @Test func `is told by a name that is the ledger's own`() throws {
        let (a, b) = (Secret("one"), Secret("another"))
        #expect(prints.text(of: a) == prints.text(of: Secret("one")) && prints.text(of: a) != prints.text(of: b))
        #expect(SecretPrints(key: Secret([UInt8](1..<17))).text(of: a) != prints.text(of: a))
        let (first, second) = (try Scene().reader().secretPrints(), try Scene().reader().secretPrints())
        #expect(first.text(of: a) != second.text(of: a))
    }
}
