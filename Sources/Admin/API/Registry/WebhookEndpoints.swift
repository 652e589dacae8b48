internal import Config
internal import Crypto
internal import Domain
internal import Ledgers
internal import Routes
internal import Wire

/// The five endpoints of Hurupay's webhook API, with its paths, fields and envelopes
/// (https://docs.hurupay.com/en/latest/webhook.html): what was written for it works here with another base address and key.
/// Besides, `route` and `sign` may be given, and `secret` is answered once.
enum WebhookEndpoints {
    static let path = "/v1/webhook"

    static let all = [
        APIEndpoint(
            changing: path, .operate, summary: "Registers a URL for a type of events, as Hurupay's API does",
            takes: [
                .init("url", .text(), "Where the events are to go.", required: true),
                .init("type", .text(), "A name in some route's types.", required: true),
                .init("route", .text(), "The route that is meant, where several have this type."),
                .init(
                    "sign", .flag, "Whether x-webhook-signature is made with the webhook's own key; true when absent."),
            ],
            gives: [.json(envelope(of: .webhook(withSecret: true)), status: .created)], narrows: true,
            forPartners: true,
            readsDocument: true, create),
        APIEndpoint(
            "GET", path, .read, summary: "The URLs that were registered with this token", takes: [],
            gives: [.json(envelope(of: .list(of: .webhook())))], narrows: true, forPartners: true, list),
        APIEndpoint(
            "GET", path + "/{id}", .read, summary: "One of them", takes: [id],
            gives: [.json(envelope(of: .webhook()))], narrows: true, forPartners: true, show),
        APIEndpoint(
            changing: path + "/{id}", .operate, by: "PUT", summary: "Holds what comes for it, or sends it",
            takes: [
                id, .init("status", .words(["active", "disabled"]), "Disabled: what comes is held."),
                .init("sign", .flag, "Whether x-webhook-signature is made with the webhook's own key."),
            ],
            gives: [.json(envelope(of: .webhook()))], narrows: true, forPartners: true, readsDocument: true, change),
        APIEndpoint(
            changing: path + "/{id}", .operate, by: "DELETE", summary: "Removes it; what is pending stays held",
            takes: [id], gives: [.json(envelope(of: nil))], narrows: true, forPartners: true, remove),
    ]

    private static let id = APIParameter("id", .webhookID, "Its _id.")

    private static func envelope(of data: APIShape?) -> APIShape {
        .object([.member("success", .flag), .member("message", .text())] + (data.map { [.member("data", $0)] } ?? []))
    }

    // MARK: Creation

    private static func create(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        try request.withoutMembers().allowOnly([])
        let registry = try desk.registry()
        var diagnostics = Diagnostics()
        let document = try request.document()
        let body = document.object(keys: ["url", "type", "route", "sign"], into: &diagnostics)
        let url = needed("url", "where you want the events", document, &diagnostics)
        let type = needed("type", "one of the types that are offered", document, &diagnostics)
        let route = body?["route"]?.string(into: &diagnostics)
        let isSigned = body?["sign"]?.bool(into: &diagnostics) ?? true
        guard let url, let type, !diagnostics.hasErrors else {
            throw .badRequest("the body cannot be used", errors: diagnostics.all)
        }
        let (config, group) = try offer(of: type, on: route, to: request.holder, in: registry.table())
        _ = try registry.needKey()
        let draft = try draft(url, type, isSigned: isSigned, by: request, at: desk.clock.wall(), registry)
        let subscriber = SubscriberRequest.read(
            draft.definition.document(name: draft.name, url: url), of: config, signing: registry.table().signing,
            policy: registry.policy, group: group, into: &diagnostics)
        guard subscriber != nil else { throw .badRequest("the body cannot be used", errors: diagnostics.all) }
        let new = try draft.registration(on: config.name, registry)
        let change = RegistryChange.add(new, paused: nil)
        return .afterwards(Operation(.register(change), actor: request.actor, reason: "POST \(path)")) {
            result throws(Problem) in
            if case .refused(let refusal) = result { throw refusal.problem }
            return WebhookEnvelope.response(.created, "Webhook created successfully") { json in
                new.writeWebhook(to: &json, isActive: true, secret: draft.secret)
            }
        }
    }

