internal import Config
internal import Domain
internal import Ledgers
internal import Net
internal import Routes
internal import Wire

/// Routes as they are now: what their files say, and what the API has changed of it.
enum RouteEndpoints {
    static let all = [
        APIEndpoint(
            "GET", path, .read, summary: "All routes, as they are now", takes: [],
            gives: [.json(.page(of: shape))], narrows: true, list),
        APIEndpoint(
            "GET", path + "/{route}", .read, summary: "One route, as it is now", takes: [place],
            gives: [.json(shape)], narrows: true
        ) { request, desk throws(Problem) in
            try Shown(try find(request, desk), try desk.changes()).response
        },
        APIEndpoint(
            changing: path + "/{route}/disable", .operate,
            summary: "Answers 503 on a route until it is enabled, so that what is refused is sent again",
            takes: [place, .reason], gives: changed, narrows: true
        ) { request, desk throws(Problem) in
            let reason = try request.reason()
            // A word is needed to tell it from an enabled one.
            let shown = reason.isEmpty ? "disabled by \(request.actor)" : reason
            let route = try find(request, desk).name
            return .ordered(.route(.disable(route: route)), by: request, reason: shown) { json, changed in
                json.member("changed", changed > 0)
            }
        },
        APIEndpoint(
            changing: path + "/{route}/enable", .operate, summary: "Takes events on a route again",
            takes: [place, .reason], gives: changed, narrows: true
        ) { request, desk throws(Problem) in
            let route = try find(request, desk).name
            return .ordered(.route(.enable(route: route)), by: request, reason: try request.reason()) {
                json, changed in
                json.member("changed", changed > 0)
            }
        },
        APIEndpoint(
            changing: path + "/{route}/addresses", .admin, by: "PUT",
            summary: "Sets the addresses that may send to a route, in place of those of its file",
            takes: [
                place,
                .init(
                    "allow", .optional(.list(of: .text(), most: Limits.addressRanges)),
                    "Addresses and ranges such as 203.0.113.0/24; null for those of its file again.", required: true),
                .reason,
            ], gives: changed, refuses: [.preconditionFailed], readsDocument: true, setAddresses),
    ]

    private static let path = "/v1/routes"
    static let place = APIParameter("route", .text(), "The route's name.")
    private static let changed: [APIAnswer] = [
        .json(.object([.member("changed", .flag, "False when it was so already.")]))
    ]

