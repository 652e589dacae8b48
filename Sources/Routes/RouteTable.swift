/// All routes of a directory, ready to be searched. Immutable: a reload replaces the whole table.
package final class RouteTable: Sendable {
    package enum Match: Sendable, Equatable {
        /// A place in `routes`.
        case route(Int)
        /// The token endpoint of the route at this place.
        case tokens(Int)
    }

    /// In the order of their names.
    package let routes: [RouteConfig]
    /// Signs for subscribers without a secret of their own, also for those of the registration API.
    package let signing: SigningKeys
    private let paths: PathIndex<Match>

    /// - Parameter routes: sorted by name; their paths and those of their token endpoints are all different.
    init(_ routes: [RouteConfig], signing: SigningKeys) {
        self.routes = routes
        self.signing = signing
        paths = PathIndex(
            routes.indices.flatMap { place in
                let route = routes[place]
                return [(route.path, Match.route(place))] + (route.tokens.map { [($0.path, .tokens(place))] } ?? [])
            })
    }

    package static let empty = RouteTable([], signing: .none)

    /// - Parameter path: of the request target, as received, without its query.
    package func match(_ path: UnsafeRawBufferPointer) -> Match? { paths[path] }

    package func route(named name: String) -> RouteConfig? {
        var (low, high) = (0, routes.count)
        while low < high {
            let middle = low + (high - low) / 2
            if routes[middle].name == name { return routes[middle] }
            if routes[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}
