import Domain
import Net
import Synchronization
import Testing

@Suite("The schedule's clock")
struct ScheduleClockTests {
    private final class Settable: Clock {
        let time = Mutex(WallTime(seconds: 1_000_000))
        func wall() -> WallTime { time.withLock { $0 } }
        func monotonic() -> MonotonicTime { MonotonicTime(nanoseconds: 7) }
    }

    private let settable = Settable()

    @Test(arguments: [-3600, 3600] as [Int64])
    func `does not follow a wall clock that is set`(_ jump: Int64) {
        let clock = ScheduleClock(settable, notBefore: WallTime(seconds: 0))
        let before = clock.wall()
        settable.time.withLock { $0 = $0 + .seconds(jump) }
        #expect(clock.wall() >= before)
        #expect(clock.wall() - before < .seconds(60))
    }

    @Test func `begins as the wall clock, and passes`() {
        let clock = ScheduleClock(settable, notBefore: WallTime(seconds: 999_999))
        let first = clock.wall()
        #expect(first >= WallTime(seconds: 1_000_000) && first < WallTime(seconds: 1_000_060))
        while clock.wall() == first {}
    }

    @Test func `goes on from the latest time that is known, when the wall clock is behind it`() {
        let clock = ScheduleClock(settable, notBefore: WallTime(seconds: 2_000_000))
        #expect(clock.wall() >= WallTime(seconds: 2_000_000))
    }
}
