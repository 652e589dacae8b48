internal import CLinux
internal import Glibc
internal import Net

/// The ledger's place on disk: made if missing, readable by its owner alone, and locked against a second process for as
/// long as this object lives. The lock is a file of its own, so that commands may still read the ledger beside it.
final class LedgerFile: Sendable {
    let path: String
    private let directory: FileDescriptor
    /// Held by flock (2), which the kernel lets go when the process ends, however it ends. Never removed: between the
    /// removal and the next start two processes could each lock a file of that name.
    private let lock: FileDescriptor
    /// The file that was opened, and still is, whatever its path leads to now.
    private let identity: FileIdentity
    private let lockIdentity: FileIdentity

    /// What is kept free for outcomes when a disk fills up: intake stops before deliveries do.
    private static let reserveMost: UInt64 = 32 << 20
    private static let reserveShare: UInt64 = 16

    init(path: String) throws(LedgerError) {
        self.path = path
        let parent = Self.parent(of: path)
        do throws(SystemError) {
            try Self.makeDirectory(parent)
            let opened = FileDescriptor(
                adopting: try check("open directory") { headgate_open(parent, O_RDONLY | O_DIRECTORY, 0) })
            try Self.refuseNetwork(opened.raw)
            let lock = FileDescriptor(
                adopting: try check("open lock") { headgate_open(path + ".lock", O_RDWR | O_CREAT, 0o600) })
            try check("flock") { flock(lock.raw, LOCK_EX | LOCK_NB) }
            let file = FileDescriptor(adopting: try check("open") { headgate_open(path, O_RDWR | O_CREAT, 0o600) })
            // SQLite gives its -wal and -shm the mode of the database; those of an earlier run keep theirs.
            try check("chmod") { fchmod(file.raw, 0o600) }
            for suffix in ["-wal", "-shm"] { _ = chmod(path + suffix, 0o600) }
            try check("fsync") { fsync(file.raw) }
            try check("fsync directory") { fsync(opened.raw) }
            identity = try FileIdentity(of: file.raw)
            lockIdentity = try FileIdentity(of: lock.raw)
            self.directory = opened
            self.lock = lock
        } catch {
            if error.code == EWOULDBLOCK { throw .locked(path: path) }
            throw .cannotOpen(path: path, detail: error.description)
        }
    }

    /// Bytes that may still be written, and how many of them are kept for outcomes. Nil when the system does not say.
    func space() -> (free: Int64, reserve: Int64)? {
        var found = statfs()
        guard fstatfs(directory.raw, &found) == 0 else { return nil }
        let block = UInt64(found.f_bsize)
        let reserve = min(Self.reserveMost, UInt64(found.f_blocks) * block / Self.reserveShare)
        return (Int64(clamping: UInt64(found.f_bavail) * block), Int64(reserve))
    }

    /// False when the path leads to another file, or to none: what is written would not be found there. Also when that is so
    /// of the lock: another process may hold the one that is there now.
    var isInPlace: Bool {
        FileIdentity(at: path) == identity && FileIdentity(at: path + ".lock") == lockIdentity
    }

    /// Nil when there is none.
    var logIdentity: FileIdentity? { FileIdentity(at: path + "-wal") }

    var ledgerBytes: Int64 { Self.size(path) }
    var walBytes: Int64 { Self.size(path + "-wal") }

    private static func size(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Only the last part of the path: a mistyped long path should fail, not appear.
    private static func makeDirectory(_ path: String) throws(SystemError) {
        guard mkdir(path, 0o700) == 0 else {
            let code = errno
            if code == EEXIST { return }
            throw SystemError(call: "mkdir", code: code)
        }
        let above = FileDescriptor(
            adopting: try check("open directory") { headgate_open(parent(of: path), O_RDONLY | O_DIRECTORY, 0) })
        try check("fsync directory") { fsync(above.raw) }
    }

    /// SQLite's shared memory beside the log works within one machine only (https://www.sqlite.org/wal.html).
    private static func refuseNetwork(_ fd: Int32) throws(SystemError) {
        var found = statfs()
        try check("statfs") { fstatfs(fd, &found) }
        let magic = UInt32(truncatingIfNeeded: found.f_type)
        if networkFileSystems.contains(magic) { throw SystemError(call: "network file system", code: ENOTSUP) }
    }

    /// statfs (2): NFS, SMB, SMB2, CIFS, Ceph, AFS, 9P, Coda.
    private static let networkFileSystems: Set<UInt32> = [
        0x6969, 0x517b, 0xfe53_4d42, 0xff53_4d42, 0x00c3_6400, 0x5346_414f, 0x0102_1997, 0x7375_7245,
    ]
}
