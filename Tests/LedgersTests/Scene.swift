import Crypto
import Domain
import Ledgers
import Testing

/// The engines that promise the same.
enum LedgerKind: CaseIterable {
    case sqlite

    func open(in directory: TemporaryDirectory) throws -> any LedgerEngine {
        while true {
            do {
                switch self {
                case .sqlite: return try SQLiteLedger(path: directory.file("ledger.db"))
                }
            } catch {
                // An exit test's child has every descriptor of this process, locks too, from its fork to its exec.
                guard case .locked = error else { throw error }
            }
        }
    }
}

/// An opened ledger that knows one route with three subscribers, and a clock that the test moves.
final class Scene {
    let directory: TemporaryDirectory
    let kind: LedgerKind
    var ledger: any LedgerEngine
    var ids: DirectoryIDs
    var now = WallTime(seconds: 1_700_000_000)

    static let names = ["billing", "stock", "audit"]
    static let standard = Directory(routes: [
        (name: "shop", subscribers: names.map { .init(name: $0, url: "http://127.0.0.1:9000/\($0)") }),
        (name: "other", subscribers: []),
    ])

    init(_ kind: LedgerKind = .sqlite, in directory: TemporaryDirectory = TemporaryDirectory()) throws {
        self.kind = kind
        self.directory = directory
        ledger = try kind.open(in: directory)
        ids = try ledger.register(Self.standard)
    }

    /// What a new process would do.
    func restart() throws {
        ledger.close()
        ledger = EmptyEngine()
        ledger = try kind.open(in: directory)
        ids = try ledger.register(Self.standard)
    }

    func pass(_ span: TimeSpan) { now = now + span }

    func subscriber(_ index: Int) -> SubscriberID { ids.routes[0].subscribers[index].subscriber }
    func endpoint(_ index: Int) -> EndpointID { ids.routes[0].subscribers[index].endpoint }

    func event(
        _ providerID: String? = nil, body: String = "{}", route: Int = 0, type: String? = "order.paid"
    ) throws -> Event {
        let body = Bytes(body)
        var sha256 = try SHA256()
        return Event(
            route: ids.routes[route].route, receivedAt: now, source: IPAddress(v4: 0x0a00_0001),
            providerID: providerID.map { Bytes($0) }, type: type.map { Bytes($0) },
            headers: Bytes("content-type: application/json\r\n"), body: body, bodyDigest: sha256.hash(body.buffer),
            coverage: .full, provenBy: "SECRET")
    }

    func entry(
        _ event: Event, to subscribers: [Int] = [0], claimed: Bool = false, dedup: DedupRule = .off
    ) -> LedgerEntry {
        .append(
            Append(
                event: event,
                deliveries: subscribers.map {
                    NewDelivery(subscriber: subscriber($0), endpoint: endpoint($0), claimed: claimed)
                }, dedup: dedup))
    }

    func commit(_ entries: [LedgerEntry]) throws -> [LedgerResult] { try ledger.commit(entries, at: now) }

    @discardableResult
    func append(
        _ event: Event, to subscribers: [Int] = [0], claimed: Bool = false, dedup: DedupRule = .off
    ) throws -> AppendResult {
        let results = try commit([entry(event, to: subscribers, claimed: claimed, dedup: dedup)])
        guard case .appended(let result) = try #require(results.first) else { throw Unexpected() }
        return result
    }

    /// Appends and returns the id it was accepted with.
    func accept(
        _ event: Event, to subscribers: [Int] = [0], claimed: Bool = false, dedup: DedupRule = .off
    ) throws -> EventID {
        guard case .accepted(let id, _) = try append(event, to: subscribers, claimed: claimed, dedup: dedup) else {
            throw Unexpected()
        }
        return id
    }

    func claim(_ index: Int = 0, most: Int = 100, mostBytes: Int = 1 << 20, isStrict: Bool = false) throws
        -> ClaimResult
    {
        let claim = Claim(
            subscriber: subscriber(index), due: now, most: most, mostBytes: mostBytes, isStrict: isStrict)
        guard case .claimed(let result) = try #require(try commit([.claim(claim)]).first) else { throw Unexpected() }
        return result
    }

    func settlement(
        _ id: DeliveryID, of index: Int = 0, number: Int32 = 1, outcome: Outcome = .ok,
        next: Settlement.Next = .delivered
    ) -> Settlement {
        Settlement(
            delivery: id, subscriber: subscriber(index),
            attempt: Attempt(
                number: number, startedAt: now, took: .milliseconds(12), outcome: outcome,
                status: outcome == .ok ? 200 : 0, address: IPAddress(v4: 0x7f00_0001),
                phases: Attempt.Phases(firstByte: 9000), response: Bytes("HTTP/1.1 200 OK\r\n\r\nthanks")), next: next)
    }

    func settle(
        _ id: DeliveryID, of index: Int = 0, number: Int32 = 1, outcome: Outcome = .ok,
        next: Settlement.Next = .delivered
    ) throws {
        _ = try commit([.settle(settlement(id, of: index, number: number, outcome: outcome, next: next))])
    }
}

struct Unexpected: Error {}

/// Stands in while a file changes hands.
private final class EmptyEngine: LedgerEngine {
    func register(_ directory: Directory) throws(LedgerError) -> DirectoryIDs { throw .latched }
    func commit(_ batch: [LedgerEntry], at now: WallTime) throws(LedgerError) -> [LedgerResult] { throw .latched }
    func reopen() throws(LedgerError) { throw .latched }
    func recover(at now: WallTime) throws(LedgerError) -> Int { throw .latched }
    func quarantine(
        _ refused: [RefusedRequest], caps: QuarantineCaps, at now: WallTime
    ) throws(LedgerError) -> QuarantineChange { throw .latched }
    func statistics() throws(LedgerError) -> LedgerStatistics { throw .latched }
    func hasRoom() -> Bool { false }
    func tidy(isIdle: Bool) throws(LedgerError) -> Bool { throw .latched }
    func close() {}
}

func sha256(_ bytes: Bytes) throws -> Digest256 {
    var sha256 = try SHA256()
    return sha256.hash(bytes.buffer)
}
