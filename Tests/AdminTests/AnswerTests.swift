import Domain
import Foundation
import Ledgers
import Telemetry
import Testing
import Wire

@testable import Admin

@Suite("What the API answers", .timeLimit(.minutes(1)))
struct AnswerTests {
    @Test func `events are listed with the counts of their deliveries`() throws {
        let scene = try Scene()
        let page = try scene.ask("GET /v1/events", authorized).json()
        let rows = try #require(page["data"] as? [[String: Any]])
        #expect(rows.count == 1)
        #expect(rows[0]["id"] as? String == scene.event.text)
        #expect(rows[0]["providerEventId"] as? String == "prov-1")
        #expect((rows[0]["deliveryCounts"] as? [String: Int])?["delivered"] == 1)
    }

    @Test(arguments: [
        ("route=pay", 1), ("route=other", 0), ("type=payment.*", 1), ("type=refund.*", 0),
        ("providerEventId=prov-1", 1),
        ("providerEventId=prov-2", 0), ("since=2020-01-01T00:00:00Z", 1), ("until=2020-01-01T00:00:00Z", 0),
        ("since=1", 1),
        ("type=payment%2Edone&limit=1", 1),
    ])
    func `filters narrow the list of events`(_ query: String, _ count: Int) throws {
        let page = try Scene().ask("GET /v1/events?\(query)", authorized).json()
        #expect((page["data"] as? [Any])?.count == count)
    }

    @Test(arguments: [
        "limit=0", "limit=1001", "limit=x", "since=yesterday", "rout=pay", "after=evt_1", "route=a&route=b",
        "route=", "route", "subscriber=&state=dead", "since=", "q=", "limit=",
    ])
    func `a parameter that cannot be meant is refused by name`(_ query: String) throws {
        let reply = try Scene().ask("GET /v1/events?\(query)", authorized)
        #expect(reply.status == 400)
        let detail = try reply.json()["detail"] as? String
        #expect(detail?.contains(query.prefix { $0 != "=" }) == true)
    }

    @Test func `responses that are too many for one answer are left out, and said to be`() throws {
        let scene = try Scene()
        let reader = try LedgerReader(path: scene.directory.appending(path: "ledger.db").path)
        let whole = try #require(try reader.event(scene.event, responses: 1 << 20))
        #expect(whole.histories.map(\.hasResponses) == [true, true])
        let cut = try #require(try reader.event(scene.event, responses: 1))
        #expect(cut.histories.map(\.hasResponses) == [false, false])
        var json = JSONWriter()
        cut.event.write(to: &json, body: .none, cut.histories, others: [])
        #expect(json.text.contains(#""response":null"#) && !json.text.contains("No Content"))
        #expect(try reader.hasHistory(of: scene.event, within: 1 << 20))
        #expect(try !reader.hasHistory(of: scene.event, within: Limits.attemptBytes))
    }

    @Test func `what became of a route's events is not counted for a route that is not there`() throws {
        let scene = try Scene()
        #expect(try scene.ask("GET /v1/reconcile?route=pay", authorized).status == 200)
        let reply = try scene.ask("GET /v1/reconcile?route=typo", authorized)
        #expect(reply.status == 400 && reply.text.contains("there is no route typo"))
        let other = try scene.grant("other", .read, routes: ["typo"])
        for route in ["pay", "typo"] {
            let reply = try scene.ask(
                "GET /v1/reconcile?route=\(route)", ["Host": "127.0.0.1", "Authorization": "Bearer \(other)"])
            #expect(reply.status == 400 && reply.text.contains("there is no route \(route)"))
        }
    }

