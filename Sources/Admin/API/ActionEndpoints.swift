internal import Domain
internal import Ledgers
internal import Wire

/// What operators did.
enum ActionEndpoints {
    static let all = [
        APIEndpoint(
            "GET", "/v1/actions", .read, summary: "What operators did, the newest first",
            takes: [
                .init("action", .words(ActionKind.allCases.map(\.text)), "Of this kind."),
                .init("actor", .text(), "By this token."),
                .init("target", .text(), "Whose target matches this glob: hurupay/*."), .since, .until, .limit,
                .after(.actionID),
            ], gives: [.json(.page(of: ActionRecord.shape))], list)
    ]

    /// Newest first.
    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let limit = try request.pageLimit()
        let after = try request.id("after", { Int64($0) }, like: "17")
        var query = ActionQuery()
        query.kind = try request.word("action", \ActionKind.text)
        (query.actor, query.target) = (try request.text("actor"), try request.text("target"))
        (query.since, query.until) = (try request.time("since"), try request.time("until"))
        let page = try desk.read { [query] reader throws(LedgerError) in
            try reader.actions(query, after: after, limit: limit)
        }
        return .page(page, next: { String($0) }) { json, row in row.write(to: &json) }
    }
}

extension ActionRecord {
    static let shape = APIShape.named(
        "Action",
        .object([
            .member("id", .actionID), .member("at", .time),
            .member("action", .words(ActionKind.allCases.map(\.text))), .member("actor", .text()),
            .member("target", .text()), .member("reason", .optional(.text())),
            .member("done", .count), .member("skipped", .count), .member("deliveries", .list(of: .deliveryID)),
        ]))

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", String(id))
            json.member("at", at)
            json.member("action", kind.text)
            json.member("actor", actor)
            json.member("target", target)
            json.member("reason", reason.isEmpty ? nil : reason)
            json.member("done", Int(done))
            json.member("skipped", Int(skipped))
            json.key("deliveries")
            json.array(of: TouchedDelivery.decode(deliveries.buffer)) { json, one in json.string(one.id.text) }
        }
    }
}
