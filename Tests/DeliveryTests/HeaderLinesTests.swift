import CCurl
import Testing

@testable import Delivery

@Suite struct HeaderLinesTests {
    @Test func `keeps no room of a large head that is gone`() throws {
        let lines = HeaderLines()
        let usual = lines.capacity
        lines.add("x-large", String(repeating: "x", count: 60_000))
        #expect(lines.capacity > 60_000)
        lines.reset()
        #expect(lines.capacity == usual)
        lines.add("x-small", "1")
        let list = try #require(lines.list())
        #expect(String(cString: list.pointee.data) == "x-small: 1" && list.pointee.next == nil)
    }
}