    @Test func `a change for versions that are given in several fields counts for none but these`() throws {
        let scene = try Scene()
        for (versions, status) in [(#""77""#, 412), ("\"77\"\r\nIf-Match: \"78\"", 412)] {
            let fields = authorized.merging(["If-Match": versions]) { $1 }
            let reply = try scene.ask("DELETE /v1/subscribers/pay/webhook", fields)
            #expect(reply.status == status)
            #expect(try reply.json()["title"] as? String == "Precondition Failed")
        }
        let fields = authorized.merging(["If-Match": "\"77\"\r\nIf-Match: \"1\""]) { $1 }
        #expect(try scene.ask("DELETE /v1/subscribers/pay/webhook", fields).status == 200)
    }

    @Test func `a creation with two keys is refused`() throws {
        let fields = authorized.merging(["Idempotency-Key": "a\r\nIdempotency-Key: b"]) { $1 }
        let reply = try Scene().ask(
            "POST /v1/subscribers", fields, body: #"{"route":"pay","name":"two","url":"https://a.example/"}"#)
        #expect(reply.status == 400 && reply.text.contains("Idempotency-Key is given twice"))
    }

    @Test func `an event is shown with its fields in order, its body and its deliveries`() throws {
        let scene = try Scene()
        let event = try scene.ask("GET /v1/events/\(scene.event.text)", authorized).json()
        #expect(
            event["headers"] as? [[String]] == [
                ["Content-Type", "application/json"], ["X-Twice", "a"], ["X-Twice", "b"],
            ])
        #expect(((event["body"] as? [String: Any])?["text"] as? String)?.contains("\u{1b}[31m") == true)
        let deliveries = try #require(event["deliveries"] as? [[String: Any]])
        #expect(deliveries.map { $0["state"] as? String } == ["delivered", "pending"])
        #expect((deliveries[0]["history"] as? [[String: Any]])?[0]["outcome"] as? String == "ok")
    }

    @Test func `no answer holds a control character or a tag`() throws {
        let scene = try Scene()
        for endpoint in AdminAPI.endpoints where endpoint.permission > .anyone {
            let text = try scene.ask("GET \(scene.path(of: endpoint))", authorized).text
            #expect(!text.unicodeScalars.contains { $0.isObeyed || $0 == "<" })
        }
    }

    @Test func `a body can be left out or cut`() throws {
        let scene = try Scene()
        let path = "GET /v1/events/\(scene.event.text)"
        let none = try scene.ask(path + "?body=none", authorized).json()
        #expect((none["body"] as? [String: Any])?["base64"] as? String == "")
        #expect((none["body"] as? [String: Any])?["size"] as? Int == 31)
        #expect(try scene.ask(path + "?body=half", authorized).status == 400)
    }

    @Test func `a delivery is shown with every attempt`() throws {
        let scene = try Scene()
        let id = DeliveryID(event: scene.event, ordinal: 1).text
        let delivery = try scene.ask("GET /v1/deliveries/\(id)", authorized).json()
        #expect(delivery["attempts"] as? Int == 1)
        let attempt = try #require((delivery["history"] as? [[String: Any]])?.first)
        #expect(attempt["status"] as? Int == 204)
        #expect(attempt["address"] as? String == "127.0.0.1")
        #expect((attempt["phasesMs"] as? [String: Any])?["firstByte"] as? Double == 0.9)
        #expect((attempt["response"] as? [String: Any])?["text"] as? String == "HTTP/1.1 204 No Content\r\n\r\n")
    }

    @Test(arguments: [("state=delivered", 1), ("state=dead", 0), ("subscriber=audit", 1), ("route=pay", 2)])
    func `filters narrow the list of deliveries`(_ query: String, _ count: Int) throws {
        let page = try Scene().ask("GET /v1/deliveries?\(query)", authorized).json()
        #expect((page["data"] as? [Any])?.count == count)
    }

    @Test func `pages follow each other without gap or repeat`() throws {
        let scene = try Scene()
        let first = try scene.ask("GET /v1/deliveries?limit=1", authorized).json()
        let next = try #require(first["next"] as? String)
        let second = try scene.ask("GET /v1/deliveries?limit=1&after=\(next)", authorized).json()
        let ids = [first, second].compactMap { ($0["data"] as? [[String: Any]])?.first?["id"] as? String }
        #expect(Set(ids).count == 2)
    }

    @Test(arguments: [
        "/v1/events/evt_0000000000000", "/v1/events/x", "/v1/deliveries/dlv_0000000000000-1", "/v1/deliveries/x",
    ])
    func `what the ledger does not have is 404 with the id`(_ path: String) throws {
        let reply = try Scene().ask("GET \(path)", authorized)
        #expect(reply.status == 404)
        #expect(reply.text.contains(path.split(separator: "/").last ?? ""))
    }

    @Test func `a ledger that cannot be read is 503`() throws {
        let scene = try Scene()
        let desk = AdminDesk(state: scene.state, metrics: Metrics(), ledger: "/nonexistent/ledger.db")
        let response = AdminAPI.answer(APIRequest(get: "/v1/events"), at: desk)
        #expect(response.status.code == 503)
    }
}

@Suite("Readiness and metrics", .timeLimit(.minutes(1)))
struct HealthTests {
    @Test(arguments: [
        (true, 1, false, 200), (false, 1, false, 503), (true, 0, false, 503), (true, 1, true, 503),
    ])
    func `ready means a writable ledger, routes, and no end in sight`(
        _ isWritable: Bool, _ routes: Int, _ isDraining: Bool, _ status: Int
    ) throws {
        let readiness = AdminState.Readiness(
            isLedgerWritable: isWritable, isLedgerSound: true, routes: routes, unavailable: [], isDraining: isDraining)
        let scene = try Scene(readiness: readiness)
        #expect(try scene.ask("GET /readyz").status == status)
        #expect(try scene.ask("GET /healthz").status == 200)
    }

