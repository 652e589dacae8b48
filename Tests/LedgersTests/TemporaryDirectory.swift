import Foundation

/// A directory that goes when the test is over.
final class TemporaryDirectory {
    let path: String

    init() {
        let parent =
            ProcessInfo.processInfo.environment["HEADGATE_MEASURE_DIR"] ?? FileManager.default.temporaryDirectory.path
        path = parent + "/headgate-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// The files as a killed process would leave them: what it had written so far, nothing closed.
    func copy(_ name: String, to other: TemporaryDirectory) throws {
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: file(name) + suffix) {
            try FileManager.default.copyItem(atPath: file(name) + suffix, toPath: other.file(name) + suffix)
        }
    }

    func mode(of name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions] as? Int
    }

    func size(of name: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: file(name))[.size] as? Int) ?? 0
    }
}

func contents(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
