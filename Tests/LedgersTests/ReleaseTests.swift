import Domain
import Testing

@testable import Ledgers

/// A provider that never got a 2xx goes on sending for days: what it sent is one event, however late it is let in.
@Suite("What was refused and is released", .timeLimit(.minutes(1)))
struct ReleaseTests {
    private static let day = DedupRule.within(.seconds(86400))

    /// Keeps one more copy, as it is received now.
    private func keep(_ scene: Scene) throws -> Release {
        _ = try scene.refuse([try scene.refused("10.0.0.1")])
        let id = try #require(try scene.kept().first).id
        return Release(id: id, append: scene.unclaimed(try scene.event("p-1"), dedup: Self.day))
    }

    private func release(_ releases: [Release], in scene: Scene) throws -> [ReleaseResult] {
        guard case .released(let results, _) = try scene.operate(.releaseRefused(releases)) else { throw Unexpected() }
        return results
    }

    @Test(arguments: [true, false])
    func `is one event, however far apart its copies came`(_ inOneOrder: Bool) throws {
        let scene = try Scene()
        var releases: [Release] = []
        for _ in 0..<3 {
            releases.append(try keep(scene))
            scene.pass(.seconds(2 * 86400))
        }
        let results =
            inOneOrder ? try release(releases, in: scene) : try releases.flatMap { try release([$0], in: scene) }
        guard case .accepted(let event) = results[0] else { throw Unexpected() }
        #expect(Array(results[1...]) == [.duplicate(of: event), .duplicate(of: event)])
    }

    @Test func `is the event that the provider sends again afterwards`() throws {
        let scene = try Scene()
        let late = try keep(scene)
        scene.pass(.seconds(3 * 86400))
        guard case .accepted(let event) = try release([late], in: scene)[0] else { throw Unexpected() }
        scene.pass(.seconds(3600))
        #expect(try scene.append(try scene.event("p-1"), dedup: Self.day) == .duplicate(of: event))
        scene.pass(.seconds(86400))
        #expect(try scene.append(try scene.event("p-1"), dedup: Self.day) != .duplicate(of: event))
    }

    @Test func `is the event that came in meanwhile, long after the window`() throws {
        let scene = try Scene()
        let late = try keep(scene)
        scene.pass(.seconds(3600))
        let event = try scene.accept(try scene.event("p-1"), dedup: Self.day)
        try move(scene)
        scene.pass(.seconds(5 * 86400))
        _ = try scene.accept(try scene.event("p-2"), dedup: Self.day)
        #expect(try release([late], in: scene) == [.duplicate(of: event)])
    }

    @Test func `is forgotten with the last request that was kept`() throws {
        let scene = try Scene()
        _ = try keep(scene)
        _ = try scene.accept(try scene.event("p-1"), dedup: Self.day)
        try move(scene)
        scene.pass(.seconds(5 * 86400))
        _ = try scene.accept(try scene.event("p-2"), dedup: Self.day)
        #expect(try remembered(scene) == 1)
        _ = try scene.refuse([], .off)
        _ = try scene.accept(try scene.event("p-3"), dedup: Self.day)
        #expect(try remembered(scene) == 0)
    }

    private func remembered(_ scene: Scene) throws -> Int { try column("SELECT key FROM dedup", of: scene.path).count }

    /// What takes many events otherwise: from the log into the table, of which a hand takes what is old.
    private func move(_ scene: Scene) throws {
        scene.ledger.close()
        for entries in try column("SELECT entries FROM dedup_log", of: scene.path) {
            entries.withUnsafeBytes { entries in
                DedupTable.decode(entries) { key, event in
                    #expect(throws: Never.self) {
                        try execute("INSERT INTO dedup VALUES (\(key), \(event.raw))", on: scene.path)
                    }
                }
            }
        }
        try execute("DELETE FROM dedup_log", on: scene.path)
        try scene.restart()
    }
}
