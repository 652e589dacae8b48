package import Domain
internal import Glibc
internal import Synchronization

/// The kernel's clocks.
package struct SystemClock: Clock {
    package init() {}

    package func wall() -> WallTime {
        let time = read(CLOCK_REALTIME)
        return WallTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    package func monotonic() -> MonotonicTime {
        let time = read(CLOCK_MONOTONIC)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package func schedule() -> WallTime {
        let uptime = read(CLOCK_BOOTTIME)
        let span = TimeSpan(microseconds: Int64(uptime.tv_sec) * 1_000_000 + Int64(uptime.tv_nsec) / 1000)
        let wall = wall()
        return Self.scheduled.withLock { $0.read(wall: wall, uptime: span) }
    }

    /// One for the process: what one thread schedules another finds due.
    private static let scheduled = Mutex(ScheduleTime())

    private func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
