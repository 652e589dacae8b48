import Domain
import Net
import Synchronization
import Testing

@Suite("The clock of due times")
struct ScheduleClockTests {
    private final class Wall: Clock {
        let set: Mutex<WallTime>
        init(_ time: WallTime) { set = Mutex(time) }
        func wall() -> WallTime { set.withLock { $0 } }
        func monotonic() -> MonotonicTime { SystemClock().monotonic() }
    }

    private let noon = WallTime(seconds: 1_700_000_000)

    @Test("does not follow a wall clock that is set", arguments: [3600, -3600, 400 * 86_400] as [Int64])
    func jumps(_ seconds: Int64) {
        let wall = Wall(noon)
        let schedule = ScheduleClock(wall, notBefore: WallTime(seconds: 0))
        wall.set.withLock { $0 = noon + .seconds(seconds) }
        let shown = schedule.wall() - noon
        #expect(shown >= .zero && shown < .seconds(600))
    }

    @Test("begins where an earlier process left off when the wall clock was set back in between")
    func resumes() {
        let schedule = ScheduleClock(Wall(noon), notBefore: noon + .seconds(7200))
        #expect(schedule.wall() >= noon + .seconds(7200))
    }
}