    private static func needed(
        _ key: String, _ meaning: String, _ document: ConfigNode, _ diagnostics: inout Diagnostics
    ) -> String? {
        guard let node = document[key] else {
            diagnostics.report(document.error("\(key) is missing", cure: "send \(key): \(meaning)"))
            return nil
        }
        return node.nonEmptyString(into: &diagnostics)
    }

    private static func offer(
        of type: String, on route: String?, to holder: Holder, in table: RouteTable
    ) throws(Problem) -> (RouteConfig, RouteConfig.TypeGroup) {
        let asked = table.routes.filter { (route == nil || $0.name == route) && holder.reaches($0.name) }
        if let route, asked.isEmpty { throw .badRequest("route: there is no route \(quoted(route))") }
        let offers = asked.flatMap { config in config.groups.filter { $0.name == type }.map { (config, $0) } }
        if let offer = offers.first, offers.count == 1 { return offer }
        guard offers.isEmpty else {
            let names = offers.map(\.0.name).joined(separator: ", ")
            throw .badRequest(
                "type: \(quoted(type)) is offered by several routes; name one of them with route: \(names)")
        }
        let known = Set(asked.flatMap { $0.groups.map(\.name) }).sorted()
        let cure =
            known.isEmpty
            ? "name groups of event types in a route file: types: { … }"
            : "offered are " + known.joined(separator: ", ")
        throw .badRequest("type: \(quoted(type)) is not offered; \(cure)")
    }

    /// A webhook before it is known whether it may be.
    private struct Draft {
        let id: String
        let url: String
        let type: String
        let partner: String
        let definition: SubscriberDefinition
        let publicKey: String
        let secret: String
        let now: WallTime
        var name: String { "webhook-\(id)" }

        func registration(on route: String, _ registry: RegistryFacts) throws(Problem) -> Registration {
            let stored = try definition.stored(registry, as: id, version: 1)
            return Registration(
                id: id, route: route, name: name, url: url, partner: partner, type: type, publicKey: publicKey,
                definition: stored.clear, secrets: stored.secrets, createdAt: now, changedAt: now)
        }
    }

    private static func draft(
        _ url: String, _ type: String, isSigned: Bool, by request: APIRequest, at now: WallTime,
        _ registry: RegistryFacts
    ) throws(Problem) -> Draft {
        do throws(CryptoError) {
            let secret = try SubscriberRequest.newSecret()
            let key = try PrivateKey.generate(.rsa)
            let form = [("as", "hurupay"), ("key", key.privatePEM)].map {
                ConfigValue.Member(key: $0, value: .string($1))
            }
            var definition = SubscriberDefinition([
                .init(key: "secret", value: .string(secret)), .init(key: "sign", value: .object(form)),
            ])
            if !isSigned { definition[SubscriberDefinition.unsigned] = .bool(true) }
            return Draft(
                id: try Registration.newID(at: now), url: url, type: type, partner: request.actor,
                definition: definition, publicKey: key.publicPEM, secret: secret, now: now)
        } catch {
            throw Problem(.internalServerError, "\(error)")
        }
    }

