import Crypto
import Domain
import Ledgers
import Testing

@Suite("Registered subscribers", .timeLimit(.minutes(1)))
struct RegistrationTests {
    private let key: SealingKey

    init() throws { key = try SealingKey(Secret([UInt8](0..<32))) }

    @Test func `are named with those of the files, also after a restart`() throws {
        let scene = try Scene()
        #expect(try scene.add(scene.registration("new")) == .done(changed: 1, subscribers: []))
        try scene.restart()
        let found = try #require(scene.ids.registered.first)
        #expect(scene.ids.registered.count == 1)
        #expect(found.place == 0)
        #expect(found.registration.name == "new")
        #expect(try scene.reader().registration(route: "shop", name: "new")?.url == "http://a.example/new")
        #expect(try scene.actions().map(\.kind) == [.register])
        #expect(try scene.actions().map(\.target) == ["shop/new"])
        #expect(try scene.verify().fault == nil)
    }

    @Test func `of a route that is gone, or of a name that a file has, are not in the plan`() throws {
        let scene = try Scene()
        _ = try scene.add(scene.registration("new"))
        _ = try scene.add(scene.registration("other", route: "gone"))
        let files = Directory(routes: [(name: "shop", subscribers: [.init(name: "new", url: "http://b.example/")])])
        #expect(try scene.ledger.register(files).registered.isEmpty)
    }

