internal import Domain
internal import Ledgers
internal import Net
internal import Routes
internal import Wire

/// Deliveries and their attempts.
enum DeliveryEndpoints {
    static let all = [
        APIEndpoint(
            "GET", "/v1/deliveries", .read, summary: "Deliveries, those of the newest event first",
            takes: APIParameter.deliveryFilters + [
                .providerEventID, .source, .containing, .limit, .after(.deliveryID),
            ],
            gives: [.json(.searchedPage(of: DeliveryRow.shape))], narrows: true, list),
        APIEndpoint(
            "GET", "/v1/deliveries/{id}", .read, summary: "A delivery with its attempts",
            takes: [.init("id", .deliveryID, "The delivery's id.")], gives: [.json(DeliveryDetail.shape)],
            narrows: true,
            show),
        change("retry", "Makes a dead delivery due now, with its schedule from the beginning") { .retry($0) },
        change("discard", "Marks a dead delivery as given up", needsReason: true) { .discard($0) },
        change("cancel", "Gives up a pending delivery") { .cancel($0) },
        change("send-now", "Makes a pending delivery due now") { .sendNow($0) },
    ]

    private static func change(
        _ verb: String, _ summary: String, needsReason: Bool = false,
        _ deed: @escaping @Sendable (DeliveryID) -> Operation.Deed
    ) -> APIEndpoint {
        let reason = APIParameter(
            "reason", APIParameter.reason.shape, APIParameter.reason.meaning, required: needsReason)
        return APIEndpoint(
            changing: "/v1/deliveries/{id}/\(verb)", .operate, summary: summary,
            takes: [.init("id", .deliveryID, "The delivery's id."), reason],
            gives: [.json(.object([.member("id", .deliveryID)]))], narrows: true
        ) { request, desk throws(Problem) in
            let id = try find(request, desk).row.id
            let reason = try request.reason()
            if needsReason, reason.isEmpty { throw .badRequest("\(verb) needs a reason, which is kept") }
            return .ordered(deed(id), by: request, reason: reason) { json, _ in json.member("id", id.text) }
        }
    }

    /// Newest event first.
    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        var query = try request.deliveryQuery()
        query.providerID = try request.text("providerEventId").map { Bytes($0) }
        (query.source, query.containing) = (try request.range("source"), try request.pattern("q"))
        let limit = try request.pageLimit()
        let after = try request.id("after", DeliveryID.init(text:), like: "dlv_…-1")
        let page = try desk.read { reader throws(LedgerError) in
            try reader.deliveries(query, after: after, limit: limit)
        }
        if page.index == .damaged { desk.state.searchDamaged() }
        return .searched(page, next: \.text) { json, row in json.object { row.writeMembers(to: &$0) } }
    }

    private static func find(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> DeliveryDetail {
        let text = request.segment("id")
        guard let id = DeliveryID(text: text) else { throw .notFound("\(text) is no delivery's id") }
        guard let delivery = try desk.read({ reader throws(LedgerError) in try reader.delivery(id) }),
            request.holder.reaches(delivery.row.route)
        else { throw .notFound("the ledger has no delivery \(text)") }
        return delivery
    }

    private static func show(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let delivery = try find(request, desk)
        return Response(json: .ok) { delivery.write(to: &$0) }
    }
}

extension APIParameter {
    static let deliveryFilters: [APIParameter] = [
        .route, .subscriber, .type, .init("state", .deliveryState, "In this state."),
        .init("outcome", .outcome, "Whose last attempt ended so."),
        .init("status", .integer(100...999), "Whose last attempt was answered with this status."), .since, .until,
    ]
}

extension APIRequest {
    /// What a list of deliveries, or a job, is narrowed to.
    func deliveryQuery() throws(Problem) -> DeliveryQuery {
        var query = DeliveryQuery(
            route: try text("route"), subscriber: try text("subscriber"),
            state: try word("state", \DeliveryState.text), since: try time("since"), until: try time("until"))
        query.within = holder.routes
        query.type = try text("type")
        query.outcome = try word("outcome", \Outcome.text)
        if try text("status") != nil { query.status = Int32(try number("status", in: 100...999, standard: 0)) }
        return query
    }
}

