import Domain
import Testing

@testable import headgate

@Suite("The pace of a job")
struct JobPaceTests {
    @Test(arguments: [
        (Rate(count: 20, per: .seconds(1)), 5, TimeSpan.milliseconds(250)),
        (Rate(count: 1, per: .seconds(1)), 1, .seconds(1)), (Rate(count: 6, per: .seconds(60)), 1, .seconds(10)),
        (Rate(count: 100, per: .seconds(1)), 25, .milliseconds(250)),
        (Rate(count: 10_240, per: .seconds(1)), 256, .milliseconds(25)),
    ])
    func `keeps its rate in a few steps a second`(_ rate: Rate, _ batch: Int, _ interval: TimeSpan) {
        let pace = JobPace(rate)
        #expect(pace.batch == batch)
        #expect(pace.interval == interval)
    }
}
