internal import Domain
internal import Ledgers
internal import Routes
internal import Wire

/// Subscribers as the ledger knows them, also those that are gone from the routes.
enum SubscriberEndpoints {
    static let all = [
        APIEndpoint(
            "GET", "/v1/subscribers", .read, summary: "All subscribers the ledger knows",
            takes: [.limit, .after(.actionID), .route],
            gives: [.json(.page(of: SubscriberRow.shape))], narrows: true, list),
        change("pause", "Holds what is accepted for a subscriber") { request, desk throws(Problem) in
            let reason = try request.reason()
            // A pause without a word must still be told from none.
            let shown = reason.isEmpty ? "paused by an operator" : reason
            return .ordered(.pause(try find(request, desk)), by: request, reason: shown) { json, changed in
                json.member("changed", changed > 0)
            }
        },
        change("resume", "Sends a subscriber what was held, and what comes") { request, desk throws(Problem) in
            let reason = try request.reason()
            let id = try find(request, desk)
            if let held = desk.state.held()[id] { throw stillHeld(request, desk, held) }
            return .ordered(.resume(id), by: request, reason: reason) { json, changed in
                json.member("changed", changed > 0)
            }
        },
    ]

    private static func change(
        _ verb: String, _ summary: String,
        _ answer: @escaping @Sendable (APIRequest, AdminDesk) throws(Problem) -> Answer
    ) -> APIEndpoint {
        APIEndpoint(
            changing: "/v1/subscribers/{route}/{name}/\(verb)", .operate, summary: summary,
            takes: [
                .init("route", .text(), "The subscriber's route."), .init("name", .text(), "The subscriber's name."),
                .reason,
            ],
            gives: [.json(.object([.member("changed", .flag, "False when it was so already.")]))], narrows: true, answer
        )
    }

    private static func find(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> SubscriberID {
        let (route, name) = (request.segment("route"), request.segment("name"))
        let rows = try desk.read { reader throws(LedgerError) in try reader.subscribers() }
        guard let found = rows.first(where: { $0.route == route && $0.name == name }), request.holder.reaches(route)
        else {
            throw .notFound("there is no subscriber \(route)/\(name)")
        }
        return found.id
    }

    /// What the routes hold, no operator's word sets free.
    private static func stillHeld(_ request: APIRequest, _ desk: AdminDesk, _ reason: String) -> Problem {
        let (route, name) = (request.segment("route"), request.segment("name"))
        let cure = desk.state.registry?.table().file(of: route, name).map { "; change \($0) and reload" } ?? ""
        return Problem(.conflict, "\(route)/\(name) is held: \(reason)\(cure)")
    }

    /// All of them, or pages of `limit`.
    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let limit = try request.text("limit") == nil ? Int.max : try request.pageLimit()
        let after = try request.id("after", { Int64($0) }, like: "17") ?? 0
        let route = try request.text("route")
        let rows = try desk.read { reader throws(LedgerError) in try reader.subscribers() }
            .filter { $0.id.raw > after && (route == nil || $0.route == route) && request.holder.reaches($0.route) }
        let table = desk.state.registry?.table()
        return Response(json: .ok) { json in
            json.object { json in
                json.key("data")
                json.array(of: rows.prefix(limit)) { json, row in
                    row.write(to: &json, file: table?.file(of: row.route, row.name))
                }
                json.member("next", rows.count > limit ? String(rows[limit - 1].id.raw) : nil)
            }
        }
    }
}

extension SubscriberRow {
    static let shape = APIShape.named(
        "Subscriber",
        .object([
            .member("route", .text()), .member("name", .text()),
            .member("url", .text(), "The one it was registered with last."),
            .member("file", .optional(.text()), "The route file that has it; null when it was registered, or is gone."),
            .member("paused", .optional(.text()), "Why it gets nothing; null while it does."),
            .member("gone", .flag, "No longer among the routes."), .member("deliveryCounts", .deliveryCounts),
        ]))

    /// - Parameter file: the route file that has it; nil when it was registered, is gone, or nobody knows.
    func write(to json: inout JSONWriter, file: String?) {
        json.object { json in
            json.member("route", route)
            json.member("name", name)
            json.member("url", SubscriberURL.shown(url))
            json.member("file", file)
            json.member("paused", paused)
            json.member("gone", isGone)
            writeCounts(to: &json)
        }
    }

    func writeCounts(to json: inout JSONWriter) {
        json.key("deliveryCounts")
        json.object { json in
            for state in DeliveryState.allCases { json.member(state.text, deliveries[state] ?? 0) }
        }
    }
}
