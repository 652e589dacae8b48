import CSQLite
import Glibc
import Synchronization

/// SQLite's own file system with a fault at will, for files below directories that asked for it. The other files of the
/// process are left alone.
final class FaultyDisk: Sendable {
    enum Call: Hashable { case write, sync }

    private struct Fault {
        let code: Int32
        let systemCode: Int32
        /// Calls that still do their work.
        var after: Int
        /// Calls that do not, until they do again.
        var times: Int
    }

    private struct State: Sendable {
        /// By directory: what each call answers instead of doing its work.
        var faults: [String: [Call: Fault]] = [:]
        var calls: [String: [Call: Int]] = [:]
        var directories: [UInt: String] = [:]
    }
    private static let state = Mutex(State())

    private let directory: String

    init(below directory: String) {
        _ = Self.isRegistered
        self.directory = directory
        Self.state.withLock {
            $0.faults[directory] = [:]
            $0.calls[directory] = [:]
        }
    }

    deinit { Self.state.withLock { _ = $0.faults.removeValue(forKey: directory) } }

    /// From the call after the next `after` on, so many times.
    func answer(_ call: Call, with code: Int32?, systemCode: Int32 = 0, after: Int = 0, times: Int = .max) {
        Self.state.withLock {
            $0.faults[directory]?[call] = code.map {
                Fault(code: $0, systemCode: systemCode, after: after, times: times)
            }
        }
    }

    func count(_ call: Call) -> Int { Self.state.withLock { $0.calls[directory]?[call] ?? 0 } }

    /// Nil when the file should do as it is told.
    private static func fault(_ call: Call, _ file: UnsafeMutablePointer<sqlite3_file>?) -> Int32? {
        state.withLock { state in
            guard let directory = state.directories[UInt(bitPattern: file)] else { return nil }
            state.calls[directory]?[call, default: 0] += 1
            guard let fault = state.faults[directory]?[call] else { return nil }
            if fault.after == 0 {
                if fault.times == 0 { return nil }
                state.faults[directory]?[call]?.times -= 1
                errno = fault.systemCode
                return fault.code
            }
            state.faults[directory]?[call]?.after -= 1
            return nil
        }
    }

    private static func opened(_ name: String, _ file: UnsafeMutablePointer<sqlite3_file>) -> Bool {
        state.withLock { state in
            let directory = state.faults.keys.first { name.hasPrefix($0) }
            state.directories[UInt(bitPattern: file)] = directory
            return directory != nil
        }
    }

    // Written once, by the first user, before any file is opened through them.
    nonisolated(unsafe) private static let original = sqlite3_vfs_find(nil)!
    nonisolated(unsafe) private static var originalMethods: UnsafePointer<sqlite3_io_methods>?

    private static let isRegistered: Bool = {
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        vfs.initialize(to: original.pointee)
        vfs.pointee.zName = UnsafePointer(strdupForever("faulty"))
        vfs.pointee.xOpen = { vfs, name, file, flags, outFlags in
            let code = FaultyDisk.original.pointee.xOpen(FaultyDisk.original, name, file, flags, outFlags)
            guard code == SQLITE_OK, let name, let file, FaultyDisk.opened(String(cString: name), file) else {
                return code
            }
            FaultyDisk.patch(file)
            return code
        }
        return sqlite3_vfs_register(vfs, 1) == SQLITE_OK
    }()

    /// Ours by SQLite's own: it has one set of methods for databases and another for logs, which write and sync alike.
    private static let patched = Mutex<[UInt: UInt]>([:])

    private static func patch(_ file: UnsafeMutablePointer<sqlite3_file>) {
        guard let own = file.pointee.pMethods else { return }
        let ours = patched.withLock { patched -> UInt in
            if let known = patched[UInt(bitPattern: own)] { return known }
            originalMethods = own
            let faulty = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
            faulty.initialize(to: own.pointee)
            faulty.pointee.xWrite = { file, bytes, count, offset in
                FaultyDisk.fault(.write, file) ?? FaultyDisk.originalMethods!.pointee.xWrite(file, bytes, count, offset)
            }
            faulty.pointee.xSync = { file, flags in
                FaultyDisk.fault(.sync, file) ?? FaultyDisk.originalMethods!.pointee.xSync(file, flags)
            }
            patched[UInt(bitPattern: own)] = UInt(bitPattern: faulty)
            return UInt(bitPattern: faulty)
        }
        file.pointee.pMethods = UnsafePointer(bitPattern: ours)
    }

    private static func strdupForever(_ text: String) -> UnsafeMutablePointer<CChar> {
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
        for (index, byte) in text.utf8CString.enumerated() { copy[index] = byte }
        return copy
    }
}
