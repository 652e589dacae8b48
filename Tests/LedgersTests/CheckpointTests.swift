import Crypto
import Domain
import Foundation
import Ledgers
import Testing

@Suite("A checkpoint", .timeLimit(.minutes(1)))
struct CheckpointTests {
    /// A ledger of so many batches with one event each, half of them delivered.
    static func ledger(batches: Int) throws -> Scene {
        let scene = try Scene()
        for batch in 0..<batches {
            let id = try scene.accept(try scene.event("\(batch)"), to: [0], claimed: true)
            if batch % 2 == 1 { try scene.settle(DeliveryID(event: id, ordinal: 1)) }
            scene.pass(.milliseconds(1))
        }
        return scene
    }

    static func checkpoint(_ scene: Scene) throws -> Checkpoint {
        try LedgerReader(path: scene.path).checkpoint(at: scene.now)
    }

    @Test func `counts what it covers, and holds`() throws {
        let scene = try Self.ledger(batches: 20)
        let checkpoint = try Self.checkpoint(scene)
        #expect(checkpoint.batch == 30 && checkpoint.events == 20 && checkpoint.attempts == 10)
        #expect(checkpoint.actions == 0)
        _ = try scene.accept(try scene.event("later"))
        let report = try LedgerReader(path: scene.path).verifyChain(checkpoints: [checkpoint])
        #expect(report.fault == nil && report.checkpoints == 1)
    }

    @Test func `is read as it is written`() throws {
        let checkpoint = try Self.checkpoint(try Self.ledger(batches: 3))
        #expect(Checkpoint(text: checkpoint.text) == checkpoint)
        let first = checkpoint.text.split(separator: "\n")
        #expect(first[0] == "headgate/\(checkpoint.ledger)" && checkpoint.ledger.utf8.count == 32)
        for text in ["", checkpoint.text + "x\n", checkpoint.text.replacing("events 3", with: "events 03")] {
            #expect(Checkpoint(text: text) == nil)
        }
    }

    /// RFC 9162, section 2.1.1, written as its recursion.
    static func root(_ leaves: ArraySlice<Digest256>) throws -> Digest256 {
        var sha256 = try SHA256()
        if leaves.isEmpty { return sha256.hash(UnsafeRawBufferPointer(start: nil, count: 0)) }
        if leaves.count == 1 { return ChainTree.leaf(leaves[leaves.startIndex], sha256: &sha256) }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        let left = try root(leaves.prefix(half))
        return ChainTree.node(left, try root(leaves.dropFirst(half)), sha256: &sha256)
    }

    @Test(arguments: [0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 513, 800])
    func `has the root that RFC 9162 gives`(_ batches: Int) throws {
        let scene = try Scene()
        for batch in 0..<batches { _ = try scene.accept(try scene.event("\(batch)"), to: []) }
        if batches > 256 { try scene.restart() }
        let hashes = try column("SELECT hash FROM chain ORDER BY id", of: scene.path).map { bytes in
            try #require(bytes.withUnsafeBytes { Digest256(copying: $0) })
        }
        let checkpoint = try Self.checkpoint(scene)
        #expect(hashes.count == batches)
        #expect(try checkpoint.root == Self.root(hashes[...]))
    }

    @Test func `is made anew for a ledger from before there were any`() throws {
        let scene = try Scene()
        for batch in 0..<600 { _ = try scene.accept(try scene.event("\(batch)"), to: []) }
        let before = try Self.checkpoint(scene)
        try execute("DELETE FROM tree", on: scene.path)
        try scene.restart()
        #expect(try Self.checkpoint(scene) == before)
        #expect(try LedgerReader(path: scene.path).verifyChain(checkpoints: [before]).fault == nil)
    }

    @Test func `shows a kept node that was altered`() throws {
        let scene = try Scene()
        for batch in 0..<300 { _ = try scene.accept(try scene.event("\(batch)"), to: []) }
        try execute("UPDATE tree SET hash = zeroblob(32)", on: scene.path)
        #expect(try LedgerReader(path: scene.path).verifyChain().fault == .tree(batch: 256))
    }

