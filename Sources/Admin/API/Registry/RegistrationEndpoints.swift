internal import Config
internal import Crypto
internal import Domain
internal import Ledgers
internal import Routes
internal import Wire

/// Subscribers that are registered, changed and removed while the gateway runs; those of route files are shown alone.
enum RegistrationEndpoints {
    static let all = [
        APIEndpoint(
            changing: path, .operate, summary: "Registers a subscriber, as a route file would",
            takes: RegistrationShapes.members(required: ["route", "name", "url"]),
            gives: [.json(.anything, status: .created), .json(.anything)], narrows: true, readsDocument: true, create),
        APIEndpoint(
            "GET", path + "/{route}/{name}", .read, summary: "One subscriber", takes: place, narrows: true, show),
        APIEndpoint(
            changing: path + "/{route}/{name}", .operate, by: "PATCH",
            summary: "Changes a registered subscriber (JSON Merge Patch)",
            takes: RegistrationShapes.members(required: []), refuses: [.preconditionFailed],
            narrows: true, readsDocument: true, change),
        APIEndpoint(
            changing: path + "/{route}/{name}", .operate, by: "DELETE",
            summary: "Removes a registered subscriber; what is pending stays held", takes: place + [.reason],
            gives: [
                .json(.object([.member("route", .text()), .member("name", .text()), .member("removed", .flag)]))
            ], refuses: [.preconditionFailed], narrows: true, remove),
    ]

    private static let path = "/v1/subscribers"
    private static let place: [APIParameter] = [
        .init("route", .text(), "The subscriber's route."), .init("name", .text(), "The subscriber's name."),
    ]

    // MARK: Creation

    /// The same request again, by name or by Idempotency-Key, finds what it made.
    private static func create(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        let request = request.withoutMembers()
        try request.allowOnly(["reason"])
        let reason = try request.reason()
        let registry = try desk.registry()
        let asked = try Asked(try request.document(), by: request.holder, in: registry.table())
        let key = try request.creationKey()
        try asked.refuseFileName()
        if let same = try same(as: asked, key, by: request, desk, registry) { return .now(same) }
        var definition = asked.definition
        var secret: String?
        if definition["secret"] == nil {
            do throws(CryptoError) { secret = try SubscriberRequest.newSecret() } catch {
                throw Problem(.internalServerError, "\(error)")
            }
            definition["secret"] = secret.map { .string($0) }
            definition[SubscriberDefinition.generated] = .bool(true)
        }
        try asked.check(definition, registry)
        let now = desk.clock.wall()
        let id: String
        do throws(CryptoError) { id = try Registration.newID(at: now) } catch {
            throw Problem(.internalServerError, "\(error)")
        }
        let stored = try definition.stored(registry, as: id, version: 1)
        let new = Registration(
            id: id, route: asked.route.name, name: asked.name, url: asked.url, partner: request.actor,
            definition: stored.clear, secrets: stored.secrets, createdAt: now, changedAt: now, idempotencyKey: key)
        let paused = asked.paused == true ? (reason.isEmpty ? "registered as paused" : reason) : nil
        let operation = Operation(.register(.add(new, paused: paused)), actor: request.actor, reason: reason)
        return .afterwards(operation) { [definition, secret] result throws(Problem) in
            if case .refused(let refusal) = result { throw refusal.problem }
            return Shown(new, definition, paused: paused).response(.created, secret: secret)
        }
    }

    /// What the same request made before.
    private static func same(
        as asked: Asked, _ key: String?, by request: APIRequest, _ desk: AdminDesk, _ registry: RegistryFacts
    ) throws(Problem) -> Response? {
        let (named, keyed) = try desk.read { reader throws(LedgerError) in
            (
                try reader.registration(route: asked.route.name, name: asked.name),
                try key.flatMap { key throws(LedgerError) in
                    try reader.registration(partner: request.actor, idempotencyKey: key)
                }
            )
        }
        guard let old = keyed ?? named else { return nil }
        let definition = try definition(of: old, registry)
        guard old.route == asked.route.name, old.name == asked.name, old.url == asked.url, old.type == nil,
            definition.isSame(as: asked.definition)
        else {
            throw Problem(
                .conflict,
                keyed == nil
                    ? "\(old.place.text) is registered with other content; change it with PATCH, or choose another name"
                    : "this Idempotency-Key made \(old.place.text), of other content than this; use a new key")
        }
        return Shown(old, definition, paused: try pause(of: old.place, desk)).response(.ok)
    }

    private static func definition(
        of registration: Registration, _ registry: RegistryFacts
    ) throws(Problem) -> SubscriberDefinition {
        do throws(Registration.Trouble) { return try registration.definition(registry.key) } catch {
            throw Problem(.serviceUnavailable, "\(error)")
        }
    }

    private static func pause(of place: SubscriberPlace, _ desk: AdminDesk) throws(Problem) -> String? {
        let rows = try desk.read { reader throws(LedgerError) in try reader.subscribers() }
        return rows.first { $0.route == place.route && $0.name == place.name }?.paused
    }

