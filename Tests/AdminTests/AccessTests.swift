import Crypto
import Domain
import Foundation
import Ledgers
import Net
import Synchronization
import Telemetry
import Testing

@testable import Admin

@Suite("Tokens of the ledger", .timeLimit(.minutes(1)))
struct AccessTests {
    static func bearing(_ token: String) -> [String: String] {
        ["Host": "127.0.0.1:8081", "Authorization": "Bearer \(token)"]
    }

    @Test(arguments: TokenScope.allCases)
    func `open the rows of their scope and of those below it`(_ scope: TokenScope) throws {
        let scene = try Scene()
        let token = try scene.grant("t", scope)
        for endpoint in AdminAPI.endpoints {
            let reply = try scene.ask("\(endpoint.method) \(scene.path(of: endpoint))", Self.bearing(token))
            let isOpen =
                switch scope {
                case .register: endpoint.permission == .anyone || endpoint.path.text.hasPrefix("/v1/webhook")
                case .read: endpoint.permission <= .read
                case .operate: endpoint.permission <= .operate
                case .admin: true
                }
            #expect((reply.status != 403) == isOpen, "\(endpoint.testDescription)")
        }
    }

    @Test func `are shown once, and work at once`() throws {
        let scene = try Scene()
        let made = try scene.ask("POST /v1/tokens", authorized, body: #"{"name":"ops","scope":"operate"}"#)
        #expect(made.status == 201)
        let token = try #require(made.json()["token"] as? String)
        #expect(token.hasPrefix("hgt_"))
        #expect(try scene.ask("GET /v1/events", Self.bearing(token)).status == 200)
        #expect(try scene.ask("GET /v1/tokens", authorized).text.contains(token) == false)
        #expect(try scene.ask("POST /v1/subscribers/pay/billing/pause", Self.bearing(token)).status == 200)
        let actions = try scene.list("/v1/actions")
        #expect(actions[0]["actor"] as? String == "ops")
        #expect(actions[1]["action"] as? String == "grant-token")
        #expect(actions[1]["target"] as? String == "ops operate")
    }

    @Test func `end when they are revoked, with the change on record`() throws {
        let scene = try Scene()
        let token = try scene.grant("old", .read)
        #expect(try scene.ask("POST /v1/tokens/old/revoke", authorized, body: #"{"reason":"left"}"#).status == 200)
        let reply = try scene.ask("GET /v1/events", Self.bearing(token))
        #expect(reply.status == 401)
        #expect(reply.text.contains("revoked"))
        #expect(try scene.ask("POST /v1/tokens/old/revoke", authorized).status == 409)
        #expect(try scene.ask("POST /v1/tokens/none/revoke", authorized).status == 404)
        #expect(try scene.list("/v1/actions")[0]["reason"] as? String == "left")
        #expect(try scene.list("/v1/tokens")[0]["state"] as? String == "revoked")
    }

    @Test func `end when their time is over`() throws {
        let scene = try Scene()
        let token = try scene.grant("brief", .read, expires: WallTime(seconds: 1))
        #expect(try scene.ask("GET /v1/events", Self.bearing(token)).text.contains("expired"))
    }

    @Test(arguments: [
        (#"{"scope":"read"}"#, 400), (#"{"name":"Bad Name","scope":"read"}"#, 400),
        (#"{"name":"admin","scope":"read"}"#, 400), (#"{"name":"headgate","scope":"read"}"#, 400),
        (#"{"name":"x"}"#, 400), (#"{"name":"x","scope":"root"}"#, 400), (#"{"name":"ci","scope":"read"}"#, 409),
        (#"{"name":"x","scope":"read","expires":"2001-01-01T00:00:00Z"}"#, 400),
        (#"{"name":"x","scope":"read","route":["nowhere"]}"#, 400),
        (#"{"name":"x","scope":"read","route":[]}"#, 400), (#"{"name":"x","scope":"read","route":[""]}"#, 400),
        (#"{"name":"x","scope":"read","route":""}"#, 400), (#"{"name":"x","scope":"read","route":null}"#, 400),
        (#"{"name":"x","scope":"read","route":["pay",""]}"#, 400),
        (#"{"name":"x","scope":"read","expires":""}"#, 400),
        (#"{"name":"x","scope":"admin","route":["pay"]}"#, 400), (#"{"name":"x","scope":"read","for":"y"}"#, 400),
    ])
    func `are not granted when the wish makes no sense`(_ body: String, _ status: Int) throws {
        let scene = try Scene()
        #expect(try scene.ask("POST /v1/tokens", authorized, body: body).status == status)
        #expect(try scene.list("/v1/tokens").count == 1)
    }

    @Test(arguments: AdminAPI.endpoints)
    func `limited to other routes see and change nothing`(_ endpoint: APIEndpoint) throws {
        let scene = try Scene()
        let token = try scene.grant("limited", .operate, routes: ["elsewhere", "nowhere"])
        let reply = try scene.ask("\(endpoint.method) \(scene.path(of: endpoint))", Self.bearing(token))
        switch endpoint.permission {
        case .anyone: #expect(reply.status == 200)
        case _ where !endpoint.narrows || endpoint.permission == .admin: #expect(reply.status == 403)
        case _ where !endpoint.path.names.isEmpty: #expect(reply.status == 404)
        case _ where endpoint.path.text == "/v1/quarantine/reverify":
            #expect(try #require(reply.json()["data"] as? [Any]).isEmpty, "it changes nothing")
        case _
        where endpoint.path.text.contains("/replays") && endpoint.path.text != "/v1/replays" || endpoint.isChange:
            #expect(reply.status == 400, "a job must name a route that the token reaches")
        default:
            #expect(reply.status == 200)
            for list in ["data", "routes", "subscribers"] { #expect((try reply.json()[list] as? [Any] ?? []).isEmpty) }
        }
    }

    @Test func `limited to a route see all of it`() throws {
        let scene = try Scene()
        let token = try scene.grant("limited", .operate, routes: ["pay"])
        for endpoint in AdminAPI.endpoints
        where endpoint.narrows && !endpoint.isChange && endpoint.path.text != "/v1/replays/{id}"
            && endpoint.path.text != "/v1/webhook/{id}"  // its own alone
        {
            #expect(try scene.ask("GET \(scene.path(of: endpoint))", Self.bearing(token)).status == 200)
        }
        let started = try scene.ask("POST /v1/replays", Self.bearing(token), body: #"{"state":"delivered"}"#)
        let id = try #require(started.json()["id"] as? String)
        let job = try scene.ask("GET /v1/replays/\(id)", Self.bearing(token)).json()
        #expect(
            job["selection"] as? String == "route=pay state=delivered until=\(until(in: job))",
            "the only route it reaches")
    }

    private func until(in job: [String: Any]) -> String {
        (job["selection"] as? String ?? "").split(separator: "=").last.map(String.init) ?? ""
    }

    @Test func `are of a form that a slip of the pen does not keep`() throws {
        let (text, hash) = try TokenText.make()
        func hashed(_ text: String) throws -> Digest256? {
            try Array(text.utf8).withUnsafeBytes { try TokenText.hash(of: $0) }
        }
        #expect(text.utf8.count == 52)
        #expect(try hashed(text) == hash)
        for wrong in [String(text.dropLast()), text + "A", "hgx_" + text.dropFirst(4), String(text.dropLast(2)) + "=="]
        {
            #expect(try hashed(wrong) == nil)
        }
        let slip = text.prefix(20) + (text.dropFirst(20).hasPrefix("A") ? "B" : "A") + text.dropFirst(21)
        #expect(try hashed(String(slip)) == nil, "the checksum")
    }
}

/// Moves when it is told to.
private final class HandClock: Clock {
    private let seconds = Mutex<Int64>(100)

    func wall() -> WallTime { SystemClock().wall() }
    func monotonic() -> MonotonicTime { MonotonicTime(nanoseconds: seconds.withLock { $0 } * 1_000_000_000) }
    func advance() { seconds.withLock { $0 += 61 } }
}

@Suite("The record of refusals", .timeLimit(.minutes(1)))
struct RefusalRecordTests {
    @Test func `names whose token it was, also in the count of the rest`() throws {
        let scene = try Scene()
        let token = try scene.grant("127.0.0.1", .read)  // a name that could be an address's
        let (clock, orders) = (HandClock(), Recorded())
        let state = AdminState(
            statistics: { LedgerStatistics() }, subscribers: { [:] }, depths: { [:] },
            readiness: { [readiness = scene.readiness] in readiness },
            operate: { operation, _ in orders.add(operation) })
        let desk = AdminDesk(
            state: state, metrics: Metrics(), ledger: scene.directory.appending(path: "ledger.db").path, clock: clock)
        let handler = AdminHandler(
            desk: desk, token: Secret(Scene.token), log: Log(level: .error, format: .json, clock: clock),
            later: { _, _ in })
        func ask(_ token: String) throws -> Int {
            try scene.ask(
                "POST /v1/subscribers/pay/billing/pause", ["Host": "127.0.0.1", "Authorization": "Bearer \(token)"],
                of: handler
            ).status
        }
        for _ in 0..<3 { #expect(try ask(token) == 403) }
        for _ in 0..<2 { #expect(try ask("wrong") == 401) }
        clock.advance()
        #expect(try scene.ask("GET /healthz", of: handler).status == 200)
        #expect(
            orders.refusals.sorted() == [
                "127.0.0.1 127.0.0.1 1", "127.0.0.1 127.0.0.1 2", "stranger 127.0.0.1 1", "stranger 127.0.0.1 1",
            ])
    }

    private final class Recorded: Sendable {
        private let all = Mutex<[String]>([])

        func add(_ operation: Ledgers.Operation) {
            guard case .access(.refused(let who, let count)) = operation.deed else { return }
            all.withLock { $0.append("\(operation.actor) \(who) \(count)") }
        }

        var refusals: [String] { all.withLock { $0 } }
    }
}

@Suite("Refusals", .timeLimit(.minutes(1)))
struct RefusalCountTests {
    private func at(_ seconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

    @Test func `an address that guesses must wait until its minute is over`() {
        var count = RefusalCount()
        for _ in 0..<Limits.refusalsPerMinute { #expect(count.note("a", at: at(10)).wait == nil) }
        #expect(count.note("a", at: at(30)).wait == .seconds(40))
        #expect(count.note("b", at: at(30)).wait == nil, "others do not wait for it")
        #expect(count.note("a", at: at(70)).wait == nil)
    }

    @Test func `one record a minute and address, with a count of the rest`() {
        var count = RefusalCount()
        let records = (0..<100).map { _ in count.note("a", at: at(10)).record }
        #expect(records.compactMap(\.self) == [1])
        #expect(count.takeUnwritten(at: at(69)).isEmpty)
        let rest = count.takeUnwritten(at: at(70))
        #expect(rest.map(\.who) == ["a"])
        #expect(rest.map(\.count) == [99])
        #expect(count.takeUnwritten(at: at(200)).isEmpty)
    }

    @Test func `however many addresses come, memory and records are bounded, and every refusal is counted`() {
        var count = RefusalCount()
        var recorded: Int64 = 0
        for number in 0..<5000 { recorded += count.note("a\(number)", at: at(10)).record ?? 0 }
        #expect(recorded == Int64(Limits.refusalRecordsPerMinute))
        var minute: Int64 = 70
        while recorded < 5000, minute < 70 + 60 * 200 {
            let rest = count.takeUnwritten(at: at(minute))
            #expect(rest.count <= Limits.refusalRecordsPerMinute)
            recorded += rest.map(\.count).reduce(0, +)
            minute += 60
        }
        #expect(recorded == 5000)
    }

    @Test func `addresses that make room for others take no refusal with them`() {
        var count = RefusalCount()
        var recorded: Int64 = 0
        for minute in 0..<5 {
            for number in 0..<2000 {
                recorded += count.note("a\(minute)-\(number)", at: at(Int64(minute) * 60)).record ?? 0
            }
        }
        var minute: Int64 = 300
        while recorded < 10_000, minute < 300 + 60 * 200 {
            recorded += count.takeUnwritten(at: at(minute)).map(\.count).reduce(0, +)
            minute += 60
        }
        #expect(recorded == 10_000)
    }

    @Test func `an IPv6 network counts as one address`() throws {
        let one = RefusalCount.key(of: IPAddress(high: 0x2001_0db8_0000_0001, low: 1))
        #expect(one == RefusalCount.key(of: IPAddress(high: 0x2001_0db8_0000_0001, low: 99)))
        #expect(one == "2001:db8:0:1::/64")
    }
}
