internal import Config
internal import Domain
internal import Ledgers
internal import Routes
internal import Wire

/// What a request says of a subscriber, taken apart.
struct Asked {
    let route: RouteConfig
    let name: String
    let url: String
    /// Nil when it says nothing of it.
    let paused: Bool?
    let definition: SubscriberDefinition
    /// Of a webhook: what it is registered for.
    private let group: RouteConfig.TypeGroup?

    /// A new one.
    init(_ document: ConfigNode, by holder: Holder, in table: RouteTable) throws(Problem) {
        var diagnostics = Diagnostics()
        let body = document.object(keys: SubscriberRequest.keys, into: &diagnostics)
        func needed(_ key: String, _ cure: String) -> String {
            guard let node = document[key] else {
                diagnostics.report(document.error("\(key) is missing", cure: cure))
                return ""
            }
            return node.nonEmptyString(into: &diagnostics) ?? ""
        }
        let asked = needed("route", "name the route whose events it is to get")
        let name = needed("name", "give it one, such as \"billing\"")
        let url = needed("url", "say where it listens, such as \"https://…\"")
        let paused = body?["paused"]?.bool(into: &diagnostics)
        let routes = table.routes.filter { holder.reaches($0.name) }
        let route = routes.first { $0.name == asked }
        if route == nil, let node = document["route"], !asked.isEmpty {
            let cure = nearest(to: asked, in: routes.map(\.name)).map { "did you mean \($0)?" }
            diagnostics.report(
                node.error("there is no route \(quoted(asked))", cure: cure ?? "see GET /readyz and the route files"))
        }
        guard !diagnostics.hasErrors, let route else {
            throw .badRequest("the body cannot be used", errors: diagnostics.all)
        }
        (self.route, self.name, self.url, self.paused) = (route, name, url, paused)
        group = nil
        guard case .object(let members) = document.value else { throw .badRequest("the body is no object") }
        definition = SubscriberDefinition(members.filter { !["route", "name", "url", "paused"].contains($0.key) })
    }

    /// One that is there, changed.
    ///
    /// - Parameter definition: with what `patch` says of it.
    init(
        _ patch: [ConfigValue.Member], of old: Registration, in table: RouteTable, definition: SubscriberDefinition
    ) throws(Problem) {
        let body = ConfigNode(.object(patch), file: "body")
        var diagnostics = Diagnostics()
        _ = body.object(keys: SubscriberRequest.keys, into: &diagnostics)
        for (key, value) in [("route", old.route), ("name", old.name)] {
            if let node = body[key], node.value != .string(value) {
                diagnostics.report(
                    node.error("this is \(quoted(value)) for good", cure: "register another one, and remove this one"))
            }
        }
        if let type = old.type, let node = body["events"] {
            diagnostics.report(
                node.error("this webhook is registered for \(type)", cure: "register another one for other events"))
        }
        if old.type != nil, let node = body["sign"] {
            diagnostics.report(
                node.error(
                    "this webhook has a form and a key of its own",
                    cure: #"send {"sign": true} or {"sign": false} to PUT /v1/webhook/\#(old.id)"#))
        }
        url = body["url"].map { $0.nonEmptyString(into: &diagnostics) ?? "" } ?? old.url
        paused = body["paused"]?.bool(into: &diagnostics)
        guard let route = table.route(named: old.route) else {
            throw Problem(.conflict, "its route \(old.route) is not there any more; remove it, or put the route back")
        }
        guard !diagnostics.hasErrors else { throw .badRequest("the body cannot be used", errors: diagnostics.all) }
        (self.route, name, self.definition) = (route, old.name, definition)
        group = old.type.flatMap { type in route.groups.first { $0.name == type } }
    }

    func refuseFileName() throws(Problem) {
        guard let place = route.subscribers.first(where: { $0.name == name }) else { return }
        throw Problem(.conflict, "\(route.name)/\(place.name) stands in \(route.file); choose another name")
    }

    /// Read as a route file would be.
    func check(_ definition: SubscriberDefinition, _ registry: RegistryFacts) throws(Problem) {
        var diagnostics = Diagnostics()
        let found = SubscriberRequest.read(
            definition.document(name: name, url: url), of: route, signing: registry.table().signing,
            policy: registry.policy, group: group, into: &diagnostics)
        guard found != nil, !diagnostics.hasErrors else {
            throw .badRequest("the body cannot be used", errors: diagnostics.all)
        }
    }
}