extension DeliveryRow {
    static let members: [APIParameter] = [
        .member("id", .deliveryID), .member("event", .eventID), .member("route", .text()),
        .member("subscriber", .text()), .member("url", .text()), .member("eventType", .optional(.text())),
        .member("receivedAt", .time), .member("state", .deliveryState),
        .member("closure", .optional(.words(Closure.allCases.map(\.text))), "What an operator decided on it."),
        .member("replayOf", .optional(.deliveryID)), .member("attempts", .count),
        .member("sending", .flag, "It is being sent, or next in memory."), .member("dueAt", .optional(.time)),
        .member("settledAt", .optional(.time)), .member("lastOutcome", .optional(.outcome)),
        .member("lastStatus", .optional(.integer(0...999))),
    ]
    static let shape = APIShape.named("Delivery", .object(members))

    func writeMembers(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("event", id.event.text)
        json.member("route", route)
        json.member("subscriber", subscriber)
        json.member("url", SubscriberURL.shown(url))
        json.member("eventType", eventType)
        json.member("receivedAt", receivedAt)
        json.member("state", state.text)
        json.member("closure", closure?.text)
        json.member("replayOf", replayOf?.text)
        json.member("attempts", attempts)
        json.member("sending", isClaimed)
        json.member("dueAt", dueAt)
        json.member("settledAt", settledAt)
        json.member("lastOutcome", lastAttempt?.attempt.outcome.text)
        json.member("lastStatus", lastAttempt.flatMap { $0.attempt.status == 0 ? nil : $0.attempt.status })
    }
}

extension DeliveryDetail {
    static let shape = APIShape.named(
        "DeliveryDetail",
        .object(DeliveryRow.members + [.member("history", .list(of: Attempt.shape), "In the order they were made.")]))

    /// - Parameter responses: whether they are told; in their place stands null otherwise.
    func write(to json: inout JSONWriter, responses: Bool = true) {
        json.object { json in
            row.writeMembers(to: &json)
            json.key("history")
            json.array(of: attempts) { json, row in row.attempt.write(to: &json, response: responses) }
        }
    }
}

extension Attempt {
    static let shape = APIShape.named(
        "Attempt",
        .object([
            .member("number", .integer(1...Int(Int32.max))), .member("startedAt", .time), .member("tookMs", .number),
            .member("outcome", .outcome), .member("status", .optional(.integer(0...999))),
            .member("address", .optional(.text()), "The one that was dialled."),
            .member(
                "phasesMs",
                .object(
                    ["resolved", "connected", "secured", "firstByte"].map { .member($0, .optional(.number)) }),
                "From the start; null where a phase was not needed, or not reached."),
            .member(
                "response", .optional(.bytes),
                "Status line, fields and the first bytes of the body. Null where an event has so many that they are left "
                    + "out: /v1/deliveries/{id} has them."),
        ]))

    func write(to json: inout JSONWriter, response isTold: Bool) {
        json.object { json in
            json.member("number", number)
            json.member("startedAt", startedAt)
            json.member("tookMs", milliseconds: took)
            json.member("outcome", outcome.text)
            json.member("status", status == 0 ? nil : status)
            json.member("address", address?.text)
            json.key("phasesMs")
            json.object { json in
                json.member("resolved", phase: phases.resolved)
                json.member("connected", phase: phases.connected)
                json.member("secured", phase: phases.secured)
                json.member("firstByte", phase: phases.firstByte)
            }
            json.key("response")
            if isTold { json.body(Array(response.buffer)) } else { json.null() }
        }
    }
}

extension JSONWriter {
    /// 0 stands for a phase that was not needed or not reached.
    fileprivate mutating func member(_ name: String, phase micro: UInt32) {
        if micro == 0 {
            member(name, nil as String?)
        } else {
            member(name, milliseconds: TimeSpan(microseconds: Int64(micro)))
        }
    }
}
