import Domain
import Testing

@testable import Ledgers

@Suite("Events that lanes will ask for")
struct RecentEventsTests {
    func event(_ size: Int) -> Event {
        Event(
            route: RouteID(1), receivedAt: WallTime(seconds: 0), source: .unspecified, providerID: nil, type: nil,
            headers: .empty, body: Bytes([UInt8](repeating: 0, count: size)), bodyDigest: .zero, coverage: .full,
            provenBy: "")
    }

    @Test func `are kept up to a bound, the youngest of them`() {
        var recent = RecentEvents()
        let size = Limits.recentEventBytes / 10
        for number in 1...1000 { recent.keep(event(size), conflictsWith: nil, as: EventID(Int64(number))) }
        let kept = (1...1000).filter { recent[EventID(Int64($0))] != nil }
        #expect(kept == Array(992...1000))
    }

    @Test func `are no place for one that is larger than the bound`() {
        var recent = RecentEvents()
        recent.keep(event(10), conflictsWith: EventID(7), as: EventID(1))
        recent.keep(event(Limits.recentEventBytes), conflictsWith: nil, as: EventID(2))
        #expect(recent[EventID(1)]?.conflictsWith == EventID(7))
        #expect(recent[EventID(2)] == nil)
    }

    @Test func `count once`() {
        var recent = RecentEvents()
        for _ in 0..<3 { recent.keep(event(Limits.recentEventBytes / 2), conflictsWith: nil, as: EventID(1)) }
        recent.keep(event(10), conflictsWith: nil, as: EventID(2))
        #expect(recent[EventID(1)] != nil)
    }
}
