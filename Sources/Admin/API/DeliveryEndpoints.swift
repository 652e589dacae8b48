internal import Domain
internal import Ledgers
internal import Net
internal import Wire

/// Deliveries and their attempts.
enum DeliveryEndpoints {
    static let all = [
        APIEndpoint("GET", "/v1/deliveries", .token, list),
        APIEndpoint("GET", "/v1/deliveries/{id}", .token, show),
    ]

    /// Newest event first.
    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        try request.allowOnly(["route", "subscriber", "state", "since", "until", "limit", "after"])
        let query = DeliveryQuery(
            route: try request.text("route"), subscriber: try request.text("subscriber"),
            state: try request.word("state", \DeliveryState.text), since: try request.time("since"),
            until: try request.time("until"))
        let limit = try request.pageLimit()
        let after = try request.id("after", DeliveryID.init(text:), like: "dlv_…-1")
        let page = try desk.read { reader throws(LedgerError) in
            try reader.deliveries(query, after: after, limit: limit)
        }
        return .page(page, next: \.text) { json, row in json.object { row.writeMembers(to: &$0) } }
    }

    private static func show(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        try request.allowOnly([])
        let text = request.segment("id")
        guard let id = DeliveryID(text: text) else { throw .notFound("\(text) is no delivery's id") }
        guard let delivery = try desk.read({ reader throws(LedgerError) in try reader.delivery(id) }) else {
            throw .notFound("the ledger has no delivery \(text)")
        }
        return Response(json: .ok) { delivery.write(to: &$0) }
    }
}

extension DeliveryRow {
    func writeMembers(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("event", id.event.text)
        json.member("route", route)
        json.member("subscriber", subscriber)
        json.member("url", url)
        json.member("eventType", eventType)
        json.member("receivedAt", receivedAt)
        json.member("state", state.text)
        json.member("attempts", attempts)
        json.member("sending", isClaimed)
        json.member("dueAt", dueAt)
        json.member("settledAt", settledAt)
        json.member("lastOutcome", lastAttempt?.attempt.outcome.text)
        json.member("lastStatus", lastAttempt.flatMap { $0.attempt.status == 0 ? nil : $0.attempt.status })
    }
}

extension DeliveryDetail {
    func write(to json: inout JSONWriter) {
        json.object { json in
            row.writeMembers(to: &json)
            json.key("history")
            json.array(of: attempts) { json, row in row.attempt.write(to: &json) }
        }
    }
}

extension Attempt {
    func write(to json: inout JSONWriter) {
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
            json.body(Array(response.buffer))
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
