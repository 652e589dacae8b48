import CSQLite
import Domain
import Foundation
import Ledgers
import Testing

@Suite("The ledger's file", .timeLimit(.minutes(1)))
struct FileTests {
    @Test func `is its owner's alone, with everything beside it`() throws {
        umask(0)
        let scene = try Scene()
        _ = try scene.accept(try scene.event("1"))
        for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db.lock"] {
            #expect(try scene.directory.mode(of: name) == 0o600, "\(name)")
        }
    }

    @Test func `is made its owner's alone when it was not`() throws {
        let scene = try Scene()
        scene.ledger.close()
        let path = scene.directory.file("ledger.db")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        try scene.restart()
        #expect(try scene.directory.mode(of: "ledger.db") == 0o600)
    }

    @Test func `gets its directory, but not a whole path`() throws {
        let directory = TemporaryDirectory()
        _ = try SQLiteLedger(path: directory.file("data/ledger.db"))
        #expect(try directory.mode(of: "data") == 0o700)
        #expect {
            try SQLiteLedger(path: directory.file("a/b/ledger.db"))
        } throws: {
            guard case .cannotOpen? = $0 as? LedgerError else { return false }
            return true
        }
    }

    @Test func `is refused to a second owner, at once`() throws {
        let scene = try Scene()
        let path = scene.directory.file("ledger.db")
        #expect(throws: LedgerError.locked(path: path)) { try SQLiteLedger(path: path) }
        scene.ledger.close()
        try scene.restart()
    }

    @Test func `is refused when another program's`() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("other.db")
        try execute("PRAGMA journal_mode = DELETE; CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)", on: path)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: LedgerError.foreign(path: path)) { try SQLiteLedger(path: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func `is refused when no database`() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("notes.txt")
        try Data(repeating: 0x61, count: 5000).write(to: URL(fileURLWithPath: path))
        #expect(throws: LedgerError.foreign(path: path)) { try SQLiteLedger(path: path) }
    }

    @Test func `is refused when newer than this build`() throws {
        let scene = try Scene()
        scene.ledger.close()
        let path = scene.directory.file("ledger.db")
        try execute("PRAGMA user_version = 1000", on: path)
        scene.ledger = try LedgerKind.sqlite.open(in: TemporaryDirectory())
        #expect {
            try SQLiteLedger(path: path)
        } throws: {
            guard case .newerSchema(path, found: 1000, known: let known)? = $0 as? LedgerError else { return false }
            return known > 0
        }
        #expect(throws: LedgerError.self) { try LedgerReader(path: path) }
    }

    @Test func `is finished when its making was cut short`() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("ledger.db")
        try execute("PRAGMA journal_mode = WAL", on: path)
        _ = try Scene(in: directory)
        let empty = TemporaryDirectory()
        #expect(FileManager.default.createFile(atPath: empty.file("ledger.db"), contents: nil))
        _ = try Scene(in: empty)
    }

    @Test func `has no log left after an orderly end`() throws {
        let scene = try Scene()
        for number in 0..<20 { _ = try scene.accept(try scene.event("\(number)")) }
        scene.ledger.close()
        #expect(scene.directory.size(of: "ledger.db-wal") == 0)
    }

    @Test func `keeps its log short however many events come`() throws {
        let scene = try Scene()
        let body = String(repeating: "x", count: 4000)
        for batch in 0..<100 {
            _ = try scene.commit(try (0..<50).map { scene.entry(try scene.event("\(batch)-\($0)", body: body)) })
            _ = try scene.ledger.tidy(isIdle: false)
        }
        #expect(scene.directory.size(of: "ledger.db-wal") < 8 << 20)
        #expect(scene.directory.size(of: "ledger.db") > 16 << 20)
        #expect(try scene.ledger.tidy(isIdle: true))
        #expect(scene.directory.size(of: "ledger.db-wal") == 0)
    }
}

@Suite("The ledger's log", .timeLimit(.minutes(1)))
struct LogTests {
    @Test func `is written back as soon as a long reader lets go`() throws {
        let scene = try Scene()
        _ = try scene.accept(try scene.event("first"))
        var reader: OpaquePointer?
        defer { sqlite3_close(reader) }
        #expect(sqlite3_open(scene.directory.file("ledger.db"), &reader) == SQLITE_OK)
        #expect(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM events", nil, nil, nil) == SQLITE_OK)
        func store(_ batches: Int) throws {
            let body = String(repeating: "x", count: 4000)
            for _ in 0..<batches {
                _ = try scene.commit(try (0..<100).map { scene.entry(try scene.event("\($0)", body: body)) })
                _ = try scene.ledger.tidy(isIdle: false)
            }
        }
        try store(30)
        let grown = scene.directory.size(of: "ledger.db-wal")
        #expect(grown > 8 << 20)
        #expect(try scene.ledger.tidy(isIdle: true) == false)
        #expect(sqlite3_exec(reader, "COMMIT", nil, nil, nil) == SQLITE_OK)
        try store(30)
        // SQLite cuts the log to its limit when it begins it anew.
        #expect(scene.directory.size(of: "ledger.db-wal") <= max(grown, 16 << 20))
        #expect(try scene.ledger.tidy(isIdle: true))
        #expect(scene.directory.size(of: "ledger.db-wal") == 0)
    }
}

/// As somebody with the `sqlite3` shell would.
func execute(_ sql: String, on path: String) throws {
    var handle: OpaquePointer?
    defer { sqlite3_close(handle) }
    guard sqlite3_open(path, &handle) == SQLITE_OK else { throw Unexpected() }
    sqlite3_busy_timeout(handle, 1000)
    var message: UnsafeMutablePointer<CChar>?
    guard sqlite3_exec(handle, sql, nil, nil, &message) == SQLITE_OK else {
        Issue.record("\(message.map { String(cString: $0) } ?? "?")")
        throw Unexpected()
    }
}

/// The first column of each row, as bytes.
func column(_ sql: String, of path: String) throws -> [[UInt8]] {
    var (handle, statement): (OpaquePointer?, OpaquePointer?)
    defer { sqlite3_close(handle) }
    guard sqlite3_open(path, &handle) == SQLITE_OK,
        sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK
    else { throw Unexpected() }
    defer { sqlite3_finalize(statement) }
    var found: [[UInt8]] = []
    while sqlite3_step(statement) == SQLITE_ROW {
        let base = sqlite3_column_blob(statement, 0)
        found.append(Array(UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(statement, 0)))))
    }
    return found
}
