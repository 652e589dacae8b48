import Foundation
import Ledgers
import Testing

@Suite("A ledger whose files are touched", .timeLimit(.minutes(1)))
struct DisplacementTests {
    let scene: Scene

    init() throws { scene = try Scene() }

    private func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: scene.directory.file(name), toPath: scene.directory.file(other))
    }

    @Test(arguments: ["ledger.db", "ledger.db.lock"])
    func `stores nothing while one is elsewhere, and goes on when it is back`(_ name: String) throws {
        _ = try scene.accept(try scene.event("before"))
        try move(name, to: "elsewhere")
        #expect(throws: LedgerError.self) { try scene.append(try scene.event("lost")) }
        #expect(throws: LedgerError.self) { try scene.ledger.reopen() }
        try move("elsewhere", to: name)
        try scene.ledger.reopen()
        _ = try scene.accept(try scene.event("after"))
        try scene.restart()
        #expect(try scene.claim().deliveries.count == 2)
    }

    @Test func `brings into the database what only a removed log has`() throws {
        _ = try scene.accept(try scene.event("before"))
        try FileManager.default.removeItem(atPath: scene.directory.file("ledger.db-wal"))
        #expect(throws: LedgerError.self) { try scene.append(try scene.event("lost")) }
        try scene.ledger.reopen()
        let copy = TemporaryDirectory()
        try scene.directory.copy("ledger.db", to: copy)
        #expect(try Scene(in: copy).claim().deliveries.count == 1)
    }

    /// Its shared memory says how much of the log is in the database, and is not to be believed after an error.
    @Test func `is not mended while somebody else has it open`() throws {
        _ = try scene.accept(try scene.event("before"))
        var reader: LedgerReader? = try LedgerReader(path: scene.directory.file("ledger.db"))
        try move("ledger.db.lock", to: "elsewhere")
        #expect(throws: LedgerError.self) { try scene.append(try scene.event("lost")) }
        try move("elsewhere", to: "ledger.db.lock")
        #expect(throws: LedgerError.self) { try scene.ledger.reopen() }
        #expect(reader != nil, "it was open until now")
        reader = nil
        try scene.ledger.reopen()
    }
}
