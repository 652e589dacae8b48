// `stat` is in the headers of both, and the compiler takes either for its home.
internal import CLinux
internal import Glibc
internal import Net

/// Which file it is, whatever it is called.
struct FileIdentity: Equatable, Sendable {
    private let device: dev_t
    private let inode: ino_t

    init(of fd: Int32) throws(SystemError) {
        var status = stat()
        try check("fstat") { fstat(fd, &status) }
        (device, inode) = (status.st_dev, status.st_ino)
    }

    /// Nil when nothing is there.
    init?(at path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, inode) = (status.st_dev, status.st_ino)
    }
}
