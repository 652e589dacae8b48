import Domain
import Testing

@testable import headgate

@Suite("The pace of the index")
struct IndexPaceTests {
    private func pauses(_ activity: [Int64], isMore: Bool = true) -> [TimeSpan] {
        var pace = IndexPace(at: MonotonicTime(nanoseconds: 0))
        return activity.enumerated().map { second, activity in
            pace.pause(
                isMore: isMore, activity: activity,
                at: MonotonicTime(nanoseconds: Int64(second + 1) * 1_000_000_000))
        }
    }

    @Test func `is without pauses while little happens`() {
        #expect(pauses([1_000_000, 1_000_100, 1_000_500]) == [.zero, .zero, .zero])
    }

    @Test func `is slow while the gateway is busy, and no longer`() {
        let paces = pauses([0, 1_000, 2_000, 2_010])
        #expect(paces[1] > .zero && paces[2] > .zero && paces[3] == .zero)
    }

    @Test func `is a look now and then when all is done`() {
        #expect(pauses([0, 10], isMore: false).allSatisfy { $0 >= .seconds(1) })
    }
}
