import Config
import Routes
import Testing

@Suite("Any route file") struct RouteFuzzTests {
    static let sample = #"""
        {
          path: "/in", verify: "github", secrets: { SECRET: ["env:S", "file:k"] }, publicUrl: "https://h.example/in",
          event: { id: "header:X-A", type: "json:a.b" }, types: { a: ["x.*"] }, ack: { status: 200, type: "text/plain", body: "OK" },
          allow: ["203.0.113.0/24", "::1"], maxBody: "1MiB", dedup: "24h", tokens: { clientId: "env:S", clientSecret: "env:S" },
          retry: { schedule: ["5s", "1h"], jitter: 0.2, timeout: "15s", connectTimeout: "5s", permanent: [400] },
          subscribers: [{ name: "a", url: "https://a.example/in", events: ["x"], secret: "env:K", concurrency: 3, rate: "1/s",
            headers: { "x-a": "b" }, forward: ["x-*"], tls: { ca: "k" }, auth: { bearer: "env:S" }, paused: false }],
        }
        """#

    @Test("is loaded or refused, never more", arguments: UInt64(1)...20)
    func mutated(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        let words = [
            "{", "}", "[", "]", ":", ",", "\"", "null", "true", "-1", "1e999", "\"\"", "{}", "[]", "\"env:\"",
            "\"file:\"",
        ]
        for _ in 0..<100 {
            var text = Self.sample.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text[place] = words.randomElement(using: &random) ?? ""
                case 1: text.swapAt(place, Int.random(in: 0..<text.count, using: &random))
                default: text[place] = String(text[place].dropLast(Int.random(in: 0...2, using: &random)))
                }
            }
            let world = MadeUp(
                ["routes/r.json5": text.joined(separator: " "), "routes/k": "-----BEGIN X"],
                environment: ["S": "a-long-enough-secret", "K": MadeUp.key])
            let loaded = world.load(.serve)
            #expect((loaded.table == nil) == loaded.diagnostics.hasErrors)
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
