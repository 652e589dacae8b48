import Crypto
import Domain
import Foundation
import Ledgers
import Net
import Routes
import Server
import Telemetry
import Wire

@testable import Admin

/// An admin handler over a ledger's file that holds one event with two deliveries, one of them delivered.
final class Scene {
    static let token = "a-token-that-is-long-enough"
    /// Of the refused request: never in any answer.
    static let hidden = "provider-token-4711"

    let directory: URL
    let ledger: SQLiteLedger
    let event: EventID
    let refused: QuarantineID
    /// One that has ended.
    let job: JobID
    let readiness: AdminState.Readiness
    let clock = SystemClock()
    var judge: AdminState.Judge = { requests, _ in .success(requests.map { _ in .refused(reason: "token-wrong") }) }
    /// What a running gateway holds by its configuration.
    var held: [SubscriberID: String] = [:]
    private let subscribers: [SubscriberID: AdminState.Subscriber]
    /// Of a registered subscriber.
    let webhook = String(repeating: "0", count: 24)
    let key = try? SealingKey(Secret([UInt8](0..<32)))
    /// One file, with the same names as the ledger.
    let table = RouteTable.load(
        directory: "routes",
        surroundings: Surroundings(
            environment: [:],
            readFile: { _, _ in
                .success(
                    Array(
                        """
                        { verify: { type: "none" }, types: { all: ["*"] }, subscribers: [
                            { name: "billing", url: "http://127.0.0.1:1/billing" },
                            { name: "audit", url: "http://127.0.0.1:1/audit" } ] }
                        """.utf8))
            }, fileNames: { _ in .success(["pay.json5"]) }),
        signing: [Secret([UInt8](repeating: 7, count: 32))], purpose: .serve
    ).table