    @Test func `keep their secrets sealed for their own row and version`() throws {
        let scene = try Scene()
        let new = try scene.registration("new", secret: "the secret", key: key)
        _ = try scene.add(new)
        let stored = try #require(try scene.reader().registration(new.id))
        let opened = try #require(try stored.open(with: key))
        #expect(opened.withBytes { String(decoding: $0, as: UTF8.self) } == "the secret")
        let other = try SealingKey(Secret([UInt8](1..<33)))
        #expect(throws: LedgerKeyProblem.missing(owner: "shop/new", keyID: key.id)) { try stored.open(with: nil) }
        #expect(throws: LedgerKeyProblem.wrong(owner: "shop/new", keyID: key.id, given: other.id)) {
            try stored.open(with: other)
        }
        let moved = try scene.registration("moved").with(secrets: stored.secrets)
        #expect(throws: LedgerKeyProblem.changed(owner: "shop/moved")) { try moved.open(with: key) }
    }

    @Test func `are refused when name, key or URL is taken`() throws {
        let scene = try Scene()
        let first = try scene.registration("a", type: "all", idempotencyKey: "k")
        _ = try scene.add(first)
        #expect(try scene.add(try scene.registration("a")) == .refused(.registry(.nameTaken)))
        #expect(try scene.add(try scene.registration("b", idempotencyKey: "k")) == .refused(.registry(.keyTaken)))
        let same = try scene.registration("c", url: first.url, type: "all")
        #expect(try scene.add(same) == .refused(.registry(.urlTaken(id: first.id))))
        #expect(try scene.actions().count == 1, "nothing is recorded")
    }

    @Test func `are no more than the limit for each token`() throws {
        let scene = try Scene()
        let many = try (0..<Limits.registrationsPerPartner).map { number in
            LedgerEntry.operate(
                Operation(
                    .register(.add(try scene.registration("s\(number)"), paused: nil)), actor: "tests", reason: ""))
        }
        _ = try scene.ledger.commit(many, at: scene.now)
        let limit = OperationResult.refused(.registry(.tooMany(Limits.registrationsPerPartner)))
        #expect(try scene.add(try scene.registration("more")) == limit)
        #expect(try scene.add(try scene.registration("more", partner: "b")) == .done(changed: 1, subscribers: []))
    }

    @Test func `change by version, and pause with their change`() throws {
        let scene = try Scene()
        let first = try scene.registration("new")
        _ = try scene.add(first, paused: "at first")
        #expect(try scene.ledger.register(Scene.standard).registered[0].ids.paused == "at first")
        let second = first.with(version: 2)
        let id = try scene.ledger.register(Scene.standard).registered[0].ids.subscriber
        #expect(
            try scene.operate(.register(.change(second, pause: .resume))) == .done(changed: 1, subscribers: [id]))
        #expect(try scene.ledger.register(Scene.standard).registered[0].ids.paused == nil)
        #expect(try scene.operate(.register(.change(second, pause: .none))) == .refused(.registry(.changed)))
        #expect(
            try scene.operate(.register(.remove(id: first.id, version: 1))) == .refused(.registry(.changed)))
        #expect(
            try scene.operate(.register(.remove(id: first.id, version: 2))) == .done(changed: 1, subscribers: []))
        #expect(
            try scene.operate(.register(.remove(id: first.id, version: 2)))
                == .refused(.registry(.noSuchRegistration)))
    }

    @Test func `that are removed leave what was pending held`() throws {
        let scene = try Scene()
        let new = try scene.registration("new")
        _ = try scene.add(new)
        let ids = try scene.ledger.register(Scene.standard).registered[0].ids
        let append = Append(
            event: try scene.event(),
            deliveries: [NewDelivery(subscriber: ids.subscriber, endpoint: ids.endpoint, claimed: false)], dedup: .off)
        _ = try scene.ledger.commit([.append(append)], at: scene.now)
        _ = try scene.operate(.register(.remove(id: new.id, version: 1)))
        #expect(try scene.ledger.register(Scene.standard).registered.isEmpty)
        let row = try #require(try scene.reader().subscribers().first { $0.name == "new" })
        #expect(row.isGone)
        #expect(row.deliveries[.held] == 1)
        _ = try scene.add(try scene.registration("new"))
        let again = try scene.ledger.register(Scene.standard).registered[0].ids
        #expect(again.subscriber == ids.subscriber)
        let claim = Claim(subscriber: again.subscriber, due: scene.now, most: 10, mostBytes: 1 << 20)
        guard case .claimed(let claimed) = try scene.ledger.commit([.claim(claim)], at: scene.now)[0] else { return }
        #expect(claimed.deliveries.map(\.url) == [new.url])
    }

    @Test func `are sealed again all or none`() throws {
        let scene = try Scene()
        let (a, b) = (try scene.registration("a", secret: "1", key: key), try scene.registration("b"))
        _ = try scene.add(a)
        _ = try scene.add(b)
        let other = try SealingKey(Secret([UInt8](1..<33)))
        func box(_ one: Registration, version: Int64 = 1) throws -> RegistryChange.Resealed {
            let context = Registration.context(id: one.id, version: version)
            return .init(
                id: one.id, version: version, secrets: try SealedBytes(Secret("2"), with: other, for: context))
        }
        #expect(
            try scene.operate(.register(.reseal([box(a), box(b, version: 7)]))) == .refused(.registry(.changed)))
        #expect(try scene.reader().registration(a.id)?.secrets == a.secrets)
        #expect(try scene.operate(.register(.reseal([box(a)]))) == .done(changed: 1, subscribers: []))
        #expect(try scene.reader().registration(a.id)?.secrets?.keyID == other.id)
        #expect(try scene.actions().first?.kind == .rekey)
    }
}

extension Scene {
    fileprivate func registration(
        _ name: String, route: String = "shop", url: String? = nil, partner: String = "admin", type: String? = nil,
        secret: String? = nil, key: SealingKey? = nil, idempotencyKey: String? = nil
    ) throws -> Registration {
        let id = try Registration.newID(at: now)
        let secrets = try secret.flatMap { text in
            try key.map { try SealedBytes(Secret(text), with: $0, for: Registration.context(id: id, version: 1)) }
        }
        return Registration(
            id: id, route: route, name: name, url: url ?? "http://a.example/\(name)", partner: partner, type: type,
            definition: "{}", secrets: secrets, createdAt: now, changedAt: now, idempotencyKey: idempotencyKey)
    }

    fileprivate func add(_ registration: Registration, paused: String? = nil) throws -> OperationResult {
        try operate(.register(.add(registration, paused: paused)))
    }
}

extension Registration {
    fileprivate func with(version: Int64 = 1, secrets: SealedBytes? = nil) -> Registration {
        Registration(
            id: id, route: route, name: name, url: url, partner: partner, definition: definition, secrets: secrets,
            version: version, createdAt: createdAt, changedAt: changedAt)
    }
}