    // MARK: What only a checkpoint finds

    @Test func `tells that the end was cut off`() throws {
        let scene = try Self.ledger(batches: 10)
        let checkpoint = try Self.checkpoint(scene)
        try execute(
            """
            DELETE FROM events WHERE id > (SELECT last_event FROM chain WHERE id = 12);
            DELETE FROM deliveries WHERE event > (SELECT last_event FROM chain WHERE id = 12);
            DELETE FROM attempts WHERE id > (SELECT last_attempt FROM chain WHERE id = 12);
            DELETE FROM chain WHERE id > 12
            """, on: scene.path)
        let reader = try LedgerReader(path: scene.path)
        #expect(try reader.verifyChain().fault == nil)
        #expect(try reader.verifyChain(checkpoints: [checkpoint]).fault == .cut(checkpoint, end: 12))
    }

    @Test func `tells that the whole chain was rewritten, and since when`() throws {
        let scene = try Self.ledger(batches: 4)
        let early = try Self.checkpoint(scene)
        for batch in 0..<4 { _ = try scene.accept(try scene.event("then \(batch)")) }
        let late = try Self.checkpoint(scene)
        // The same ledger again, as somebody would have it: another body in the seventh event, all hashes made to fit.
        let forged = try Scene()
        try execute(
            "UPDATE proof SET identity = x'\(late.ledger)'", on: forged.path)
        for batch in 0..<4 {
            let id = try forged.accept(try forged.event("\(batch)"), to: [0], claimed: true)
            if batch % 2 == 1 { try forged.settle(DeliveryID(event: id, ordinal: 1)) }
            forged.pass(.milliseconds(1))
        }
        for batch in 0..<4 {
            _ = try forged.accept(try forged.event("then \(batch)", body: batch == 2 ? "{\"amount\":1}" : "{}"))
        }
        let reader = try LedgerReader(path: forged.path)
        #expect(try reader.verifyChain().fault == nil)
        let report = try reader.verifyChain(checkpoints: [late, early])
        #expect(report.fault == .checkpoint(late, sound: early.batch))
        #expect(report.checkpoints == 1)
    }

    @Test func `is of one ledger`() throws {
        let other = try Self.checkpoint(try Self.ledger(batches: 1))
        let scene = try Self.ledger(batches: 1)
        let found = try Self.checkpoint(scene).ledger
        let report = try LedgerReader(path: scene.path).verifyChain(checkpoints: [other])
        #expect(report.fault == .otherLedger(other, found: found))
    }
}

@Suite("A signed checkpoint", .timeLimit(.minutes(1)))
struct SignedCheckpointTests {
    let directory = TemporaryDirectory()
    let checkpoint = Checkpoint(
        ledger: "00112233445566778899aabbccddeeff", batch: 7, root: .zero, head: .zero,
        at: WallTime(microseconds: 1_700_000_000_123_456), events: 3, attempts: 4, actions: 0)

    @Test func `is signed by a key that is made at first use, for its owner alone`() throws {
        let path = directory.file("ledger.db.key")
        let key = try CheckpointKey.atFirstUse(path)
        #expect(try directory.mode(of: "ledger.db.key") == 0o600)
        #expect(try CheckpointKey.atFirstUse(path).publicKey.bytes == key.publicKey.bytes)
        let pem = try String(contentsOfFile: CheckpointKey.publicPath(path), encoding: .utf8)
        let note = try key.sign(checkpoint)
        #expect(note.isSigned(by: checkpoint.origin, try CheckpointPublicKey(pem: pem)))
        let other = try CheckpointKey.atFirstUse(directory.file("other"))
        #expect(!note.isSigned(by: checkpoint.origin, other.publicKey))
    }

