internal import Domain
internal import Ledgers
internal import Net
internal import Wire

/// Events in the ledger.
enum EventEndpoints {
    static let all = [
        APIEndpoint(
            "GET", "/v1/events", .read, summary: "Events, the newest first",
            takes: APIParameter.deliveryFilters + [
                .providerEventID, .source, .containing, .limit, .after(.eventID),
            ],
            gives: [.json(.searchedPage(of: EventRow.shape))], narrows: true, list),
        APIEndpoint(
            "GET", "/v1/events/{id}", .read, summary: "An event with its body, its deliveries and their attempts",
            takes: [
                .init("id", .eventID, "The event's id."),
                .init("body", .words(BodyPart.allCases.map(\.rawValue)), "How much of the body is shown; whole."),
            ],
            gives: [.json(EventDetail.shape)], narrows: true, show),
    ]

    /// Newest first. `type` is a glob; `subscriber`, `state`, `outcome` and `status` are those of one of its deliveries.
    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        var query = EventQuery(
            route: try request.text("route"), types: EventFilter(try request.text("type").map { [$0] } ?? []),
            providerID: try request.text("providerEventId").map { Bytes($0) }, since: try request.time("since"),
            until: try request.time("until"))
        (query.source, query.containing) = (try request.range("source"), try request.pattern("q"))
        let delivery = try request.deliveryQuery()
        let isNarrowed =
            delivery.subscriber != nil || delivery.state != nil || delivery.outcome != nil || delivery.status != nil
        query.delivery = isNarrowed ? delivery : nil
        query.within = request.holder.routes
        let limit = try request.pageLimit()
        let after = try request.id("after", EventID.init(text:), like: "evt_…")
        let page = try desk.read { reader throws(LedgerError) in
            try reader.events(query, after: after, limit: limit)
        }
        if page.index == .damaged { desk.state.searchDamaged() }
        return .searched(page, next: \.text) { json, row in row.write(to: &json) }
    }

    /// `body=none` and `body=start` leave out what a table does not show.
    private static func show(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let body = try request.word("body", \BodyPart.rawValue) ?? .whole
        let text = request.segment("id")
        guard let id = EventID(text: text) else { throw .notFound("\(text) is no event's id") }
        let found = try desk.read { reader throws(LedgerError) in
            try reader.event(id, responses: Limits.shownResponsesBytes)
        }
        guard let (event, histories, others) = found, request.holder.reaches(event.row.route) else {
            throw .notFound("the ledger has no event \(text)")
        }
        return Response(json: .ok) { event.write(to: &$0, body: body, histories, others: others) }
    }
}

enum BodyPart: String, CaseIterable {
    case whole, start, none

    var most: Int {
        switch self {
        case .whole: .max
        case .start: 4 << 10
        case .none: 0
        }
    }
}

extension EventRow {
    static let members: [APIParameter] = [
        .member("id", .eventID), .member("route", .text()), .member("providerEventId", .optional(.text())),
        .member("type", .optional(.text())), .member("receivedAt", .time), .member("source", .text()),
        .member("verified", .words(Coverage.allCases.map(\.text)), "How much of the body the provider's proof covers."),
        .member("provenBy", .optional(.text()), "The name of the secret."), .member("bodyBytes", .count),
        .member("bodySha256", .sha256),
        .member("conflictsWith", .optional(.eventID), "An earlier one with the same provider's id and another body."),
        .member("released", .optional(ReleaseRow.shape), "Who let it in although it had been refused."),
        .member(
            "removed",
            .optional(
                .object([
                    .member("how", .words(["retention", "redaction"])), .member("at", .optional(.time)),
                    .member("actor", .optional(.text())), .member("reason", .optional(.text())),
                ])), "What became of its body, when it is gone."),
        .member("deliveryCounts", .deliveryCounts),
    ]
    static let shape = APIShape.named("Event", .object(members))

    func write(to json: inout JSONWriter) {
        json.object { writeMembers(to: &$0) }
    }

    func writeMembers(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("route", route)
        json.member("providerEventId", providerID)
        json.member("type", type)
        json.member("receivedAt", receivedAt)
        json.member("source", source.text)
        json.member("verified", coverage.text)
        json.member("provenBy", provenBy.isEmpty ? nil : provenBy)
        json.member("bodyBytes", bodyBytes)
        json.member("bodySha256", bodyDigest.hex)
        json.member("conflictsWith", conflictsWith?.text)
        json.key("released")
        if let release { release.write(to: &json) } else { json.null() }
        json.key("removed")
        if let removal { removal.write(to: &json) } else { json.null() }
        json.key("deliveryCounts")
        json.object { json in
            for state in DeliveryState.allCases { json.member(state.text, deliveries[state] ?? 0) }
        }
    }
}

extension Removal {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("how", redaction == nil ? "retention" : "redaction")
            json.member("at", redaction?.at)
            json.member("actor", redaction?.actor)
            json.member("reason", redaction?.reason)
        }
    }
}

extension EventDetail {
    static let shape = APIShape.named(
        "EventDetail",
        .object(
            EventRow.members + [
                .member(
                    "headers", .list(of: .list(of: .text(), most: 2)), "Name and value each, in the order received."),
                .member("body", .bytes), .member("deliveries", .list(of: DeliveryDetail.shape)),
                .member(
                    "notDeliveredTo", .list(of: .text()),
                    "Other subscribers of the route: their filters did not match, or they came later."),
            ]))

    func write(to json: inout JSONWriter, body part: BodyPart, _ histories: [DeliveryHistory], others: [String]) {
        json.object { json in
            row.writeMembers(to: &json)
            json.key("headers")
            json.array(of: HeaderText.pairs(headers)) { json, pair in
                json.array { json in
                    json.string(pair.name)
                    json.string(pair.value)
                }
            }
            json.key("body")
            json.body(Array(body.buffer), most: part.most)
            json.key("deliveries")
            json.array(of: histories) { json, one in one.delivery.write(to: &json, responses: one.hasResponses) }
            json.key("notDeliveredTo")
            json.array(of: others) { $0.string($1) }
        }
    }
}

/// Fields as the ledger keeps them: `name: value` and CRLF each.
enum HeaderText {
    static func pairs(_ kept: Bytes) -> [(name: String, value: String)] {
        kept.buffer.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let value = line[(colon + 1)...].drop { $0 == UInt8(ascii: " ") }
            return (String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
    }
}
