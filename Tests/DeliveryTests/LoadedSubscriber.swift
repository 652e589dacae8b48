import Crypto
import Routes
import Testing

/// A subscriber as a route file gives it.
func loadedSubscriber() throws -> SubscriberConfig {
    let file =
        #"{ verify: "github", secrets: { SECRET: "env:S" }, subscribers: [{ name: "s", url: "http://a.example/" }] }"#
    let surroundings = Surroundings(
        environment: ["S": "a-secret"], readFile: { _, _ in .success(Array(file.utf8)) },
        fileNames: { _ in .success(["r.json5"]) })
    let loaded = RouteTable.load(
        directory: "routes", surroundings: surroundings, signing: [Secret(Array(repeating: 7, count: 32))],
        purpose: .serve)
    return try #require(loaded.table?.routes.first?.subscribers.first)
}
