internal import Config
internal import Crypto
internal import Domain
internal import Net
internal import Routes

/// The routes of a demonstration, and where it must listen to be their subscribers.
struct DemoRoutes: Sendable {
    let directory: String
    let routes: [RouteConfig]
    let subscribers: [SocketAddress]

    /// - Throws: when a route is wrong, or one of its subscribers is not on this machine: samples are for nobody else.
    init(_ settings: Settings, _ surroundings: Surroundings) throws {
        let loaded = RouteTable.load(
            directory: settings.routes, surroundings: surroundings, signing: settings.signing, purpose: .serve)
        guard let table = loaded.table else {
            throw CommandFailure(
                loaded.diagnostics.all.filter { $0.severity == .error }.map(\.line).joined(separator: "\n"))
        }
        directory = settings.routes
        routes = table.routes
        var addresses: Set<SocketAddress> = []
        for route in table.routes {
            for subscriber in route.subscribers {
                guard case .address(let address) = subscriber.url.host, AddressClass(address) == .loopback,
                    !subscriber.url.isSecure
                else {
                    throw CommandFailure(
                        """
                        \(route.file): subscriber \(subscriber.name) is not on this machine, and a demonstration sends \
                        samples; name a directory with --routes whose subscribers are at http://127.0.0.1
                        """)
                }
                addresses.insert(SocketAddress(address, port: subscriber.url.port))
            }
        }
        subscribers = addresses.sorted { $0.port < $1.port }
    }
}
