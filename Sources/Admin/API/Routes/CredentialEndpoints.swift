internal import Config
internal import Crypto
internal import Domain
internal import Ledgers
internal import Routes
internal import Telemetry
internal import Wire

/// Secrets of a route that are added, made anew and removed while the gateway runs. None is ever shown again.
enum CredentialEndpoints {
    static let all = [
        APIEndpoint(
            "GET", path, .read, summary: "The credentials of a route, without their secrets",
            takes: [RouteEndpoints.place], gives: [.json(.page(of: RouteCredential.shape))], narrows: true, list),
        APIEndpoint(
            changing: path, .admin, summary: "Adds a credential; a secret that is made here is shown this once",
            takes: [
                RouteEndpoints.place,
                .init("name", .tokenName, "Its name in the route; stands in the record.", required: true),
                .init("secret", .optional(.text()), "Where the route has one; made here when none is given."),
                .init("secrets", .optional(.map(of: .text())), "Where it has several, by their names."),
                .init("notBefore", .anything, "It does not count before: a time, or how long from now, such as 2h."),
                .init("notAfter", .anything, "It does not count from then on: a time, or how long from now."), .reason,
            ],
            gives: [.json(RouteCredential.madeShape, status: .created), .json(RouteCredential.shape)],
            readsDocument: true, create),
        APIEndpoint(
            "GET", path + "/{name}", .read, summary: "One credential, without its secrets", takes: place,
            gives: [.json(RouteCredential.shape)], narrows: true
        ) { request, desk throws(Problem) in
            try find(request, desk).response(.ok, at: desk.clock.wall())
        },
        APIEndpoint(
            changing: path + "/{name}", .admin, by: "DELETE", summary: "Removes a credential, at once",
            takes: place + [.reason],
            gives: [.json(.object([.member("route", .text()), .member("name", .text()), .member("removed", .flag)]))],
            refuses: [.preconditionFailed], remove),
        APIEndpoint(
            changing: path + "/{name}/regenerate", .admin,
            summary: "Makes new secrets for a credential; the old ones count for a while longer",
            takes: place + [
                .init(
                    "overlap", .optional(.formed("[0-9]{1,9}(ms|s|m|h|d)", like: "24h")),
                    "How long the old ones still count: 24h unless given, at most 90d, 0s for not at all."),
                .init(
                    "drop", .optional(.words(["last"])),
                    "\"last\" while old ones still count: these stay, and the last ones go, which nobody has got."),
                .init("secret", .optional(.text()), "The provider's new one, where it is not ours to choose."),
                .init("secrets", .optional(.map(of: .text())), "The same, where the route has several."), .reason,
            ], gives: [.json(RouteCredential.madeShape)], refuses: [.preconditionFailed], readsDocument: true,
            regenerate),
        APIEndpoint(
            changing: path + "/{name}/end-overlap", .admin,
            summary: "Ends the time in which a credential's old secrets still count", takes: place + [.reason],
            gives: [.json(RouteCredential.shape)], refuses: [.preconditionFailed], endOverlap),
    ]