    // MARK: One of them

    private static func show(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let (route, name) = (request.segment("route"), request.segment("name"))
        let (rows, found) = try desk.read { reader throws(LedgerError) in
            (try reader.subscribers(), try reader.registration(route: route, name: name))
        }
        guard request.holder.reaches(route), let row = rows.first(where: { $0.route == route && $0.name == name })
        else {
            throw .notFound("there is no subscriber \(route)/\(name)")
        }
        if let found, let registry = desk.state.registry, registry.table().file(of: route, name) == nil {
            return Shown(found, try definition(of: found, registry), paused: row.paused).response(.ok, beside: row)
        }
        return Response(json: .ok) { json in
            row.write(to: &json, file: desk.state.registry.flatMap { $0.table().file(of: route, name) })
        }
    }

    // MARK: Changes

    /// JSON Merge Patch (RFC 7396): what is not named stays, null removes.
    private static func change(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        let request = request.withoutMembers()
        try request.allowOnly(["reason"])
        let reason = try request.reason()
        let registry = try desk.registry()
        let old = try find(request, desk, registry)
        guard case .object(let patch) = try request.document().value else { throw .badRequest("the body is no object") }
        var definition = try definition(of: old, registry)
        // Between here and a first secret of their own, webhooks keep what makes them webhooks.
        var merged = definition
        merged.merge(patch.filter { !["route", "name", "url", "paused"].contains($0.key) })
        if patch.contains(where: { $0.key == "secret" }) { merged[SubscriberDefinition.generated] = nil }
        let whole = try Asked(
            patch, of: old, in: registry.table(), definition: merged)
        definition = whole.definition
        try whole.check(definition, registry)
        let new = try old.changed(to: definition, url: whole.url, registry, at: desk.clock.wall())
        let pause: RegistryChange.PauseChange =
            switch whole.paused {
            case true: .pause(reason: reason.isEmpty ? "paused by \(request.actor)" : reason)
            case false: .resume
            case nil: .none
            }
        let paused: String? =
            switch pause {
            case .pause(let reason): reason
            case .resume: nil
            case .none: try self.pause(of: old.place, desk)
            }
        let operation = Operation(.register(.change(new, pause: pause)), actor: request.actor, reason: reason)
        return .afterwards(operation) { [definition] result throws(Problem) in
            if case .refused(let refusal) = result { throw refusal.problem }
            return Shown(new, definition, paused: paused).response(.ok)
        }
    }

    /// What is pending for it stays in the ledger and reads as held.
    private static func remove(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        let reason = try request.reason()
        let old = try find(request, desk, try desk.registry())
        let change = RegistryChange.remove(id: old.id, version: old.version)
        return .afterwards(Operation(.register(change), actor: request.actor, reason: reason)) {
            result throws(Problem) in
            if case .refused(let refusal) = result { throw refusal.problem }
            return Response(json: .ok) { json in
                json.object { json in
                    json.member("route", old.route)
                    json.member("name", old.name)
                    json.member("removed", true)
                }
            }
        }
    }

    /// The registration that is meant, when it may be changed, in the version that is meant.
    private static func find(
        _ request: APIRequest, _ desk: AdminDesk, _ registry: RegistryFacts
    ) throws(Problem) -> Registration {
        let (route, name) = (request.segment("route"), request.segment("name"))
        guard request.holder.reaches(route) else { throw .notFound("there is no subscriber \(route)/\(name)") }
        if let file = registry.table().file(of: route, name) {
            throw Problem(.conflict, "\(route)/\(name) stands in \(file); change it there and reload")
        }
        let found = try desk.read { reader throws(LedgerError) in try reader.registration(route: route, name: name) }
        guard let found else { throw .notFound("there is no registered subscriber \(route)/\(name)") }
        if let wanted = request.ifMatch, wanted != "*", !wanted.contains(found.tag) {
            throw Problem(
                .preconditionFailed, "\(route)/\(name) was changed; it is now \(found.tag)",
                fields: [(name: "ETag", value: found.tag)])
        }
        return found
    }
}

extension RouteTable {
    /// The route file that has this subscriber; nil when none has.
    func file(of route: String, _ name: String) -> String? {
        guard let route = self.route(named: route), route.subscribers.contains(where: { $0.name == name }) else {
            return nil
        }
        return route.file
    }
}

extension SubscriberPlace {
    var text: String { "\(route)/\(name)" }
}

extension APIRequest {
    func creationKey() throws(Problem) -> String? {
        guard let key = idempotencyKeys.first else { return nil }
        guard idempotencyKeys.count == 1 else { throw .badRequest("Idempotency-Key is given twice") }
        guard (1...Limits.idempotencyKeyBytes).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            throw .badRequest("Idempotency-Key is 1 to \(Limits.idempotencyKeyBytes) visible ASCII characters")
        }
        return key
    }
}
