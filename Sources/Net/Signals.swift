internal import CLinux
internal import Glibc

/// Signals as events of a loop. The watched ones must be blocked in every thread, so `block` comes first in `main`,
/// before any other thread is started.
package final class Signals: Watcher {
    private let fd: FileDescriptor
    private let handle: (Int32) -> Void

    /// Blocks `signals` for this thread and all that it will start, and ignores SIGPIPE and SIGXFSZ, which must not kill.
    package static func block(_ signals: [Int32]) {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        var set = mask(signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    package init(_ signals: [Int32], on loop: EventLoop, _ handle: @escaping (Int32) -> Void) throws(SystemError) {
        var set = Self.mask(signals)
        fd = FileDescriptor(adopting: try check("signalfd") { signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK)) })
        self.handle = handle
        _ = try loop.watch(fd.raw, for: .read, by: self)
    }

    package func ready(_ readiness: Readiness, token: Token) {
        var info = signalfd_siginfo()
        while read(fd.raw, &info, MemoryLayout<signalfd_siginfo>.size) == MemoryLayout<signalfd_siginfo>.size {
            handle(Int32(info.ssi_signo))
        }
    }

    private static func mask(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}
