internal import Crypto
internal import Domain
internal import Ledgers
internal import Wire

/// Who may use the API, beside whoever has the token of the settings.
enum TokenEndpoints {
    static let all = [
        APIEndpoint(
            "GET", "/v1/tokens", .admin, summary: "All tokens that were ever granted, the newest first", takes: [],
            gives: [.json(.page(of: TokenRow.shape))], list),
        APIEndpoint(
            changing: "/v1/tokens", .admin, summary: "Grants a token, which is shown this once",
            takes: [
                .init("name", .tokenName, "Stands in the record of what is done with it.", required: true),
                .init(
                    "scope", .scope, "What it is good for; from read on each includes those before it.", required: true),
                .init("route", .text(), "The only routes that it reaches; all when none is named.", repeats: true),
                .init("expires", .time, "When it ends; never when absent."), .reason,
            ],
            gives: [.json(.object(TokenRow.grantMembers), status: .created)], grant),
        APIEndpoint(
            changing: "/v1/tokens/{name}/revoke", .admin, summary: "Ends a token, from the next request on",
            takes: [.init("name", .tokenName, "The token's name."), .reason],
            gives: [.json(.object([.member("name", .tokenName)]))]
        ) { request, _ throws(Problem) in
            let name = request.segment("name")
            return .ordered(.access(.revoke(name: name)), by: request, reason: try request.reason()) { json, _ in
                json.member("name", name)
            }
        },
    ]

    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let rows = try desk.read { reader throws(LedgerError) in try reader.tokens() }
        let now = desk.clock.wall()
        return Response(json: .ok) { json in
            json.object { json in
                json.key("data")
                json.array(of: rows) { json, row in row.write(to: &json, at: now) }
                json.member("next", nil as String?)
            }
        }
    }

    private static func grant(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        guard let name = try request.text("name"), isName(name) else {
            throw .badRequest(
                "name the token with small letters, digits, . _ and -, at most \(Limits.nameBytes) of them")
        }
        guard !Holder.reservedNames.contains(name) else { throw .badRequest("\(name) is no name for a token") }
        guard let scope = try request.word("scope", \TokenScope.text) else {
            throw .badRequest("scope is one of " + TokenScope.allCases.map(\.text).joined(separator: ", "))
        }
        let routes = try routes(of: request, desk)
        if scope == .admin, routes != nil { throw .badRequest("a token for admin cannot be limited to routes") }
        let expires = try request.time("expires")
        guard expires.map({ $0 > desk.clock.wall() }) ?? true else { throw .badRequest("expires is in the past") }
        let made: (text: String, hash: Digest256)
        do { made = try TokenText.make() } catch { throw Problem(.serviceUnavailable, "\(error)") }
        let grant = TokenGrant(name: name, hash: made.hash, scope: scope, routes: routes, expiresAt: expires)
        let operation = Operation(.access(.grant(grant)), actor: request.actor, reason: try request.reason())
        return .afterwards(operation) { result throws(Problem) in
            if case .refused(let refusal) = result { throw refusal.problem }
            return Response(json: .created) { json in
                json.object { json in
                    json.member("token", made.text)
                    json.member("name", grant.name)
                    json.member("scope", grant.scope.text)
                    json.key("routes")
                    json.list(grant.routes)
                    json.member("expiresAt", grant.expiresAt)
                }
            }
        }
    }

    /// A misspelt route would make a token that reaches nothing.
    private static func routes(of request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Set<String>? {
        let names = Set(try request.texts("route"))
        guard !names.isEmpty else { return nil }
        guard names.count <= Limits.tokenRoutes else { throw .badRequest("more than \(Limits.tokenRoutes) routes") }
        let known = try desk.read { reader throws(LedgerError) in try reader.routes() }
        if let wrong = names.subtracting(known).min() { throw .badRequest("there is no route \(wrong)") }
        return names
    }

    /// As names of routes and subscribers are.
    static func isName(_ text: String) -> Bool {
        text.wholeMatch(of: /[a-z0-9][a-z0-9._-]*/.asciiOnlyDigits()) != nil && text.utf8.count <= Limits.nameBytes
    }
}

extension APIShape {
    static let tokenName = APIShape.formed("[a-z0-9][a-z0-9._-]{0,63}", like: "ci")
    static let scope = APIShape.words(TokenScope.allCases.map(\.text))
}

extension TokenRow {
    static let members: [APIParameter] = [
        .member("name", .tokenName), .member("scope", .scope),
        .member("routes", .optional(.list(of: .text())), "The only ones that it reaches; null for all."),
        .member("expiresAt", .optional(.time)),
    ]
    static let grantMembers = [APIParameter.member("token", .text(), "Shown this once.")] + members
    static let shape = APIShape.named(
        "Token",
        .object(
            members + [
                .member("state", .words(State.allCases.map(\.rawValue))), .member("grantedAt", .time),
                .member("grantedBy", .text()), .member("usedAt", .optional(.time), "To the minute."),
                .member("revokedAt", .optional(.time)),
            ]))

    func write(to json: inout JSONWriter, at now: WallTime) {
        json.object { json in
            json.member("name", name)
            json.member("scope", scope.text)
            json.key("routes")
            json.list(routes)
            json.member("expiresAt", expiresAt)
            json.member("state", state(at: now).rawValue)
            json.member("grantedAt", grantedAt)
            json.member("grantedBy", grantedBy)
            json.member("usedAt", usedAt)
            json.member("revokedAt", revokedAt)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func list(_ names: Set<String>?) {
        if let names { array(of: names.sorted()) { $0.string($1) } } else { null() }
    }
}
