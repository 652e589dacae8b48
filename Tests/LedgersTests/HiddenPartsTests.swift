import Crypto
import Domain
import Foundation
import Ledgers
import Testing

@Suite("What is hidden of refused requests", .timeLimit(.minutes(1)))
struct HiddenPartsTests {
    private static let canary = "canary-of-a-provider"

    private func key(_ byte: UInt8) throws -> SealingKey {
        try SealingKey(Secret([UInt8](repeating: byte, count: SealingKey.size)))
    }

    private func ledger(_ scene: Scene) throws -> SQLiteLedger { try #require(scene.ledger as? SQLiteLedger) }

    /// A ledger that has refused one request with everything hidden, sealed with `key`.
    private func scene(sealing key: SealingKey?) throws -> (Scene, QuarantineDetail) {
        let scene = try Scene()
        try ledger(scene).seal(with: key)
        _ = try scene.refuse([try scene.refused("10.0.0.1", hidden: Self.canary)])
        return (scene, try first(scene))
    }

    private func first(_ scene: Scene) throws -> QuarantineDetail {
        let row = try #require(try scene.kept().first)
        return try #require(try scene.reader().refused(row.id))
    }

    /// Whether the secret lies in one of the ledger's files.
    private func isInClear(_ scene: Scene) -> Bool {
        ["", "-wal"].contains { end in
            let bytes = FileManager.default.contents(atPath: scene.path + end) ?? Data()
            return bytes.range(of: Data(Self.canary.utf8)) != nil
        }
    }

    @Test func `comes back for the verifier alone, and lies nowhere in clear`() throws {
        let key = try key(1)
        let (scene, kept) = try scene(sealing: key)
        let hidden = try kept.hidden(with: key)
        #expect(hidden.query?.text == "q=\(Self.canary)" && hidden.credentials.text == "x-token: \(Self.canary)\r\n")
        #expect(kept.hidden.hasQuery && kept.hidden.fields == ["x-token"] && kept.hidden.box?.keyID == key.id)
        #expect(kept.request.hidden.query == nil && kept.request.hidden.credentials.isEmpty)
        #expect(!isInClear(scene))
    }

    @Test func `is not kept without a key, and its request is`() throws {
        let (scene, kept) = try scene(sealing: nil)
        #expect(kept.hidden == HiddenParts(hasQuery: true, fields: ["x-token"], box: nil))
        #expect(kept.request.body?.text == "{}")
        #expect(throws: HiddenProblem.notKept) { _ = try kept.hidden(with: try key(1)) }
        #expect(!isInClear(scene))
    }

    @Test func `is not kept of a request without a body, which is never judged`() throws {
        let scene = try Scene()
        try ledger(scene).seal(with: try key(1))
        _ = try scene.refuse([try scene.refused("10.0.0.1", body: nil, hidden: Self.canary)])
        #expect(try first(scene).hidden == HiddenParts(hasQuery: true, fields: ["x-token"], box: nil))
    }

    @Test func `a request with nothing to hide needs no key`() throws {
        let scene = try Scene()
        let request = try scene.refused("10.0.0.1")
        let bare = RefusedRequest(
            route: request.route, receivedAt: request.receivedAt, source: request.source, reason: request.reason,
            method: request.method, path: request.path, headers: request.headers,
            hidden: .init(query: Bytes(""), credentials: .empty), body: request.body, bodyBytes: request.bodyBytes)
        for key in [nil, try key(1)] {
            try ledger(scene).seal(with: key)
            _ = try scene.refuse([bare])
            let kept = try first(scene)
            #expect(kept.hidden.isNothing && kept.hidden.box == nil)
            #expect(try kept.hidden(with: nil).query == nil)
        }
    }

    @Test func `another key, none, or a changed box opens nothing, and each says so`() throws {
        let key = try key(1)
        let (scene, kept) = try scene(sealing: key)
        #expect(throws: HiddenProblem.keyMissing) { _ = try kept.hidden(with: nil) }
        #expect(throws: HiddenProblem.keyWrong) { _ = try kept.hidden(with: try self.key(2)) }
        _ = try scene.refuse([try scene.refused("10.0.0.2", hidden: "another")])
        let other = try first(scene)
        let moved = QuarantineDetail(row: other.row, request: other.request, hidden: kept.hidden)
        #expect(throws: HiddenProblem.changed) { _ = try moved.hidden(with: key) }
    }

    @Test func `is sealed with another key in parts, and again when that was interrupted`() throws {
        let (old, new, third) = (try key(1), try key(2), try key(3))
        let (scene, _) = try scene(sealing: third)
        try ledger(scene).seal(with: old)
        let count = Limits.quarantineResealed + 20
        for number in 0..<count {
            _ = try scene.refuse([try scene.refused("10.0.\(number % 250).1", hidden: "t\(number)")])
        }
        var result = Resealing()
        (result.sealed, result.left) = (count, 1)
        #expect(try ledger(scene).reseal(from: old, to: new) == result)
        result.sealed = 0
        #expect(try ledger(scene).reseal(from: old, to: new) == result)
        #expect(try first(scene).hidden(with: new).query?.text == "q=t\(count - 1)")
        #expect(throws: HiddenProblem.keyWrong) { _ = try first(scene).hidden(with: old) }
        #expect(try scene.verify().fault == nil)
    }

    @Test func `neither row nor free page keeps the body of what was released`() throws {
        let scene = try Scene()
        _ = try scene.refuse([try scene.refused("10.0.0.1", body: "{\"secret\":\"\(Self.canary)\"}")])
        #expect(isInClear(scene))
        let id = try #require(try scene.kept().first).id
        _ = try scene.operate(.releaseRefused([Release(id: id, append: scene.unclaimed(try scene.event("p-1")))]))
        scene.ledger.close()
        #expect(!isInClear(scene))
    }
}
