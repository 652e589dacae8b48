import Domain
import Testing

@Suite("The time of schedules")
struct ScheduleTimeTests {
    private let wall = WallTime(seconds: 1_700_000_000)

    @Test("is the wall clock's until somebody sets that")
    func first() {
        var time = ScheduleTime()
        for second in 0..<3 as Range<Int64> {
            #expect(time.read(wall: wall + .seconds(second), uptime: .seconds(50 + second)) == wall + .seconds(second))
        }
    }

    @Test(
        "does not follow a jump of an hour, nor a clock that is put back",
        arguments: [3600, -3600, -86_400 * 9] as [Int64])
    func steady(_ jump: Int64) {
        var time = ScheduleTime()
        _ = time.read(wall: wall, uptime: .zero)
        #expect(time.read(wall: wall + .seconds(60 + jump), uptime: .seconds(60)) == wall + .seconds(60))
        #expect(time.read(wall: wall + .seconds(61), uptime: .seconds(61)) == wall + .seconds(61))
    }

    @Test("follows a clock that had not been set when the process began")
    func unset() {
        var time = ScheduleTime()
        _ = time.read(wall: WallTime(seconds: 30), uptime: .seconds(30))
        #expect(time.read(wall: wall, uptime: .seconds(40)) == wall)
        #expect(time.read(wall: wall + .seconds(3600), uptime: .seconds(41)) == wall + .seconds(1))
    }
}
