internal import Ledgers
package import Wire

/// The API as one table: what there is, and who may use it.
package enum AdminAPI {
    static let endpoints: [APIEndpoint] =
        Health.endpoints + EventEndpoints.all + DeliveryEndpoints.all + SubscriberEndpoints.all + ReplayEndpoints.all
        + ActionEndpoints.all + ReconcileEndpoints.all + ProofEndpoints.all + TokenEndpoints.all
        + QuarantineEndpoints.all + RouteEndpoints.all + CredentialEndpoints.all + SecretEndpoints.all
        + OpenAPI.endpoints + WebhookEndpoints.all + RegistrationEndpoints.all

    static func answer(_ request: APIRequest, as verdict: Access.Verdict, hasToken: Bool, at desk: AdminDesk)
        -> Answer
    {
        do throws(Problem) {
            let (endpoint, segments) = try find(request, as: verdict, hasToken: hasToken)
            var request = request
            request.segments = segments
            // A misspelt filter that is ignored would show what was not asked for.
            if let takes = endpoint.takes, !endpoint.readsDocument {
                try request.allowOnly(takes.map(\.name).filter { !endpoint.path.names.contains($0) })
            }
            return try endpoint.answer(request, desk)
        } catch {
            return .now(error.response(at: request.path))
        }
    }

    /// A request of this process to itself, as whoever may read the ledger's file.
    package static func answer(_ request: APIRequest, at desk: AdminDesk) -> Response {
        switch answer(request, as: .holder(.root), hasToken: true, at: desk) {
        case .now(let response): response
        case .afterwards: Problem(.serviceUnavailable, "only a running gateway changes its ledger").response
        }
    }

    private static func find(
        _ request: APIRequest, as verdict: Access.Verdict, hasToken: Bool
    ) throws(Problem) -> (APIEndpoint, [String: String]) {
        if verdict == .foreignHost { throw foreignHost }
        let there = endpoints.compactMap { endpoint in endpoint.path.match(request.path).map { (endpoint, $0) } }
        // What there is, is told to those who may use it.
        guard let first = there.first else { throw verdict.holder == nil ? refusal(verdict, hasToken) : unknown }
        guard let found = there.first(where: { $0.0.method == request.method }) else {
            if first.0.permission > .anyone, verdict.holder == nil { throw refusal(verdict, hasToken) }
            let allowed = there.map(\.0.method).joined(separator: ", ")
            throw Problem(
                .methodNotAllowed, "\(first.0.path.text) takes \(allowed)", fields: [(name: "Allow", value: allowed)])
        }
        if found.0.permission == .anyone { return found }
        guard let holder = verdict.holder else { throw refusal(verdict, hasToken) }
        guard found.0.isOpen(to: holder.permission) else {
            throw Problem(
                .forbidden,
                "this token is for \(holder.permission.text); here it takes one for \(found.0.permission.text)")
        }
        guard holder.routes == nil || found.0.narrows else {
            throw Problem(.forbidden, "this token is limited to some routes; here it takes one that is not")
        }
        return found
    }

    private static let unknown = Problem.notFound("there is nothing at this path")

    private static let foreignHost = Problem(
        .misdirectedRequest,
        "asked under a name that may be anybody's; use the address, allow the name with --admin-name, or send a token")

    private static func refusal(_ verdict: Access.Verdict, _ hasToken: Bool) -> Problem {
        switch verdict {
        case .endedToken(_, let state):
            return Problem(.unauthorized, "this token is \(state.rawValue); ask for a new one", fields: challenge)
        case .undecided(let reason):
            return Problem(.serviceUnavailable, reason, fields: [(name: "Retry-After", value: "5")])
        case .holder, .stranger, .wrongToken, .foreignHost: break
        }
        guard hasToken else {
            return Problem(
                .forbidden, "no admin token is configured; start headgate with --admin-token to open the API")
        }
        return Problem(
            .unauthorized, "the admin token is missing or wrong; send Authorization: Bearer", fields: challenge)
    }

    /// RFC 6750 section 3.
    private static let challenge = [(name: "WWW-Authenticate", value: #"Bearer realm="headgate""#)]
}