    @Test func `nothing is signed of a ledger in trouble`() throws {
        let scene = try Scene(
            readiness: AdminState.Readiness(
                isLedgerWritable: false, isLedgerSound: false, routes: 1, unavailable: [], isDraining: false))
        for request in ["GET /v1/checkpoint", "GET /v1/events/\(scene.event.text)/evidence"] {
            let reply = try scene.ask(request, authorized)
            #expect(reply.status == 503 && reply.text.contains("in trouble"), "\(request)")
        }
        #expect(try scene.ask("GET /v1/events/\(scene.event.text)", authorized).status == 200)
    }

    @Test func `a route without its secret is named and does not take the others down`() throws {
        let readiness = AdminState.Readiness(
            isLedgerWritable: true, isLedgerSound: true, routes: 2,
            unavailable: [("github", "variable X is not set")], isDraining: false)
        let reply = try Scene(readiness: readiness).ask("GET /readyz")
        #expect(reply.status == 200)
        #expect(reply.text.contains("github") && reply.text.contains("variable X is not set"))
    }

    @Test func `a paused subscriber's pending deliveries are held`() throws {
        let scene = try Scene()
        let metrics = Metrics()
        scene.state.addGauges(to: metrics, build: [("version", "9.9.9")], clock: scene.clock, schedule: scene.clock)
        let text = try scene.ask("GET /metrics", metrics: metrics).text
        for line in [
            #"headgate_deliveries{route="pay",subscriber="billing",state="delivered"} 1"#,
            #"headgate_deliveries{route="pay",subscriber="billing",state="held"} 0"#,
            #"headgate_deliveries{route="pay",subscriber="audit",state="pending"} 0"#,
            #"headgate_deliveries{route="pay",subscriber="audit",state="held"} 1"#,
            #"headgate_build_info{version="9.9.9"} 1"#, "headgate_ready 1",
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
        for name in ["headgate_oldest_due_seconds", "headgate_ledger_bytes", "headgate_wal_bytes", "process_open_fds"] {
            #expect(text.contains("# TYPE \(name) gauge\n"))
        }
    }

    @Test func `what is held is not late, and a reload that failed shows`() throws {
        let scene = try Scene()
        let ids = try #require(
            scene.subscriber("billing").flatMap { one in scene.subscriber("audit").map { [one, $0] } })
        let state = scene.state
        let told = AdminState(
            statistics: { LedgerStatistics(oldestDue: [ids[0]: .init(seconds: 1000), ids[1]: .init(seconds: 1000)]) },
            subscribers: state.subscribers, depths: { [:] }, readiness: state.readiness,
            reload: { AdminState.Reload(isGood: false, at: WallTime(seconds: 900)) })
        let metrics = Metrics()
        told.addGauges(to: metrics, build: [], clock: scene.clock, schedule: scene.clock)
        let text = try scene.ask("GET /metrics", metrics: metrics).text
        #expect(text.contains("headgate_oldest_due_seconds{route=\"pay\",subscriber=\"audit\"} 0\n"))
        #expect(!text.contains("headgate_oldest_due_seconds{route=\"pay\",subscriber=\"billing\"} 0\n"))
        #expect(text.contains("headgate_reload_ok 0\n"))
        #expect(text.contains("headgate_reloaded_seconds 900\n"))
    }
}
