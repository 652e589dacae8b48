internal import Crypto
internal import Domain
internal import Ledgers
internal import Net
internal import Routes
internal import Wire

/// Requests that were refused: looked at, verified again, let in, thrown away.
enum QuarantineEndpoints {
    static let all = [
        APIEndpoint(
            "GET", "/v1/quarantine", .read, summary: "Requests that were refused, the newest first",
            takes: filters + [.limit, .after(.quarantineID)], gives: [.json(.page(of: QuarantineRow.shape))],
            narrows: true, list),
        APIEndpoint(
            "GET", "/v1/quarantine/{id}", .read, summary: "A refused request with its fields and its body",
            takes: [
                .init("id", .quarantineID, "The request's id."),
                .init("body", .words(BodyPart.allCases.map(\.rawValue)), "How much of the body is shown; whole."),
            ], gives: [.json(QuarantineDetail.shape)], narrows: true, show),
        // It changes nothing; a secret that is to be tried has no place in a URL.
        APIEndpoint(
            "POST", "/v1/quarantine/reverify", .operate,
            summary: "Verifies refused requests again, oldest first and part by part, and changes nothing",
            takes: filters + [
                .init("id", .quarantineID, "These alone.", repeats: true),
                .init("secret", .text(), "Stands in place of the route's own."),
                .init("secretName", .text(), "Which of them, where the route has several."), .after(.quarantineID),
            ], gives: [.json(.page(of: Judgement.shape))], narrows: true, reverify),
        APIEndpoint(
            changing: "/v1/quarantine/release", .operate,
            summary: "Makes events of refused requests that verify with the secrets of now",
            takes: [ordered, neededReason], gives: [.json(.object([.member("data", .list(of: ReleaseResult.shape))]))],
            narrows: true, release),
        APIEndpoint(
            changing: "/v1/quarantine/discard", .operate, summary: "Throws refused requests away",
            takes: [ordered, neededReason], gives: [.json(.object([.member("discarded", .count)]))],
            narrows: true, discard),
    ]

    private static let filters: [APIParameter] = [
        .route, .init("why", .text(), "Refused for this."), .source, .since, .until,
    ]
    private static let ordered = APIParameter("id", .quarantineID, "These.", required: true, repeats: true)
    private static let neededReason = APIParameter(
        "reason", APIParameter.reason.shape, APIParameter.reason.meaning, required: true)

    /// Newest first.
    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let query = try request.quarantineQuery()
        let limit = try request.pageLimit()
        let after = try request.id("after", QuarantineID.init(text:), like: "qtn_…")
        let page = try desk.read { reader throws(LedgerError) in
            try reader.quarantine(query, after: after, limit: limit)
        }
        return .page(page, next: \.text) { json, row in json.object { row.writeMembers(to: &$0) } }
    }

    private static func show(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let part = try request.word("body", \BodyPart.rawValue) ?? .whole
        let text = request.segment("id")
        guard let id = QuarantineID(text: text) else { throw .notFound("\(text) is no id of a refused request") }
        guard let found = try desk.read({ reader throws(LedgerError) in try reader.refused(id) }),
            request.holder.reaches(found.row.route)
        else {
            throw .notFound("\(text) is not in quarantine; it was released or discarded, or has grown old")
        }
        return Response(json: .ok) { found.write(to: &$0, body: part) }
    }

    /// Oldest first, and part by part: `next` is the `after` of the next part.
    private static func reverify(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        var query = try request.quarantineQuery()
        if try !request.texts("id").isEmpty { query.ids = try request.quarantined() }
        let after = try request.id("after", QuarantineID.init(text:), like: "qtn_…")
        let candidate = try request.candidate()
        if let candidate, !request.holder.reaches(candidate.route) {
            throw .notFound("there is no route \(candidate.route)")
        }
        let page = try desk.refused(query, after: after)
        let judgements = try desk.judge(page.rows, candidate)
        return Response(json: .ok) { json in
            json.object { json in
                json.key("data")
                json.array(of: zip(page.rows, judgements)) { json, one in
                    json.object { json in
                        one.0.row.writeMembers(to: &json)
                        one.1.writeMembers(to: &json)
                    }
                }
                json.member("next", page.next?.text)
            }
        }
    }

    /// Only what verifies with the secrets of now; the others are named in the answer, and stay. So does what comes after as
    /// many bodies as one order takes.
    private static func release(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        let ids = try request.quarantined()
        let reason = try request.neededReason("release")
        var query = QuarantineQuery()
        (query.ids, query.within) = (ids, request.holder.routes)
        let page = try desk.refused(query, after: nil)
        var releases: [Release] = []
        var refused: [(id: QuarantineID, reason: String)] = []
        for (row, judgement) in zip(page.rows, try desk.judge(page.rows, nil)) {
            switch judgement {
            case .genuine(let append): releases.append(Release(id: row.row.id, append: append))
            case .refused(let reason): refused.append((row.row.id, reason))
            }
        }
        let found = Set(page.rows.map(\.row.id))
        let last = page.next ?? QuarantineID(.max)
        refused += ids.filter { $0 <= last && !found.contains($0) }.map { ($0, "gone") }
        let (released, kept, later) = (releases.map(\.id), refused, ids.filter { $0 > last })
        guard !released.isEmpty else {
            return .now(Response(json: .ok) { Self.write(to: &$0, [], kept, later) })
        }
        let operation = Operation(.releaseRefused(releases), actor: request.actor, reason: reason)
        return .afterwards(operation) { result throws(Problem) in
            guard case .released(let results, _) = result else {
                throw Problem(.internalServerError, "the ledger answered another question")
            }
            return Response(json: .ok) { Self.write(to: &$0, Array(zip(released, results)), kept, later) }
        }
    }

    private static func discard(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Answer {
        var ids = try request.quarantined()
        let reason = try request.neededReason("discard")
        // Those of other routes are not there for it.
        if let routes = request.holder.routes {
            ids = try desk.read { reader throws(LedgerError) in try reader.quarantined(ids, within: routes) }
        }
        return .ordered(.discardRefused(ids), by: request, reason: reason) { $0.member("discarded", $1) }
    }

    private static func write(
        to json: inout JSONWriter, _ results: [(QuarantineID, ReleaseResult)],
        _ refused: [(id: QuarantineID, reason: String)], _ later: [QuarantineID]
    ) {
        let others = refused.map { ($0.id, "refused", $0.reason) } + later.map { ($0, "left", nil) }
        json.object { json in
            json.key("data")
            json.array { json in
                for (id, result) in results { json.object { result.writeMembers(to: &$0, of: id) } }
                for (id, result, reason) in others {
                    json.object { json in
                        json.member("id", id.text)
                        json.member("result", result)
                        json.member("event", nil as String?)
                        json.member("why", reason)
                    }
                }
            }
        }
    }
}