    private static let path = "/v1/routes/{route}/credentials"
    private static let place = [
        RouteEndpoints.place, APIParameter("name", .tokenName, "The credential's name."),
    ]

    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let route = request.segment("route")
        let (found, known) = try desk.read { reader throws(LedgerError) in
            (try reader.credentials().filter { $0.route == route }, try reader.routes())
        }
        guard request.holder.reaches(route), known.contains(route) || !found.isEmpty else {
            throw .notFound("there is no route \(route)")
        }
        let now = desk.clock.wall()
        return Response(json: .ok) { json in
            json.object { json in
                json.key("data")
                json.array(of: found) { json, one in json.object { one.write(to: &$0, at: now) } }
                json.member("next", nil as String?)
            }
        }
    }

    /// One of the ledger, perhaps of a route that is gone, in the version that is meant.
    private static func find(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> RouteCredential {
        let (route, name) = (request.segment("route"), request.segment("name"))
        let found = try desk.read { reader throws(LedgerError) in
            try reader.credentials().first { $0.route == route && $0.name == name }
        }
        guard request.holder.reaches(route), let found else {
            throw .notFound("there is no credential \(route)/\(name)")
        }
        try request.requireVersion(found.version, of: found.target)
        return found
    }

    // MARK: Creation

    /// The same request again, by name or by Idempotency-Key, finds what it made.
    private static func create(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        let route = try RouteEndpoints.find(request, desk)
        let (document, reason) = try request.documentAndReason(keys: ["name"] + AskedCredential.keys)
        guard case .string(let name)? = document["name"]?.value, TokenEndpoints.isName(name) else {
            throw .badRequest(
                "name the credential with small letters, digits, . _ and -, at most \(Limits.nameBytes) of them")
        }
        guard !route.secretNames.isEmpty else {
            throw Problem(.conflict, "the verifier of route \(route.name) reads no secret; nothing can be added to it")
        }
        let registry = try desk.registry()
        let key = try registry.needKey()
        let now = desk.clock.wall()
        let asked = try AskedCredential(document, of: route, at: now)
        let again = try request.creationKey()
        if let same = try same(as: asked, named: name, of: route, again, by: request, desk, key) {
            return .now(same.response(.ok, at: now))
        }
        let secrets: [String: Secret]
        if let given = asked.secrets { secrets = given } else { secrets = try MadeSecrets.make(for: route) }
        try tryOut(secrets, as: name, on: route, isMade: asked.secrets == nil)
        let new: RouteCredential
        do throws(CryptoError) {
            let id = try Registration.newID(at: now)
            let context = RouteCredential.context(id: id, version: 1)
            new = RouteCredential(
                id: id, route: route.name, name: name, secretNames: secrets.keys.sorted(),
                isGenerated: asked.secrets == nil, notBefore: asked.notBefore?.time(from: now),
                notAfter: asked.notAfter?.time(from: now),
                secrets: try SealedBytes(secrets.packed, with: key, for: context), createdAt: now,
                createdBy: request.actor, changedAt: now, idempotencyKey: again)
        } catch {
            throw Problem(.internalServerError, "\(error)")
        }
        let operation = Operation(.route(.add(new)), actor: request.actor, reason: reason)
        return .afterwards(operation) { result throws(Problem) in
            if case .refused(let refusal) = result { throw refusal.problem }
            return new.response(.created, made: new.isGenerated ? secrets : nil, at: now)
        }
    }

    /// What the same request made before.
    private static func same(
        as asked: AskedCredential, named name: String, of route: RouteConfig, _ again: String?,
        by request: APIRequest, _ desk: AdminDesk, _ key: SealingKey
    ) throws(Problem) -> RouteCredential? {
        let all = try desk.read { reader throws(LedgerError) in try reader.credentials() }
        let keyed = again.flatMap { again in
            all.first { $0.createdBy == request.actor && $0.idempotencyKey == again }
        }
        guard let old = keyed ?? all.first(where: { $0.route == route.name && $0.name == name }) else { return nil }
        let opened = try open(old, with: key)
        guard old.route == route.name, old.name == name, asked.isSame(as: old, opened) else {
            throw Problem(
                .conflict,
                keyed == nil
                    ? "\(old.target) is there with other content; make it anew with regenerate, or choose another name"
                    : "this Idempotency-Key made \(old.target), of other content than this; use a new key")
        }
        return old
    }

    private static func open(_ old: RouteCredential, with key: SealingKey) throws(Problem) -> [String: Secret] {
        do throws(LedgerKeyProblem) { return try old.open(with: key) } catch {
            throw Problem(.serviceUnavailable, error.description)
        }
    }

    /// - Parameter isMade: its secrets were made here.
    private static func tryOut(
        _ secrets: [String: Secret], as label: String, on route: RouteConfig, isMade: Bool
    ) throws(Problem) {
        do throws(CandidateProblem) { _ = try route.adding(secrets, as: label) } catch {
            let cure = isMade ? "; it is not ours to choose: send the provider's as secret" : ""
            throw .badRequest(error.description + cure)
        }
    }

    // MARK: Changes

    private static func regenerate(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        let route = try RouteEndpoints.find(request, desk)
        let (document, reason) = try request.documentAndReason(keys: ["overlap", "drop", "secret", "secrets"])
        let old = try find(request, desk)
        let now = desk.clock.wall()
        var diagnostics = Diagnostics()
        let overlap =
            document["overlap"].flatMap { $0.value == .null ? nil : $0 }?
            .duration(in: .zero...Limits.credentialOverlapMost, into: &diagnostics) ?? Limits.credentialOverlap
        let dropsLast =
            document["drop"].flatMap { $0.value == .null ? nil : $0 }?.word(of: ["last"], into: &diagnostics) != nil
        if diagnostics.hasErrors { throw .badRequest("the body cannot be used", errors: diagnostics.all) }
        if old.hasOverlap(at: now), !dropsLast, let until = old.replaced?.until {
            throw Problem(
                .conflict,
                "the secrets that \(old.target) had before still count until \(until.rfc3339); wait, end that with "
                    + #"end-overlap when nobody uses them, or send "drop": "last" when nobody has got the last ones"#)
        }
        let asked = try AskedCredential(document, of: route, at: now)
        if asked.secrets == nil, !old.isGenerated {
            throw Problem(
                .conflict,
                "the secrets of \(old.target) were given, not made here; send the provider's new ones as secret")
        }
        let secrets: [String: Secret]
        if let given = asked.secrets { secrets = given } else { secrets = try MadeSecrets.make(Set(old.secretNames)) }
        try tryOut(secrets, as: "new", on: route, isMade: asked.secrets == nil)
        let new = old.regenerated(
            try seal(secrets, of: old, desk), of: secrets.keys.sorted(), isGenerated: asked.secrets == nil,
            overlap: now + overlap, at: now, keepsReplaced: old.hasOverlap(at: now))
        let operation = Operation(.route(.regenerate(new)), actor: request.actor, reason: reason)
        return .afterwards(operation) { result throws(Problem) in
            if case .refused(let refusal) = result { throw refusal.problem }
            return new.response(.ok, made: new.isGenerated ? secrets : nil, at: now)
        }
    }

    private static func endOverlap(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        let reason = try request.reason()
        let old = try find(request, desk)
        let now = desk.clock.wall()
        guard old.replaced != nil else {
            throw Problem(.conflict, "\(old.target) has no secrets but the ones it shows; there is nothing to end")
        }
        let secrets = try open(old, with: try desk.registry().needKey())
        let new = old.regenerated(
            try seal(secrets, of: old, desk), of: old.secretNames, isGenerated: old.isGenerated, overlap: now, at: now)
        let operation = Operation(.route(.endOverlap(new)), actor: request.actor, reason: reason)
        return .afterwards(operation) { result throws(Problem) in
            if case .refused(let refusal) = result { throw refusal.problem }
            return new.response(.ok, at: now)
        }
    }

    /// For the version that follows.
    private static func seal(
        _ secrets: [String: Secret], of old: RouteCredential, _ desk: AdminDesk
    ) throws(Problem) -> SealedBytes {
        let key = try desk.registry().needKey()
        do throws(CryptoError) {
            let context = RouteCredential.context(id: old.id, version: old.version + 1)
            return try SealedBytes(secrets.packed, with: key, for: context)
        } catch {
            throw Problem(.internalServerError, "\(error)")
        }
    }

    private static func remove(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        let reason = try request.reason()
        let old = try find(request, desk)
        let change = RouteChange.remove(id: old.id, version: old.version)
        return .afterwards(Operation(.route(change), actor: request.actor, reason: reason)) { result throws(Problem) in
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
}
