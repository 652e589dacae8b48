import Config
import Domain
import Routes
import Signatures
import Testing

@Suite("A route's handshakes") struct RouteHandshakeTests {
    static let meta = #"verify: "meta", secrets: { SECRET: "env:S", VERIFY_TOKEN: "env:V" }"#

    @Test("are its preset's, whose methods the path then hears, for events as little as before")
    func preset() throws {
        let route = try #require(MadeUp.route(Self.meta, environment: ["V": "token"]).only())
        #expect(route.handshakes.count == 1)
        #expect(route.methods.map(\.text) == ["POST"])
        #expect(route.handshakeMethods.map(\.text) == ["GET"])
        func ask(_ method: String) -> [Bool] {
            Array(method.utf8).withUnsafeBytes { [route.takes(method: $0), route.hears(method: $0)] }
        }
        #expect(ask("POST") == [true, true])
        #expect(ask("GET") == [false, true])
        #expect(ask("PUT") == [false, false])
    }

    @Test(
        "are those of its file, where it has any",
        arguments: [
            ("handshake: []", 0),
            (#"handshake: { when: { method: "PUT" }, respond: { body: "{query:a}" } }"#, 1),
            (
                #"handshake: [{ when: { "json:a": "1" }, respond: { body: "1" } }, { when: { "json:a": "2" }, respond: { body: "2" } }]"#,
                2
            ),
        ])
    func written(_ members: String, _ count: Int) throws {
        let route = try #require(MadeUp.route("\(Self.meta), \(members)", environment: ["V": "token"]).only())
        #expect(route.handshakes.count == count)
    }

    @Test("that are misspelt stop the load, whether or not the route has its secrets", arguments: ["S", "NOT"])
    func misspelt(_ variable: String) {
        let world = MadeUp.route(
            #"verify: "github", secrets: { SECRET: "env:\#(variable)" }, handshake: { when: { method: "GET" }, respond: { body: "{qury:a}" } }"#
        )
        #expect(world.load(.serve).table == nil)
        #expect(
            world.lines(.serve).contains(
                "error: routes/r.json5: handshake.respond.body: {qury:a} is no part of a request; did you mean query?"))
    }

    @Test("close the route, and not the gateway, when a secret of theirs is not there")
    func closed() throws {
        let members =
            #"handshake: { when: { method: "GET", "query:t": "{secret:VERIFY_TOKEN}" }, respond: { body: "1" } }"#
        let route = try #require(MadeUp.route("\(Self.meta), \(members)").only(.serve))
        #expect(route.handshakes.isEmpty)
        guard case .unavailable = route.state else { return #expect(Bool(false)) }
    }

    @Test("that bring the secret are there without it")
    func setup() throws {
        let route = try #require(MadeUp.route(#"verify: "notion", secrets: { SECRET: "env:NOT" }"#).only(.serve))
        #expect(route.handshakes.map(\.isSetup) == [true])
    }
}

@Suite("A refusal of the operator's") struct RefusalTests {
    @Test("is the usual one, its preset's, or the file's")
    func choice() throws {
        #expect(try #require(MadeUp.route("dedup: '1h'").only()).reject == nil)
        let xero = try #require(MadeUp.route(#"verify: "xero", secrets: { SECRET: "env:S" }"#).only())
        #expect(xero.reject?.status == 401 && xero.reject?.body.count == 0)
        let own = try #require(MadeUp.route(#"reject: { status: 498, body: "no" }"#).only())
        #expect(own.reject?.status == 498 && own.reject?.body.text == "no" && own.reject?.type == "text/plain")
    }

    @Test("is a client's mistake")
    func status() {
        #expect(
            MadeUp.route("reject: { status: 200 }").lines().contains(
                "error: routes/r.json5: reject.status: 200 is less than 400; write a whole number from 400 to 499"))
    }
}
