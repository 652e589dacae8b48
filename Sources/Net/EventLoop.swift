internal import CLinux
package import Domain

/// Whoever owns a watched descriptor. Called on the loop's thread only.
package protocol Watcher: AnyObject {
    func ready(_ readiness: Readiness, token: Token)
}

/// One thread's loop over epoll: descriptors, timers, mailboxes. Made and used on one thread; only mailboxes may be
/// touched from others.
package final class EventLoop {
    private struct Watch {
        var generation: UInt32 = 0
        /// The loop keeps its watchers alive: an open descriptor always has somebody to tell.
        var watcher: (any Watcher)?
    }

    private let epoll: FileDescriptor
    private var watches: [Watch] = []
    private var timers = TimerQueue()
    private var ready = [headgate_ready](repeating: headgate_ready(), count: EventLoop.eventsPerTurn)
    private var endOfTurn: [() -> Void] = []
    package private(set) var isRunning = true
    private let clock: any Clock

    /// The time when this turn woke up: good enough for deadlines, and free.
    package private(set) var now: MonotonicTime

    private static let eventsPerTurn = 256

    package init(clock: any Clock = SystemClock()) throws(SystemError) {
        epoll = FileDescriptor(adopting: try check("epoll_create1") { headgate_epoll_create() })
        self.clock = clock
        now = clock.monotonic()
    }

    /// One turn: wait, tell the ready, ring the due, let everybody finish what the turn gathered.
    package func run() {
        while isRunning {
            let count = wait()
            now = clock.monotonic()
            for index in 0..<count { tell(ready[index]) }
            for timer in timers.takeDue(at: now) { timer.action() }
            for finish in endOfTurn { finish() }
        }
    }

    /// Ends `run` after the current turn.
    package func stop() { isRunning = false }

    /// `finish` runs at the end of every turn: the place to send in one go what the turn gathered.
    package func atEndOfTurn(_ finish: @escaping () -> Void) { endOfTurn.append(finish) }

    // MARK: Descriptors

    /// Starts to watch; the caller keeps the descriptor open until `unwatch`.
    package func watch(_ fd: Int32, for interest: Interest, by watcher: any Watcher) throws(SystemError) -> Token {
        let slot = Int(fd)
        if slot >= watches.count {
            watches.append(contentsOf: repeatElement(Watch(), count: slot + 64 - watches.count))
        }
        let token = Token(fd: fd, generation: watches[slot].generation &+ 1)
        try check("epoll_ctl") {
            headgate_epoll_ctl(epoll.raw, EPOLL_CTL_ADD, fd, Self.mask(interest), token.packed)
        }
        watches[slot] = Watch(generation: token.generation, watcher: watcher)
        return token
    }

    package func change(_ token: Token, to interest: Interest) {
        guard isCurrent(token) else { return }
        _ = headgate_epoll_ctl(epoll.raw, EPOLL_CTL_MOD, token.fd, Self.mask(interest), token.packed)
    }

    /// Must come before the descriptor is closed. Events of this turn that are still to be told are dropped.
    package func unwatch(_ token: Token) {
        guard isCurrent(token) else { return }
        watches[Int(token.fd)].watcher = nil
        watches[Int(token.fd)].generation &+= 1
        _ = headgate_epoll_ctl(epoll.raw, EPOLL_CTL_DEL, token.fd, 0, 0)
    }

    private func isCurrent(_ token: Token) -> Bool {
        watches.indices.contains(Int(token.fd)) && watches[Int(token.fd)].generation == token.generation
            && watches[Int(token.fd)].watcher != nil
    }

    // MARK: Timers

    /// Sets or moves a timer.
    package func arm(_ timer: Timer, at deadline: MonotonicTime) { timers.arm(timer, at: deadline) }
    package func disarm(_ timer: Timer) { timers.disarm(timer) }

    // MARK: A turn's parts

    private func wait() -> Int {
        let timeout: Int32
        if let deadline = timers.next {
            // Rounded up: waking a fraction of a millisecond early would spin until the deadline.
            let rest = (deadline.nanoseconds - clock.monotonic().nanoseconds + 999_999) / 1_000_000
            timeout = Int32(clamping: max(rest, 0))
        } else {
            timeout = -1
        }
        let count = ready.withUnsafeMutableBufferPointer {
            headgate_epoll_wait(epoll.raw, $0.baseAddress, Int32($0.count), timeout)
        }
        return max(Int(count), 0)  // EINTR: an empty turn
    }

    private func tell(_ event: headgate_ready) {
        let token = Token(packed: event.data)
        guard isCurrent(token), let watcher = watches[Int(token.fd)].watcher else { return }
        watcher.ready(Self.readiness(event.events), token: token)
    }

    private static func mask(_ interest: Interest) -> UInt32 {
        // RDHUP only beside reading: a connection that waits for its own answer must not spin on a half-close.
        (interest.contains(.read) ? UInt32(HEADGATE_EPOLLIN | HEADGATE_EPOLLRDHUP) : 0)
            | (interest.contains(.write) ? UInt32(HEADGATE_EPOLLOUT) : 0)
    }

    private static func readiness(_ events: UInt32) -> Readiness {
        var readiness: Readiness = []
        if events & UInt32(HEADGATE_EPOLLIN) != 0 { readiness.insert(.readable) }
        if events & UInt32(HEADGATE_EPOLLOUT) != 0 { readiness.insert(.writable) }
        if events & UInt32(HEADGATE_EPOLLRDHUP) != 0 { readiness.insert(.readClosed) }
        if events & UInt32(HEADGATE_EPOLLERR | HEADGATE_EPOLLHUP) != 0 { readiness.insert(.failed) }
        return readiness
    }
}
