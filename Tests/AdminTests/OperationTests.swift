import Domain
import Ledgers
import Testing

@testable import Admin

@Suite("What operators order through the API", .timeLimit(.minutes(1)))
struct OperationTests {
    @Test func `a subscriber is paused with a reason, and resumed`() throws {
        let scene = try Scene()
        let path = "/v1/subscribers/pay/billing"
        let paused = try scene.ask("POST \(path)/pause", authorized, body: #"{"reason":"migration"}"#)
        #expect(paused.status == 200)
        #expect(try paused.json()["changed"] as? Bool == true)
        #expect(try scene.list("/v1/subscribers")[0]["paused"] as? String == "migration")
        #expect(try scene.ask("POST \(path)/resume", authorized).json()["changed"] as? Bool == true)
        #expect(try scene.ask("POST \(path)/resume", authorized).json()["changed"] as? Bool == false)
        #expect(try scene.list("/v1/subscribers")[0]["paused"] is String == false)
        let actions = try scene.list("/v1/actions").map { $0["action"] as? String }
        #expect(actions.prefix(2) == ["resume", "pause"])
    }

    @Test func `what its route file pauses reads as paused and held, and no operator resumes it`() throws {
        let scene = try Scene()
        #expect(try scene.list("/v1/deliveries?state=pending").count == 1)
        let audit = try #require(scene.subscriber("audit"))
        scene.held = [audit: "paused in its route file"]
        let row = try scene.list("/v1/subscribers")[1]
        #expect(row["paused"] as? String == "paused in its route file")
        #expect((row["deliveryCounts"] as? [String: Any])?["held"] as? Int == 1)
        #expect(try scene.list("/v1/deliveries?state=pending").isEmpty)
        #expect(try scene.list("/v1/deliveries?state=held").count == 1)
        let event = try scene.list("/v1/events")[0]["deliveryCounts"] as? [String: Any]
        #expect(event?["held"] as? Int == 1)
        let before = try scene.list("/v1/actions").count
        let reply = try scene.ask("POST /v1/subscribers/pay/audit/resume", authorized)
        #expect(reply.status == 409)
        let detail = try #require(try reply.json()["detail"] as? String)
        #expect(detail == "pay/audit is held: paused in its route file; change routes/pay.json5 and reload")
        #expect(try scene.list("/v1/actions").count == before)
    }

    @Test func `what waits is given up by selection, and what is dead is not`() throws {
        let scene = try Scene()
        for (query, count) in [("route=pay", 1), ("subscriber=audit&state=pending", 1), ("subscriber=billing", 0)] {
            let preview = try scene.ask("GET /v1/replays/preview?kind=cancel&\(query)", authorized).json()
            #expect(preview["deliveries"] as? Int == count, "\(query)")
        }
        for state in ["dead", "delivered"] {
            let body = #"{"kind":"cancel","state":"\#(state)"}"#
            #expect(try scene.ask("POST /v1/replays", authorized, body: body).status == 400)
        }
        #expect(try scene.ask("POST /v1/replays", authorized, body: #"{"kind":"cancel"}"#).status == 400)
        let body = #"{"kind":"cancel","route":"pay","state":"pending","reason":"moved"}"#
        #expect(try scene.ask("POST /v1/replays", authorized, body: body).status == 202)
        #expect(try scene.list("/v1/replays")[0]["kind"] as? String == "cancel")
    }

    @Test(arguments: [
        ("/v1/subscribers/pay/nobody/pause", "", 404), ("/v1/subscribers/pay/billing/pause", #"{"why":"x"}"#, 400),
        ("/v1/subscribers/pay/billing/pause", "no json", 400), ("/v1/subscribers/pay/billing/pause", "[]", 400),
        ("/v1/subscribers/pay/billing/pause", #"{"reason":{}}"#, 400), ("/v1/deliveries/dlv_x/retry", "", 404),
        ("/v1/replays", "", 400), ("/v1/replays", #"{"limit":5}"#, 400),
        ("/v1/replays", #"{"state":"pending"}"#, 400), ("/v1/replays", #"{"route":"pay","rate":"fast"}"#, 400),
        ("/v1/replays", #"{"event":["evt_1"]}"#, 400), ("/v1/replays", #"{"kind":"retry","state":"delivered"}"#, 400),
        ("/v1/replays/job_99/cancel", "", 404), ("/v1/replays/nothing/cancel", "", 404),
    ])
    func `what cannot be meant is refused`(_ path: String, _ body: String, _ status: Int) throws {
        let scene = try Scene()
        let before = try scene.list("/v1/actions").count
        let reply = try scene.ask("POST \(path)", authorized, body: body)
        #expect(reply.status == status)
        #expect(try reply.json()["detail"] is String)
        #expect(try scene.list("/v1/actions").count == before, "nothing is recorded")
    }

    @Test func `a delivery that does not fit is refused with what it is`() throws {
        let scene = try Scene()
        let delivered = DeliveryID(event: scene.event, ordinal: 1).text
        let reply = try scene.ask("POST /v1/deliveries/\(delivered)/retry", authorized)
        #expect(reply.status == 409)
        #expect(try (reply.json()["detail"] as? String)?.contains("delivered") == true)
        #expect(try scene.ask("POST /v1/deliveries/\(delivered)/discard", authorized).status == 400, "needs a reason")
    }

    @Test func `a replay is counted, started, shown and cancelled`() throws {
        let scene = try Scene()
        let preview = try scene.ask("GET /v1/replays/preview?route=pay", authorized).json()
        #expect(preview["deliveries"] as? Int == 1)
        #expect(preview["skipped"] as? Int == 1)
        #expect(preview["next"] is String == false)
        let started = try scene.ask(
            "POST /v1/replays", authorized,
            body: #"{"event":["\#(scene.event.text)"],"rate":"20/s","limit":3,"reason":"asked for"}"#)
        #expect(started.status == 202)
        let id = try #require(started.json()["id"] as? String)
        let job = try scene.ask("GET /v1/replays/\(id)", authorized).json()
        #expect(job["state"] as? String == "running")
        #expect(job["rate"] as? String == "20/1s")
        #expect(job["reason"] as? String == "asked for")
        #expect((job["selection"] as? String)?.contains(scene.event.text) == true)
        #expect(try scene.ask("POST /v1/replays/\(id)/cancel", authorized).status == 200)
        #expect(try scene.ask("POST /v1/replays/\(id)/cancel", authorized).status == 409)
        #expect(try scene.list("/v1/replays")[0]["state"] as? String == "cancelled")
    }

    @Test func `nobody's body is read without the token`() throws {
        #expect(try Scene().ask("POST /v1/replays", body: "no json").status == 401)
    }
}

extension Scene {
    func list(_ path: String) throws -> [[String: Any]] {
        try ask("GET \(path)", authorized).json()["data"] as? [[String: Any]] ?? []
    }
}