    init(
        readiness: AdminState.Readiness = .init(
            isLedgerWritable: true, isLedgerSound: true, routes: 1, unavailable: [], isDraining: false)
    ) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "headgate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        ledger = try SQLiteLedger(path: directory.appending(path: "ledger.db").path)
        self.readiness = readiness
        let names = ["billing", "audit"]
        let ids = try ledger.register(
            Directory(routes: [
                (name: "pay", subscribers: names.map { .init(name: $0, url: "http://127.0.0.1:1/\($0)") })
            ]))
        let known = ids.routes[0].subscribers
        subscribers = Dictionary(
            uniqueKeysWithValues: zip(known, names).map {
                ($0.subscriber, .init(route: "pay", name: $1, isHeld: $1 == "audit"))
            })
        var sha256 = try SHA256()
        let body = Bytes("{\"n\":1,\"evil\":\"\u{1b}[31m</script>\"}")
        let arrived = Event(
            route: ids.routes[0].route, receivedAt: clock.wall(), source: IPAddress(v4: 0x0a00_0001),
            providerID: Bytes("prov-1"), type: Bytes("payment.done"),
            headers: Bytes("Content-Type: application/json\r\nX-Twice: a\r\nX-Twice: b\r\n"), body: body,
            bodyDigest: sha256.hash(body.buffer), coverage: .full, provenBy: "SECRET")
        let append = Append(
            event: arrived,
            deliveries: known.map { NewDelivery(subscriber: $0.subscriber, endpoint: $0.endpoint, claimed: true) },
            dedup: .off)
        guard case .appended(.accepted(let id, _)) = try ledger.commit([.append(append)], at: clock.wall())[0] else {
            throw SceneFailure()
        }
        event = id
        let attempt = Attempt(
            number: 1, startedAt: clock.wall(), took: TimeSpan(microseconds: 1234), outcome: .ok, status: 204,
            address: IPAddress(v4: 0x7f00_0001), phases: .init(connected: 100, firstByte: 900),
            response: Bytes("HTTP/1.1 204 No Content\r\n\r\n"))
        _ = try ledger.commit(
            [
                .settle(
                    Settlement(
                        delivery: DeliveryID(event: id, ordinal: 1), subscriber: known[0].subscriber, attempt: attempt,
                        next: .delivered))
            ], at: clock.wall())
        let path = directory.appending(path: "ledger.db").path
        let request = RefusedRequest(
            route: ids.routes[0].route, receivedAt: clock.wall(), source: IPAddress(v4: 0x0a00_0002),
            reason: "token-wrong", method: Bytes("POST"), path: Bytes("/pay"),
            headers: Bytes("Content-Type: application/json\r\n"),
            hidden: .init(query: Bytes("key=\(Self.hidden)"), credentials: Bytes("X-Token: \(Self.hidden)\r\n")),
            body: Bytes("{}"), bodyBytes: 2)
        _ = try ledger.quarantine([request], caps: QuarantineCaps(), at: clock.wall())
        refused = try LedgerReader(path: path).quarantine(QuarantineQuery(), after: nil, limit: 1).rows[0].id
        let order = JobOrder(
            kind: .replay, selection: DeliveryQuery(state: .dead), rate: Rate(count: 1, per: .seconds(1)))
        let started = try ledger.commit(
            [.operate(Operation(.start(order), actor: "tests", reason: "none"))], at: clock.wall())
        guard case .operated(.started(let job)) = started[0] else { throw SceneFailure() }
        self.job = job
        let now = clock.wall()
        let registration = Registration(
            id: webhook, route: "pay", name: "webhook", url: "https://a.example/", partner: "admin", type: "all",
            publicKey: "PEM", definition: "{}", secrets: nil, createdAt: now, changedAt: now)
        _ = try ledger.commit(
            [.operate(Operation(.register(.add(registration, paused: nil)), actor: "admin", reason: ""))], at: now)
        _ = try ledger.commit([.operate(Operation(.stop(job), actor: "tests", reason: "none"))], at: clock.wall())
        let sealing = try SealingKey(Secret([UInt8](0..<32)))
        let credential = RouteCredential(
            id: webhook, route: "pay", name: "partner", secretNames: ["SECRET"], isGenerated: true,
            secrets: try SealedBytes(
                ["SECRET": Secret(Self.hidden)].packed, with: sealing,
                for: RouteCredential.context(id: webhook, version: 1)), createdAt: now, createdBy: "tests",
            changedAt: now)
        _ = try ledger.commit(
            [.operate(Operation(.route(.add(credential)), actor: "tests", reason: "none"))], at: now)
        _ = try grant("ci", .read)
    }

    deinit {
        ledger.close()
        try? FileManager.default.removeItem(at: directory)
    }

    var state: AdminState {
        let (statistics, subscribers, held, readiness, table) = (
            (try? ledger.statistics()) ?? LedgerStatistics(), subscribers, held, readiness, table ?? .empty
        )
        return AdminState(
            statistics: { statistics }, subscribers: { subscribers }, held: { held }, depths: { [:] },
            readiness: { readiness },
            registry: RegistryFacts(
                table: { table }, key: key, policy: AddressPolicy(allowsPrivate: false)), judge: judge)
    }

    func subscriber(_ name: String) -> SubscriberID? { subscribers.first { $0.value.name == name }?.key }

    /// A token of the ledger; its text.
    func grant(
        _ name: String, _ scope: TokenScope, routes: Set<String>? = nil, expires: WallTime? = nil
    ) throws -> String {
        let (text, hash) = try TokenText.make()
        let grant = TokenGrant(name: name, hash: hash, scope: scope, routes: routes, expiresAt: expires)
        _ = try ledger.commit(
            [.operate(Operation(.access(.grant(grant)), actor: "tests", reason: "none"))], at: clock.wall())
        return text
    }

    private func handler(token: String?, metrics: Metrics) -> AdminHandler {
        AdminHandler(
            desk: AdminDesk(state: state, metrics: metrics, ledger: directory.appending(path: "ledger.db").path),
            token: token.map { Secret($0) }, names: ["admin.example.com"],
            log: Log(level: .error, format: .json, clock: clock), later: { _, _ in })
    }

    /// Asks as a client would: the text of a request, parsed as the server parses it.
    func ask(
        _ line: String, _ fields: [String: String] = ["Host": "127.0.0.1:8081"], token: String? = Scene.token,
        metrics: Metrics = Metrics(), body: String = "", of handler: AdminHandler? = nil
    ) throws -> Reply {
        let handler = handler ?? self.handler(token: token, metrics: metrics)
        let text = "\(line) HTTP/1.1\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        return try Array(text.utf8).withUnsafeBytes { bytes in
            var parser = HeadParser()
            guard try parser.advance(over: bytes) else { throw SceneFailure() }
            let local = IPAddress(v4: 0x7f00_0001)
            return try Array(body.utf8).withUnsafeBytes { body in
                let view = RequestView(head: parser.head, bytes: bytes, body: body)
                switch handler.answer(view, from: Peer(address: local, connection: local, isTLS: false)) {
                case .now(let response): return Reply(response)
                case .afterwards(let operation, let answer):
                    // What the ledger's thread would do.
                    let result = try ledger.commit([.operate(operation)], at: clock.wall())[0]
                    guard case .operated(let done) = result else { throw SceneFailure() }
                    do throws(Problem) { return Reply(try answer(done)) } catch { return Reply(error.response) }
                }
            }
        }
    }

    /// A path of the table with something that exists in place of its names.
    func path(of endpoint: APIEndpoint) -> String {
        endpoint.path.text.replacing("/v1/events/{id}", with: "/v1/events/\(event.text)")
            .replacing("/v1/deliveries/{id}", with: "/v1/deliveries/\(DeliveryID(event: event, ordinal: 1).text)")
            .replacing("/{route}/credentials/{name}", with: "/pay/credentials/partner")
            .replacing("/v1/routes/{route}", with: "/v1/routes/pay")
            .replacing("{route}/{name}", with: "pay/billing").replacing(
                "/v1/replays/preview", with: "/v1/replays/preview?route=pay"
            )
            .replacing("/v1/webhook/{id}", with: "/v1/webhook/\(webhook)")
            .replacing("/v1/quarantine/{id}", with: "/v1/quarantine/\(refused.text)")
            .replacing("/v1/replays/{id}", with: "/v1/replays/\(job.text)")
            .replacing("/v1/tokens/{name}", with: "/v1/tokens/ci")
    }
}

struct SceneFailure: Error {}

struct Reply {
    let status: Int
    let text: String

    init(_ response: Response) {
        status = response.status.code
        text = response.body.text
    }

    /// Read by a reader that is not ours.
    func json() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            throw SceneFailure()
        }
        return object
    }
}
