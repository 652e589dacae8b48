import Crypto
import Domain
import Ledgers
import Routes
import Testing

@testable import Admin

@Suite("Refused requests through the API", .timeLimit(.minutes(1)))
struct QuarantineTests {
    @Test func `are listed and shown without what must not be shown`() throws {
        let scene = try Scene()
        #expect(try scene.list("/v1/quarantine?why=token-wrong&source=10.0.0.2").count == 1)
        #expect(try scene.list("/v1/quarantine?route=other").isEmpty)
        let reply = try scene.ask("GET /v1/quarantine/\(scene.refused.text)", authorized)
        let shown = try reply.json()
        #expect(shown["hasQuery"] as? Bool == true)
        #expect(shown["credentials"] as? [String] == ["X-Token"])
        #expect(shown["hiddenKept"] as? Bool == false, "there is no key to seal it with")
        #expect((shown["body"] as? [String: Any])?["text"] as? String == "{}")
        for path in ["", "/\(scene.refused.text)"] {
            #expect(try !scene.ask("GET /v1/quarantine\(path)", authorized).text.contains(Scene.hidden))
        }
    }

    @Test func `are verified again with a secret that is nowhere repeated`() throws {
        let scene = try Scene()
        scene.judge = { requests, candidate in
            let isRight = candidate?.secret.value.withBytes { String(decoding: $0, as: UTF8.self) } == "new"
            return .success(requests.map { _ in .refused(reason: isRight ? "right" : "wrong") })
        }
        let ask = { (body: String) in try scene.ask("POST /v1/quarantine/reverify", authorized, body: body) }
        #expect(try ask("{}").text.contains("\"now\":\"wrong\""))
        #expect(try ask(#"{"route":"pay","secret":"new","secretName":"S"}"#).text.contains("\"now\":\"right\""))
        #expect(try ask(#"{"secret":"new"}"#).status == 400, "of which route?")
        #expect(try ask(#"{"route":"pay","secretName":"S"}"#).status == 400)
        #expect(try ask(#"{"id":["qtn_1"]}"#).status == 400)
        #expect(try scene.list("/v1/quarantine").count == 1, "nothing was changed")
    }

    @Test func `are released only when they verify, and with a reason`() throws {
        let scene = try Scene()
        let path = "POST /v1/quarantine/release"
        let id = scene.refused.text
        #expect(try scene.ask(path, authorized, body: #"{"id":["\#(id)"]}"#).status == 400)
        #expect(try scene.ask(path, authorized, body: #"{"reason":"x"}"#).status == 400)
        let order = #"{"id":["\#(id)"],"reason":"rotated"}"#
        let before = try scene.list("/v1/actions").count
        #expect(try scene.ask(path, authorized, body: order).text.contains("\"why\":\"token-wrong\""))
        #expect(try scene.list("/v1/actions").count == before && scene.list("/v1/events").count == 1)
        scene.judge = { requests, _ in
            .success(
                requests.map(\.request).map { request in
                    let event = Event(
                        route: request.route, receivedAt: request.receivedAt, source: request.source, providerID: nil,
                        type: nil, headers: request.headers, body: request.body ?? .empty, bodyDigest: .zero,
                        coverage: .full, provenBy: "SECRET")
                    return .genuine(Append(event: event, deliveries: [], dedup: .off))
                })
        }
        let reply = try scene.ask(path, authorized, body: order)
        #expect(reply.text.contains("\"result\":\"released\""))
        let event = try scene.list("/v1/events")[0]
        #expect((event["released"] as? [String: Any])?["reason"] as? String == "rotated")
        #expect(try scene.list("/v1/quarantine").isEmpty)
        #expect(try scene.ask(path, authorized, body: order).text.contains("\"why\":\"gone\""))
        #expect(try scene.list("/v1/actions")[0]["action"] as? String == "release")
    }

    @Test func `are discarded with a reason`() throws {
        let scene = try Scene()
        let path = "POST /v1/quarantine/discard"
        #expect(try scene.ask(path, authorized, body: #"{"id":["\#(scene.refused.text)"]}"#).status == 400)
        let reply = try scene.ask(path, authorized, body: #"{"id":["\#(scene.refused.text)"],"reason":"junk"}"#)
        #expect(try reply.json()["discarded"] as? Int == 1)
        #expect(try scene.ask("GET /v1/quarantine/\(scene.refused.text)", authorized).status == 404)
    }
}
