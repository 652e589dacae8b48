internal import CLinux
internal import Glibc

/// Wakes the thread that writes the log.
final class LogBell: Sendable {
    /// −1 when the process has no descriptor left: then the log only writes what is waiting when it closes.
    private let fd = eventfd(0, Int32(EFD_CLOEXEC))

    deinit { if fd >= 0 { _ = close(fd) } }

    func ring() {
        var one: UInt64 = 1
        _ = write(fd, &one, 8)
    }

    func wait() {
        var count: UInt64 = 0
        while read(fd, &count, 8) < 0, errno == EINTR {}
    }
}