    // MARK: What there is

    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let (found, paused) = try desk.read { reader throws(LedgerError) in
            (try reader.registrations(), try reader.pausedSubscribers())
        }
        return WebhookEnvelope.response(.ok, "Webhooks fetched successfully") { json in
            json.array(of: found.filter { $0.isWebhook(of: request.holder) }) { json, one in
                one.writeWebhook(to: &json, isActive: !paused.contains(one.place))
            }
        }
    }

    private static func show(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let (found, isActive) = try find(request, desk)
        return WebhookEnvelope.response(.ok, "Webhook fetched successfully") { json in
            found.writeWebhook(to: &json, isActive: isActive)
        }
    }

    private static func find(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> (Registration, Bool) {
        let id = request.segment("id")
        let (found, paused) = try desk.read { reader throws(LedgerError) in
            (try reader.registration(id), try reader.pausedSubscribers())
        }
        // Whose else it is, is not told.
        guard let found, found.isWebhook(of: request.holder) else {
            throw .notFound("there is no webhook \(quoted(id))")
        }
        return (found, !paused.contains(found.place))
    }

    // MARK: Changes

    private static func change(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        let registry = try desk.registry()
        try request.withoutMembers().allowOnly([])
        let (old, wasActive) = try find(request, desk)
        var diagnostics = Diagnostics()
        let document = try request.document()
        let body = document.object(keys: ["status", "sign"], into: &diagnostics)
        let status = body?["status"]?.word(of: ["active", "disabled"], into: &diagnostics)
        let isSigned = body?["sign"]?.bool(into: &diagnostics)
        if body?["status"] == nil, body?["sign"] == nil {
            diagnostics.report(
                document.error("status is missing", cure: #"send {"status":"active"} or {"status":"disabled"}"#))
        }
        guard !diagnostics.hasErrors else { throw .badRequest("the body cannot be used", errors: diagnostics.all) }
        var definition: SubscriberDefinition
        do throws(Registration.Trouble) { definition = try old.definition(registry.key) } catch {
            throw Problem(.serviceUnavailable, "\(error)")
        }
        if let isSigned { definition[SubscriberDefinition.unsigned] = isSigned ? nil : .bool(true) }
        let new = try old.changed(to: definition, url: old.url, registry, at: desk.clock.wall())
        let pause: RegistryChange.PauseChange =
            switch status {
            case "active": .resume
            case "disabled": .pause(reason: "disabled by \(request.actor)")
            default: .none
            }
        let isActive = status.map { $0 == "active" } ?? wasActive
        let operation = Operation(
            .register(.change(new, pause: pause)), actor: request.actor,
            reason: "PUT \(path)" + (status.map { " \($0)" } ?? ""))
        return .afterwards(operation) { result throws(Problem) in
            if case .refused(let refusal) = result { throw refusal.problem }
            return WebhookEnvelope.response(.ok, "Webhook updated successfully") { json in
                new.writeWebhook(to: &json, isActive: isActive)
            }
        }
    }

    /// What is pending for it stays in the ledger and reads as held.
    private static func remove(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        let (old, _) = try find(request, desk)
        let change = RegistryChange.remove(id: old.id, version: old.version)
        return .afterwards(Operation(.register(change), actor: request.actor, reason: "DELETE \(path)")) {
            result throws(Problem) in
            if case .refused(let refusal) = result { throw refusal.problem }
            return WebhookEnvelope.response(.ok, "Webhook deleted successfully")
        }
    }
}

extension APIShape {
    fileprivate static let webhookID = APIShape.formed("[0-9a-f]{24}", like: "66bd5387bd8c03f82ad87dcf")

    fileprivate static func webhook(withSecret: Bool = false) -> APIShape {
        let members: [APIParameter] = [
            .member("_id", .webhookID), .member("partnerId", .text(), "The name of the token."),
            .member("url", .text()),
            .member("type", .text()), .member("publicKey", .text(), "PEM; what x-webhook-signature is made with."),
            .member("status", .words(["active", "disabled"])),
        ]
        let secret = APIParameter.member("secret", .text(), "What webhook-signature is made with; shown once.")
        return withSecret ? .object(members + [secret]) : .named("Webhook", .object(members))
    }
}

extension Registration {
    /// Whether this holder registered it by these endpoints.
    fileprivate func isWebhook(of holder: Holder) -> Bool {
        type != nil && partner == holder.name && holder.reaches(route)
    }

    /// The next version.
    func changed(
        to definition: SubscriberDefinition, url: String, _ registry: RegistryFacts, at now: WallTime
    ) throws(Problem) -> Registration {
        let stored = try definition.stored(registry, as: id, version: version + 1)
        return Registration(
            id: id, route: route, name: name, url: url, partner: partner, type: type, publicKey: publicKey,
            definition: stored.clear, secrets: stored.secrets, version: version + 1, createdAt: createdAt,
            changedAt: now, idempotencyKey: idempotencyKey)
    }

    var place: SubscriberPlace { SubscriberPlace(route: route, name: name) }
}
