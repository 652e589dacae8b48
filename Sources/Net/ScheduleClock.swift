package import Domain
internal import Glibc

/// The time by which things fall due: it begins as the wall clock, and goes on at the pace of a clock that nobody sets. A
/// wall clock that jumps makes no retry early and lets none wait.
package struct ScheduleClock: Clock {
    private let clock: any Clock
    private let start: WallTime
    private let begun: MonotonicTime

    /// - Parameter latest: of the times that an earlier process gave. A wall clock that was set back since then counts from
    ///   there, so that what is due after it does not wait for the clock to come round again.
    package init(_ clock: any Clock, notBefore latest: WallTime) {
        self.clock = clock
        start = max(clock.wall(), latest)
        begun = Self.uptime()
    }

    package func wall() -> WallTime { start + (Self.uptime() - begun) }
    package func monotonic() -> MonotonicTime { clock.monotonic() }

    /// Unlike CLOCK_MONOTONIC it counts the time in which the machine was suspended (clock_gettime (2)).
    private static func uptime() -> MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