extension AdminDesk {
    /// A part that can be verified without holding up the loop.
    fileprivate func refused(
        _ query: QuarantineQuery, after: QuarantineID?
    ) throws(Problem) -> Page<QuarantineDetail, QuarantineID> {
        try read { reader throws(LedgerError) in
            try reader.refused(
                query, after: after, limit: query.ids?.count ?? Limits.quarantineJudged,
                bytes: Limits.quarantineJudgedBytes)
        }
    }

    fileprivate func judge(
        _ rows: [QuarantineDetail], _ candidate: (route: String, secret: CandidateSecret)?
    ) throws(Problem) -> [Judgement] {
        switch state.judge(rows, candidate) {
        case .success(let judgements): return judgements
        case .failure(let problem): throw Problem(.conflict, problem.description)
        }
    }
}

extension APIRequest {
    fileprivate func quarantineQuery() throws(Problem) -> QuarantineQuery {
        var query = QuarantineQuery()
        (query.route, query.reason) = (try text("route"), try text("why"))
        (query.since, query.until) = (try time("since"), try time("until"))
        query.source = try range("source")
        query.within = holder.routes
        return query
    }

    fileprivate func quarantined() throws(Problem) -> [QuarantineID] {
        var ids: [QuarantineID] = []
        for text in try texts("id") {
            guard let id = QuarantineID(text: text) else {
                throw .badRequest("\(text) is no id of a refused request, such as qtn_…")
            }
            if !ids.contains(id) { ids.append(id) }
        }
        guard (1...Limits.quarantineOrdered).contains(ids.count) else {
            throw .badRequest("id names 1 to \(Limits.quarantineOrdered) refused requests")
        }
        return ids
    }

    fileprivate func neededReason(_ verb: String) throws(Problem) -> String {
        let reason = try reason()
        if reason.isEmpty { throw .badRequest("\(verb) needs a reason, which is kept") }
        return reason
    }

    /// A secret belongs to one route.
    fileprivate func candidate() throws(Problem) -> (route: String, secret: CandidateSecret)? {
        let name = try text("secretName")
        guard let secret = try text("secret") else {
            if name != nil { throw .badRequest("secretName has no meaning without secret") }
            return nil
        }
        guard let route = try text("route") else {
            throw .badRequest("secret is tried on one route; name it with route")
        }
        return (route, CandidateSecret(name: name, value: Secret(secret)))
    }
}