    static let shape = APIShape.named(
        "Route",
        .object([
            .member("name", .text()), .member("path", .text()),
            .member("preset", .optional(.text()), "The provider whose form it has; null when its file spells it out."),
            .member("file", .text()), .member("state", .words(["ready", "disabled", "unavailable"])),
            .member("reason", .optional(.text()), "Why it answers 503; null while it is ready."),
            .member("allow", .list(of: .text()), "The addresses that may send; none: any."),
            .member("allowFrom", .words(["file", "api"])),
            .member("secretNames", .list(of: .text()), "Those that its verifier reads, and a credential may have."),
            .member("credentials", .count, "Added through the API, whether they count now or not."),
            .member("version", .count, "Of what the API has changed, but for credentials; 0: nothing."),
            .member("changedAt", .optional(.time)), .member("changedBy", .optional(.text())),
        ]))

    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let changes = try desk.changes()
        let routes = try desk.registry().table().routes.filter { request.holder.reaches($0.name) }
        return Response(json: .ok) { json in
            json.object { json in
                json.key("data")
                json.array(of: routes) { json, route in Shown(route, changes).write(to: &json) }
                json.member("next", nil as String?)
            }
        }
    }

    /// The route that is meant, when the asker may know of it.
    static func find(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> RouteConfig {
        let name = request.segment("route")
        guard request.holder.reaches(name), let route = try desk.registry().table().route(named: name) else {
            throw .notFound("there is no route \(name)")
        }
        return route
    }

    private static func setAddresses(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        let route = try find(request, desk)
        let (document, reason) = try request.documentAndReason(keys: ["allow"])
        guard let node = document["allow"] else {
            throw .badRequest("allow is missing; name the addresses, or null for those of the route's file")
        }
        let version = try desk.changes().settings[route.name]?.version ?? 0
        try request.requireVersion(version, of: route.name)
        var allow: [String]?
        if node.value != .null { allow = try ranges(node) }
        let wanted = allow?.compactMap { IPRange(text: $0) }
        let (trial, problem) = route.admitting(wanted)
        if case .ready = route.state, case .unavailable(let reason) = trial.state {
            throw .badRequest("route \(route.name) could not be verified so: \(problem ?? reason)")
        }
        let change = RouteChange.allow(
            route: route.name, allow, version: request.ifMatch == nil || request.ifMatch == "*" ? nil : version)
        return .ordered(.route(change), by: request, reason: reason) { json, changed in
            json.member("changed", changed > 0)
        }
    }

    private static func ranges(_ node: ConfigNode) throws(Problem) -> [String] {
        var diagnostics = Diagnostics()
        let elements = node.elements
        if elements.isEmpty {
            diagnostics.report(
                node.error(
                    "the list is empty", cure: #"null takes the file's again; any address is ["0.0.0.0/0", "::/0"]"#))
        }
        if elements.count > Limits.addressRanges {
            diagnostics.report(
                node.error("more than \(Limits.addressRanges) ranges", cure: "join neighbouring ranges"))
        }
        let ranges = elements.prefix(Limits.addressRanges).compactMap { element -> String? in
            guard let text = element.string(into: &diagnostics) else { return nil }
            // A name of a scope, or a zero byte, ends an address for some who read it.
            if let range = IPRange(text: text), !text.contains("\0") { return range.text }
            diagnostics.report(
                element.error(
                    "\(quoted(text)) is no address and no range",
                    cure: "write an address or a range such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32"))
            return nil
        }
        if diagnostics.hasErrors { throw .badRequest("the body cannot be used", errors: diagnostics.all) }
        return ranges
    }

    private struct Shown {
        let route: RouteConfig
        let settings: RouteSettings?
        let credentials: Int

        init(_ route: RouteConfig, _ changes: AdminDesk.Changes) {
            self.route = route
            settings = changes.settings[route.name]
            credentials = changes.credentials.count { $0.route == route.name }
        }

        var response: Response {
            get throws(Problem) {
                Response(json: .ok, fields: [(name: "ETag", value: "\"\(settings?.version ?? 0)\"")]) { write(to: &$0) }
            }
        }

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("name", route.name)
                json.member("path", route.path)
                json.member("preset", route.preset)
                json.member("file", route.file)
                let (state, reason) = state
                json.member("state", state)
                json.member("reason", reason)
                json.key("allow")
                json.array(of: route.allow) { $0.string($1.text) }
                json.member("allowFrom", settings?.allow == nil ? "file" : "api")
                json.key("secretNames")
                json.array(of: route.secretNames.sorted()) { $0.string($1) }
                json.member("credentials", credentials)
                json.member("version", settings?.version ?? 0)
                json.member("changedAt", settings?.changedAt)
                json.member("changedBy", settings?.changedBy)
            }
        }

        private var state: (String, String?) {
            if let reason = route.disabled { return ("disabled", reason) }
            return if case .unavailable(let reason) = route.state { ("unavailable", reason) } else { ("ready", nil) }
        }
    }
}

extension AdminDesk {
    /// What the ledger has of routes.
    struct Changes {
        let settings: [String: RouteSettings]
        let credentials: [RouteCredential]
    }

    func changes() throws(Problem) -> Changes {
        let (settings, credentials) = try read { reader throws(LedgerError) in
            (try reader.routeSettings(), try reader.credentials())
        }
        return Changes(
            settings: Dictionary(uniqueKeysWithValues: settings.map { ($0.route, $0) }), credentials: credentials)
    }
}

extension APIRequest {
    /// The body of a row that reads it itself. Why stands in it, or in the query.
    func documentAndReason(keys: [String]) throws(Problem) -> (ConfigNode, reason: String) {
        let flat = withoutMembers()
        try flat.allowOnly(["reason"])
        let document = try document()
        var diagnostics = Diagnostics()
        _ = document.object(keys: keys + ["reason"], into: &diagnostics)
        let written = document["reason"].flatMap { $0.value == .null ? nil : $0.string(into: &diagnostics) }
        if let written, written.utf8.count > Limits.reasonBytes {
            throw .badRequest("reason is longer than \(Limits.reasonBytes) bytes")
        }
        if diagnostics.hasErrors { throw .badRequest("the body cannot be used", errors: diagnostics.all) }
        if let written { return (document, written) }
        return (document, try flat.reason())
    }

    /// A change that was asked for one version is refused for another (RFC 9110 section 13.1.1).
    func requireVersion(_ version: Int64, of what: String) throws(Problem) {
        let tag = "\"\(version)\""
        guard let wanted = ifMatch, wanted != "*", !wanted.contains(tag) else { return }
        throw Problem(
            .preconditionFailed, "\(what) was changed; it is now \(tag)", fields: [(name: "ETag", value: tag)])
    }
}

extension RouteChange.Refusal {
    var problem: Problem {
        switch self {
        case .nameTaken: Problem(.conflict, "a credential of this name was added meanwhile; read it again")
        case .keyTaken: Problem(.conflict, "this Idempotency-Key was used meanwhile; repeat the request")
        case .noSuchCredential: .notFound("it was removed meanwhile")
        case .changed: Problem(.conflict, "it was changed meanwhile; read it again")
        case .full(let most):
            Problem(.conflict, "the route has \(most) credentials, which is the limit; remove one that is not used")
        }
    }
}
