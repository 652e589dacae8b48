import Foundation
import Testing

@testable import Admin

@Suite("The description of the API", .timeLimit(.minutes(1)))
struct OpenAPITests {
    @Test(arguments: AdminAPI.endpoints)
    func `says of every row what it does, takes and gives`(_ endpoint: APIEndpoint) {
        #expect(!endpoint.summary.isEmpty && !endpoint.summary.hasSuffix("."))
        #expect(endpoint.takes != nil)
        #expect(!endpoint.gives.isEmpty)
        for parameter in endpoint.takes ?? [] { #expect(!parameter.meaning.isEmpty, "\(parameter.name)") }
    }

    @Test func `describes every row once, and refers to nothing that is missing`() throws {
        let reply = try Scene().ask("GET /openapi.json")
        #expect(reply.status == 200)
        let document = try reply.json()
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        let operations = paths.values.flatMap(\.values)
        #expect(operations.count == AdminAPI.endpoints.count)
        #expect(Set(operations.compactMap { $0["operationId"] as? String }).count == AdminAPI.endpoints.count)
        for found in reply.text.matches(of: /"\$ref":"#\/components\/(\w+)\/(\w+)"/) {
            let part = (document["components"] as? [String: Any])?[String(found.1)] as? [String: Any]
            #expect(part?[String(found.2)] != nil, "\(found.0)")
        }
    }

    @Test(arguments: AdminAPI.endpoints.filter(\.readsDocument))
    func `says where a body must not be missing`(_ endpoint: APIEndpoint) throws {
        let scene = try Scene()
        let paths = try #require(scene.ask("GET /openapi.json").json()["paths"] as? [String: [String: [String: Any]]])
        let operation = paths[endpoint.path.text]?[endpoint.method.lowercased()]
        let body = operation?["requestBody"] as? [String: Any]
        // One that is registered: those of files are not changed here.
        let path = scene.path(of: endpoint).replacing("pay/billing", with: "pay/webhook")
        let reply = try scene.ask("\(endpoint.method) \(path)", authorized)
        #expect(reply.status == 400 && reply.text.contains("it is empty"))
        #expect(body?["required"] as? Bool == true)
    }

    @Test func `a parameter that is not in the table is refused by name, with those that are`() throws {
        let scene = try Scene()
        for endpoint in AdminAPI.endpoints {
            let path = scene.path(of: endpoint)
            let reply = try scene.ask(
                "\(endpoint.method) \(path)\(path.contains("?") ? "&" : "?")wrong=1", authorized)
            #expect(reply.status == 400, "\(endpoint.testDescription)")
            #expect(reply.text.contains("wrong"))
        }
    }
}
