package import Wire

/// The API as one table: what there is, and who may use it.
package enum AdminAPI {
    static let endpoints: [APIEndpoint] =
        Health.endpoints + EventEndpoints.all + DeliveryEndpoints.all + SubscriberEndpoints.all + ReplayEndpoints.all
        + ActionEndpoints.all + ReconcileEndpoints.all + QuarantineEndpoints.all

    static func answer(_ request: APIRequest, as verdict: Access.Verdict, hasToken: Bool, at desk: AdminDesk)
        -> Answer
    {
        do throws(Problem) {
            let (endpoint, segments) = try find(request, as: verdict, hasToken: hasToken)
            var request = request
            request.segments = segments
            // A misspelt filter that is ignored would show what was not asked for.
            if let takes = endpoint.takes {
                try request.allowOnly(takes.map(\.name).filter { !endpoint.path.names.contains($0) })
            }
            return try endpoint.answer(request, desk)
        } catch {
            return .now(error.response)
        }
    }

    /// A request of this process to itself, as whoever may read the ledger's file.
    package static func answer(_ request: APIRequest, at desk: AdminDesk) -> Response {
        switch answer(request, as: .operate, hasToken: true, at: desk) {
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
        guard let first = there.first else { throw verdict == .operate ? unknown : refusal(hasToken) }
        guard let found = there.first(where: { $0.0.method == request.method }) else {
            if first.0.permission > .anyone, verdict != .operate { throw refusal(hasToken) }
            let allowed = there.map(\.0.method).joined(separator: ", ")
            throw Problem(
                .methodNotAllowed, "\(first.0.path.text) takes \(allowed)", fields: [(name: "Allow", value: allowed)])
        }
        guard found.0.permission == .anyone || verdict == .operate else { throw refusal(hasToken) }
        return found
    }

    private static let unknown = Problem.notFound("there is nothing at this path")

    private static let foreignHost = Problem(
        .misdirectedRequest, "asked under a name that may be anybody's; use the address, or send the admin token")

    private static func refusal(_ hasToken: Bool) -> Problem {
        guard hasToken else {
            return Problem(
                .forbidden, "no admin token is configured; start headgate with --admin-token to open the API")
        }
        return Problem(
            .unauthorized, "the admin token is missing or wrong; send Authorization: Bearer",
            fields: [(name: "WWW-Authenticate", value: #"Bearer realm="headgate""#)])
    }
}
