import Domain
import Ledgers
import Testing

@Suite("Tokens of the admin API", .timeLimit(.minutes(1)))
struct TokenTests {
    private func hash(_ byte: UInt8) -> Digest256 {
        [UInt8](repeating: byte, count: 32).withUnsafeBytes { Digest256(copying: $0) } ?? .zero
    }

    private func grant(
        _ name: String, _ hash: Digest256, routes: Set<String>? = nil, expires: WallTime? = nil
    ) -> Operation.Deed {
        .access(.grant(TokenGrant(name: name, hash: hash, scope: .operate, routes: routes, expiresAt: expires)))
    }

    @Test func `are found by their hash, as they were granted, also after a restart`() throws {
        let scene = try Scene()
        let end = scene.now + .seconds(60)
        #expect(
            try scene.operate(grant("ci", hash(1), routes: ["shop", "other"], expires: end))
                == .done(changed: 1, subscribers: []))
        try scene.restart()
        let row = try #require(try TokenSearch.token(hash(1), in: scene.path))
        #expect(row.name == "ci")
        #expect(row.scope == .operate)
        #expect(row.routes == ["shop", "other"])
        #expect(row.grantedBy == "tests")
        #expect(row.state(at: scene.now) == .active)
        #expect(row.state(at: end) == .expired)
        #expect(try TokenSearch.token(hash(2), in: scene.path) == nil)
    }

    @Test func `keep their name for ever, so that the record stays clear`() throws {
        let scene = try Scene()
        _ = try scene.operate(grant("ci", hash(1)))
        #expect(try scene.operate(grant("ci", hash(2))) == .refused(.access(.nameTaken)))
        _ = try scene.operate(.access(.revoke(name: "ci")))
        #expect(try scene.operate(grant("ci", hash(2))) == .refused(.access(.nameTaken)))
        #expect(try scene.operate(.access(.revoke(name: "ci"))) == .refused(.access(.revokedAlready)))
        #expect(try scene.operate(.access(.revoke(name: "no"))) == .refused(.access(.noSuchToken)))
        #expect(try scene.actions().map(\.kind) == [.revokeToken, .grantToken])
        #expect(try TokenSearch.token(hash(1), in: scene.path)?.state(at: scene.now) == .revoked)
    }

    @Test func `their last use is kept without a record, refusals are on record, and the chain holds both`() throws {
        let scene = try Scene()
        _ = try scene.operate(grant("ci", hash(1)))
        let id = try #require(try TokenSearch.token(hash(1), in: scene.path)).id
        _ = try scene.operate(.access(.used(id)))
        _ = try scene.operate(.access(.refused(who: "203.0.113.5", count: 17)))
        #expect(try TokenSearch.token(hash(1), in: scene.path)?.usedAt == scene.now)
        let actions = try scene.actions()
        #expect(actions.map(\.kind) == [.refuse, .grantToken])
        #expect(actions[0].target == "203.0.113.5")
        #expect(actions[0].done == 17)
        #expect(try scene.verify().fault == nil)
    }

    @Test func `actions are listed by kind, actor, target and time, page by page`() throws {
        let scene = try Scene()
        for number in 1...5 {
            _ = try scene.operate(grant("t\(number)", hash(UInt8(number))))
            scene.pass(.seconds(60))
        }
        _ = try scene.operate(.pause(scene.subscriber(0)))
        func names(_ change: (inout ActionQuery) -> Void, after: Int64? = nil, limit: Int = 100) throws -> [String] {
            var query = ActionQuery()
            change(&query)
            return try LedgerReader(path: scene.path).actions(query, after: after, limit: limit).rows.map(\.target)
        }
        #expect(try names { $0.kind = .pause } == ["shop/billing"])
        #expect(try names { $0.target = "shop/*" } == ["shop/billing"])
        #expect(try names { $0.actor = "nobody" } == [])
        #expect(try names({ $0.kind = .grantToken }, limit: 2) == ["t5 operate", "t4 operate"])
        #expect(try names({ $0.kind = .grantToken }, after: 4, limit: 2) == ["t3 operate", "t2 operate"])
        let start = WallTime(seconds: 1_700_000_000)
        #expect(
            try names {
                $0.since = start + .seconds(60)
                $0.until = start + .seconds(180)
            } == ["t3 operate", "t2 operate"])
    }
}
