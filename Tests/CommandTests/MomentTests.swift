import Config
import Domain
import Routes
import Testing

@testable import headgate

@Suite("A time on the command line") struct MomentTests {
    private func moment(_ text: String) throws -> Int64? {
        var diagnostics = Diagnostics()
        let values = FlagValues(["--since", text], of: Listing.flags, environment: [:], into: &diagnostics)
        let call = Invocation(
            words: [], values: values, surroundings: Surroundings(environment: [:]), console: Written().console)
        return try call.moment("--since", before: WallTime(seconds: 1_000_000))?.seconds
    }

    static let times: [(String, Int64)] = [
        ("1970-01-02T00:00:10Z", 86_410), ("1970-01-02", 86_400), ("86400", 86_400), ("10s", 999_990),
        ("3d", 1_000_000 - 3 * 86_400), ("1970-01-02T01:00:00+01:00", 86_400),
    ]

    @Test(arguments: times)
    func `is a moment, a day, or how long ago`(_ text: String, _ seconds: Int64) throws {
        #expect(try moment(text) == seconds)
    }

    @Test(arguments: ["yesterday", "2026-02-30", "2026-11-21T09:30:00", "-1"])
    func `is refused with what it may be`(_ text: String) throws {
        let failure = try #require(throws: CommandFailure.self) { try moment(text) }
        #expect(failure.status == .usage)
        #expect(failure.message.contains("2026-01-31, and no length of time such as 3d"))
    }
}
