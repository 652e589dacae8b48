import Config
import Crypto
import Domain
import Testing

@testable import Keys
@testable import Signatures

@Suite("What is known of keys") struct KeyCacheTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)
    private let one = try? Source("https://a.example/{key:id}")
    private let other = try? Source("https://b.example/{key:id}")

    /// A source of keys, as configuration gives it.
    private struct Source {
        let source: KeySource
        init(_ url: String) throws {
            let text = """
                { type: "signature", algorithm: "ed25519", key: { fetch: { id: "{header:K}", url: "\(url)", \
                format: "pem" } }, signature: { in: "header:S", encoding: "hex" }, message: "{body}" }
                """
            var diagnostics = Diagnostics()
            let node = try #require(JSON5.parse(Array(text.utf8), file: "f", into: &diagnostics))
            let spec = try #require(
                VerifierSpec(node, secrets: [:], into: &diagnostics), "\(diagnostics.all.map(\.line))")
            source = try #require(spec.keySources.first)
        }
        func name(_ text: String) -> KeyName { KeyName(source: source.id, text: Array(text.utf8)) }
    }

    private func keys(for lifetime: TimeSpan = .seconds(3600)) throws -> KeyReading {
        let key = try PublicKey(pem: PrivateKey.generate(.ed25519).publicPEM)
        return .keys(
            FetchedKeys(
                [JWTKey(label: "k", material: .publicKey(key), id: nil, algorithm: nil)], lifetime: lifetime))
    }

    private func find(_ name: KeyName, in cache: KeyCache, at now: MonotonicTime) -> KnownKeys.Found {
        KnownKeys(cache.snapshot, at: now).find(name, id: nil)
    }

    @Test func `a key is fetched once for all who want it, and kept for its life`() throws {
        let name = try #require(one).name("k")
        var cache = KeyCache()
        #expect(cache.want(name, at: start) == .fetch)
        #expect(cache.want(name, at: start) == .wait)
        cache.finish(name, try keys(), at: start)
        #expect(cache.want(name, at: start + .seconds(3599)) == .wait)
        guard case .keys = find(name, in: cache, at: start + .seconds(3599)) else { return #expect(Bool(false)) }
        guard case .unknown = find(name, in: cache, at: start + .seconds(3600)) else { return #expect(Bool(false)) }
        #expect(cache.want(name, at: start + .seconds(3600)) == .fetch)
    }

    @Test func `failures are ours, absence is the sender's, and each is remembered for its time`() throws {
        let name = try #require(one).name("k")
        let cases: [(KeyReading, Verification.Refusal, TimeSpan)] = [
            (.failed("x"), .keyUnavailable, Limits.keyRetry), (.absent, .keyUnknown, Limits.keyAbsence),
            (.untrusted("x"), .keyUntrusted, Limits.keyAbsence),
        ]
        for (reading, refusal, time) in cases {
            var cache = KeyCache()
            _ = cache.want(name, at: start)
            cache.finish(name, reading, at: start)
            let last = start + time + .milliseconds(-1)
            guard case .refused(refusal) = find(name, in: cache, at: last) else {
                Issue.record("\(reading)")
                continue
            }
            guard case .unknown = find(name, in: cache, at: start + time) else {
                Issue.record("\(reading) is remembered for too long")
                continue
            }
        }
    }

    @Test func `a fetch that fails takes nothing away that is known`() throws {
        let name = KeyName(source: try #require(one).source.id, text: [])
        var cache = KeyCache()
        _ = cache.want(name, at: start)
        cache.finish(name, try keys(), at: start)
        let later = start + Limits.keyRefetch
        #expect(cache.want(name, at: later) == .fetch)
        cache.finish(name, .failed("x"), at: later)
        guard case .keys = find(name, in: cache, at: later) else { return #expect(Bool(false)) }
    }

    @Test func `a document is fetched anew once in its interval, whoever asks how often`() throws {
        let name = KeyName(source: try #require(one).source.id, text: [])
        var cache = KeyCache()
        var fetches = 0
        for second in 0..<60 where cache.want(name, at: start + .seconds(Int64(second))) == .fetch {
            fetches += 1
            cache.finish(name, try keys(), at: start + .seconds(Int64(second)))
        }
        #expect(fetches == 6)
    }

    @Test func `names that are made up are bounded, and touch neither what is known nor others`() throws {
        let (source, neighbour) = (try #require(one), try #require(other))
        var cache = KeyCache()
        let known = source.name("known")
        #expect(cache.want(known, at: start) == .fetch)
        cache.finish(known, try keys(for: .seconds(86400)), at: start)
        var fetches = 0
        for place in 0..<5000 {
            let now = start + .milliseconds(Int64(place) * 60)
            let name = source.name("made-up-\(place)")
            if cache.want(name, at: now) == .fetch {
                fetches += 1
                cache.finish(name, .absent, at: now)
            }
        }
        // Five minutes.
        #expect(fetches <= 5 * Limits.keyFetchesPerMinute)
        #expect(cache.snapshot.entries.count <= Limits.keysRemembered)
        let end = start + .milliseconds(299_950)
        guard case .keys = find(known, in: cache, at: end) else { return #expect(Bool(false)) }
        guard case .refused(.keyUnavailable) = find(source.name("new"), in: cache, at: end) else {
            return #expect(Bool(false), "closed")
        }
        #expect(cache.want(neighbour.name("new"), at: end) == .fetch)
    }

    @Test func `no more than so many are under way`() throws {
        var cache = KeyCache()
        for place in 0..<Limits.keyFetches {
            let source = try Source("https://\(place).example/{key:id}")
            #expect(cache.want(source.name("k"), at: start) == .fetch)
        }
        let source = try #require(one)
        #expect(cache.want(source.name("k"), at: start) == .refuse)
        #expect(cache.want(source.name("k"), at: start + .milliseconds(500)) == .wait)
    }

    @Test func `sources are the same when they ask the same place in the same way`() throws {
        let first = try Source("https://a.example/{key:id}").source.id
        #expect(try #require(one).source.id == first)
        #expect(try #require(other).source.id != first)
    }
}