    @Test(arguments: [nil, "another's", "no key\n"])
    func `has its public half beside its key, whatever lay there`(_ before: String?) throws {
        let path = directory.file("key")
        let key = try CheckpointKey.atFirstUse(path)
        let other = try CheckpointKey.atFirstUse(directory.file("other")).publicKey.pem
        let place = CheckpointKey.publicPath(path)
        try FileManager.default.removeItem(atPath: place)
        if let before {
            let text = before == "another's" ? other : before
            try text.write(toFile: place, atomically: false, encoding: .utf8)
        }
        #expect(try CheckpointKey.atFirstUse(path).publicKey.bytes == key.publicKey.bytes)
        #expect(try String(contentsOfFile: place, encoding: .utf8) == key.publicKey.pem)
    }

    @Test func `is of the key that is made where another's public half lies`() throws {
        let other = try CheckpointKey.atFirstUse(directory.file("other")).publicKey.pem
        let path = directory.file("key")
        try other.write(toFile: CheckpointKey.publicPath(path), atomically: false, encoding: .utf8)
        // What a process left that ended in the middle of it, and had our number.
        try "-----BEGIN".write(toFile: "\(path).\(getpid())", atomically: false, encoding: .utf8)
        let key = try CheckpointKey.atFirstUse(path)
        #expect(try String(contentsOfFile: CheckpointKey.publicPath(path), encoding: .utf8) == key.publicKey.pem)
        #expect(key.publicKey.pem != other)
    }

    @Test func `is signed with a key whose directory cannot be written to`() throws {
        let path = directory.file("key")
        let key = try CheckpointKey.atFirstUse(path)
        try FileManager.default.removeItem(atPath: CheckpointKey.publicPath(path))
        try FileManager.default.createDirectory(
            atPath: CheckpointKey.publicPath(path), withIntermediateDirectories: false)
        #expect(try CheckpointKey.atFirstUse(path).publicKey.bytes == key.publicKey.bytes)
    }

    @Test func `refuses a key that others can read`() throws {
        let path = directory.file("ledger.db.key")
        _ = try CheckpointKey.atFirstUse(path)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        #expect(throws: CheckpointKeyError.self) { try CheckpointKey.atFirstUse(path) }
    }

    @Test func `is found among others, in a log's line too`() throws {
        let key = try CheckpointKey.atFirstUse(directory.file("key"))
        let note = try key.sign(checkpoint)
        #expect(SignedNote.all(in: note.written) == [note])
        let log = "Nov 21 13:00:00 host headgate[7]: \(note.oneLine)\n"
        #expect(SignedNote.all(in: "x\n\n" + note.written + "\n" + log + note.written) == [note, note, note])
        #expect(SignedNote.all(in: "nothing\n\nhere\n").isEmpty)
    }

    @Test(arguments: ["batch", "time", "signature"])
    func `shows what was changed in it`(_ part: String) throws {
        let key = try CheckpointKey.atFirstUse(directory.file("key"))
        let note = try key.sign(checkpoint)
        let text =
            switch part {
            case "batch": note.written.replacing("\n7\n", with: "\n8\n")
            case "time": note.written.replacing("22:13:20", with: "22:13:21")
            default: String(note.written.dropLast(10)) + "AAAAAAA==\n"
            }
        #expect(text != note.written)
        for changed in SignedNote.all(in: text) {
            #expect(!changed.isSigned(by: checkpoint.origin, key.publicKey))
        }
    }

    @Test(arguments: [
        "2026-02-29T00:00:00.000000Z", "2026-01-01T24:00:00.000000Z", "2026-01-01T00:00:00Z",
        "1969-12-31T23:59:59.000000Z",
        "2026-01-01T00:00:00.000000z",
    ])
    func `has times in one spelling alone`(_ text: String) {
        #expect(WallTime(exactly: text) == nil)
    }

    @Test(arguments: [0, 951_782_400, 1_709_164_800, 1_700_000_000, 4_102_444_799])
    func `reads the times that it writes`(_ seconds: Int64) {
        let time = WallTime(microseconds: seconds * 1_000_000 + 7)
        #expect(Checkpoint(text: checkpoint(at: time).text)?.at == time)
    }

    private func checkpoint(at time: WallTime) -> Checkpoint {
        Checkpoint(
            ledger: checkpoint.ledger, batch: 1, root: .zero, head: .zero, at: time, events: 1, attempts: 0, actions: 0)
    }
}
