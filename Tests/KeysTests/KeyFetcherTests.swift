import Config
import Crypto
import Domain
import Net
import Synchronization
import Telemetry
import Testing
import Wire

@testable import Keys
@testable import Signatures

@Suite("The fetcher", .timeLimit(.minutes(1))) struct KeyFetcherTests {
    /// Snapshots as they come.
    private final class Heard: Sendable {
        let stream: AsyncStream<KeySnapshot>
        private let continuation: AsyncStream<KeySnapshot>.Continuation
        init() { (stream, continuation) = AsyncStream.makeStream() }
        func take(_ snapshot: KeySnapshot) { continuation.yield(snapshot) }
    }

    private func request(_ fetch: String, settings: KeySettings = KeySettings()) throws -> KeyRequest {
        let text =
            #"{ type: "jwt", in: "header:A", algorithms: ["RS256"], key: { fetch: { format: "jwks", \#(fetch) } } }"#
        var diagnostics = Diagnostics()
        let node = try #require(JSON5.parse(Array(text.utf8), file: "f", into: &diagnostics))
        let spec = try #require(
            VerifierSpec(node, secrets: [:], keys: settings, into: &diagnostics), "\(diagnostics.all.map(\.line))")
        let source = try #require(spec.keySources.first)
        return try #require(source.request(named: []))
    }

    private func verdict(_ request: KeyRequest) async throws -> KeySnapshot.Verdict? {
        let log = Log(level: .error, format: .json, clock: SystemClock())
        let fetcher = try KeyFetcher(clock: SystemClock(), log: log, metrics: Metrics())
        let heard = Heard()
        fetcher.listen { heard.take($0) }
        fetcher.want(request)
        for await snapshot in heard.stream {
            if let entry = snapshot.entries[request.name] { return entry.verdict }
        }
        return nil
    }

    @Test(
        arguments: [
            "https://localhost:9/jwks", "https://127.0.0.1:9/jwks", "https://[::1]:9/jwks",
            "https://169.254.169.254/jwks",
            "https://10.0.0.1/jwks", "https://0x7f000001:9/jwks",
        ])
    func `dials no private address that it was not told to, and says so without waiting`(_ url: String) async throws {
        guard case .failed? = try await verdict(request(#"url: "\#(url)""#)) else { return #expect(Bool(false)) }
    }

    @Test func `fails where nobody answers`() async throws {
        var settings = KeySettings()
        settings.via = SocketAddress(text: "127.0.0.1:9")
        let request = try request(#"url: "https://keys.example.com/jwks""#, settings: settings)
        guard case .failed? = try await verdict(request) else { return #expect(Bool(false)) }
    }
}
