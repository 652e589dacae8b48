import Testing

@testable import Admin

extension APIEndpoint: CustomTestStringConvertible {
    public var testDescription: String { "\(method) \(path.text)" }
}

@Suite("Who may ask", .timeLimit(.minutes(1)))
struct PermissionTests {
    static let open = ["GET /healthz", "GET /readyz", "GET /metrics", "GET /openapi.json"]

    @Test func `only health, readiness, metrics and the description are for anyone`() {
        let rows = AdminAPI.endpoints.filter { $0.permission == .anyone }.map { "\($0.method) \($0.path.text)" }
        #expect(rows.sorted() == Self.open.sorted())
    }

    // What is refused changes nothing, so one ledger serves all rows.

    @Test func `without a token an endpoint of the API answers 401`() throws {
        let scene = try Scene()
        for endpoint in AdminAPI.endpoints {
            let reply = try scene.ask("\(endpoint.method) \(scene.path(of: endpoint))")
            #expect(reply.status == (endpoint.permission == .anyone ? 200 : 401), "\(endpoint.testDescription)")
        }
    }

    @Test(arguments: [
        "Bearer wrong", "Bearer ", "Bearer \(Scene.token)x", "Basic \(Scene.token)", "\(Scene.token)",
        "Bearer\(Scene.token)",
    ])
    func `a wrong token is no token`(_ authorization: String) throws {
        let scene = try Scene()
        for endpoint in AdminAPI.endpoints {
            let reply = try scene.ask(
                "\(endpoint.method) \(scene.path(of: endpoint))",
                ["Host": "127.0.0.1", "Authorization": authorization])
            #expect(reply.status == (endpoint.permission == .anyone ? 200 : 401), "\(endpoint.testDescription)")
        }
    }

    @Test(arguments: ["bearer", "BEARER"])
    func `the scheme is written in any case`(_ scheme: String) throws {
        let fields = ["Host": "127.0.0.1", "Authorization": "\(scheme) \(Scene.token)"]
        #expect(try Scene().ask("GET /v1/events", fields).status == 200)
    }

    @Test(arguments: AdminAPI.endpoints)
    func `the right token opens every endpoint`(_ endpoint: APIEndpoint) throws {
        let scene = try Scene()
        let reply = try scene.ask(
            "\(endpoint.method) \(scene.path(of: endpoint))",
            ["Host": "127.0.0.1", "Authorization": "Bearer \(Scene.token)"])
        // What changes the ledger may not fit what stands there.
        #expect(endpoint.method == "GET" ? reply.status == 200 : [200, 202, 400, 409].contains(reply.status))
    }

    @Test(arguments: ["", "Bearer ", "Bearer x"])
    func `without a configured token the API is closed to everybody`(_ authorization: String) throws {
        let scene = try Scene()
        for endpoint in AdminAPI.endpoints {
            for token in [nil, ""] {
                let reply = try scene.ask(
                    "\(endpoint.method) \(scene.path(of: endpoint))",
                    ["Host": "127.0.0.1", "Authorization": authorization], token: token)
                #expect(reply.status == (endpoint.permission == .anyone ? 200 : 403))
                if endpoint.permission > .anyone { #expect(reply.text.contains("--admin-token")) }
            }
        }
    }

    @Test func `what is not there is told only to those who may know`() throws {
        let scene = try Scene()
        #expect(try scene.ask("GET /v1/nothing").status == 401)
        #expect(try scene.ask("GET /v1/nothing", authorized).status == 404)
    }

    @Test(arguments: ["POST", "DELETE", "PUT"])
    func `another method is refused with those that are taken`(_ method: String) throws {
        let scene = try Scene()
        #expect(try scene.ask("\(method) /healthz").status == 405)
        #expect(try scene.ask("\(method) /v1/events").status == 401)
        #expect(try scene.ask("\(method) /v1/events", authorized).status == 405)
    }

    @Test func `HEAD is answered as GET`() throws {
        #expect(try Scene().ask("HEAD /healthz").status == 200)
    }
}

let authorized = ["Host": "127.0.0.1:8081", "Authorization": "Bearer \(Scene.token)"]

@Suite("The name that is asked for", .timeLimit(.minutes(1)))
struct HostTests {
    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:8081", "[::1]:8081", "[::1]", "10.1.2.3:80", "localhost", "LOCALHOST:8081",
        "headgate:8081",
        "a.localhost", "headgate.internal", "admin.example.com", "Admin.Example.Com:443", "localhost.",
    ])
    func `is a local one`(_ host: String) throws {
        #expect(try Scene().ask("GET /metrics", ["Host": host]).status == 200)
    }

    @Test(arguments: [
        "attacker.example", "127.0.0.1.nip.io", "localhost.attacker.example", "attacker.example:8081",
        "internal.example.com", "1.2.3",
    ])
    func `is somebody's own: refused`(_ host: String) throws {
        let scene = try Scene()
        for endpoint in AdminAPI.endpoints {
            let reply = try scene.ask("\(endpoint.method) \(scene.path(of: endpoint))", ["Host": host])
            #expect(reply.status == 421, "\(endpoint.testDescription)")
        }
    }

    /// The parser refuses it before; the rule does not count on that.
    @Test func `is an address and nothing behind it`() {
        let access = Access(token: nil, names: [])
        #expect(!access.isLocal("[::1].attacker.example"))
        #expect(!access.isLocal("[::1"))
    }

    @Test func `does not matter with the token, which no foreign page has`() throws {
        let fields = ["Host": "hooks.example.org", "Authorization": "Bearer \(Scene.token)"]
        #expect(try Scene().ask("GET /v1/events", fields).status == 200)
    }
}
