import Crypto
import Domain
import Routes
import Testing

@Suite("A secret that is to be tried") struct CandidateTests {
    private static func trying(_ name: String?, _ value: String, on made: MadeUp) throws -> RouteConfig {
        let route = try #require(made.only(.serve))
        return try route.trying(CandidateSecret(name: name, value: Secret(value)), made.surroundings)
    }

    private static let two = MadeUp(
        [
            "routes/r.json5": """
            { verify: "fluxvend", secrets: { API_KEY: "env:K", API_SECRET: "env:S" },
              subscribers: [{ name: "s", url: "https://s.example.com/" }] }
            """
        ], environment: ["K": "a-key", "S": "a-secret"])

    @Test(arguments: [nil, "SECRET"])
    func `stands in place of the only one, or of the one it names`(_ name: String?) throws {
        let made = MadeUp.route(#"subscribers: [{ name: "s", url: "https://s.example.com/" }]"#)
        #expect(try Self.trying(name, "another", on: made).proof != nil)
    }

    @Test func `closes a route no longer that lacks its own`() throws {
        var made = MadeUp.route(#"subscribers: [{ name: "s", url: "https://s.example.com/" }]"#)
        made.environment["S"] = nil
        #expect(made.only(.serve)?.proof == nil)
        #expect(try Self.trying(nil, "another", on: made).proof != nil)
    }

    @Test(arguments: [(nil, "not exactly one secret"), ("OTHER", #"no secret "OTHER""#)])
    func `is told which there are when it does not say which`(_ name: String?, _ words: String) {
        let problem = #expect(throws: CandidateProblem.self) { try Self.trying(name, "another", on: Self.two) }
        #expect(problem?.description.contains(words) == true)
    }

    @Test func `is never in the text of a problem`() {
        let made = MadeUp(
            [
                "routes/r.json5": """
                { verify: "hurupay", secrets: { PUBKEY: "env:P" },
                  subscribers: [{ name: "s", url: "https://s.example.com/" }] }
                """
            ], environment: ["P": "no key"])
        let problem = #expect(throws: CandidateProblem.self) { try Self.trying(nil, "hush-hush", on: made) }
        #expect(problem?.description.contains("cannot use this secret") == true)
        #expect(problem?.description.contains("hush-hush") == false)
    }
}
