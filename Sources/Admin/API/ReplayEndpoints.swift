internal import Domain
internal import Ledgers
internal import Wire

/// Jobs that send many deliveries again: started here, worked off by the gateway, cancelled here.
enum ReplayEndpoints {
    static let all = [
        APIEndpoint("GET", "/v1/replays", .token, list),
        APIEndpoint("GET", "/v1/replays/preview", .token, preview),
        APIEndpoint("GET", "/v1/replays/{id}", .token, show),
        APIEndpoint(changing: "/v1/replays", .token) { request, desk throws(Problem) in
            let order = try request.jobOrder(beside: ["reason"], now: desk.clock.wall())
            let reason = try request.reason()
            return .ordered(.start(order), by: request, reason: reason) { _, _ in }
        },
        APIEndpoint(changing: "/v1/replays/{id}/cancel", .token) { request, _ throws(Problem) in
            try request.allowOnly(["reason"])
            let id = try request.job()
            return .ordered(.stop(id), by: request, reason: try request.reason()) { json, _ in
                json.member("id", id.text)
            }
        },
    ]

    /// Newest first.
    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        try request.allowOnly(["limit", "after"])
        let limit = try request.pageLimit()
        let after = try request.id("after", JobID.init(text:), like: "job_1")
        let page = try desk.read { reader throws(LedgerError) in try reader.jobs(after: after, limit: limit) }
        return .page(page, next: \.text) { json, row in row.write(to: &json) }
    }

    private static func show(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        try request.allowOnly([])
        let id = try request.job()
        guard let job = try desk.read({ reader throws(LedgerError) in try reader.job(id) }) else {
            throw .notFound("the ledger has no job \(id.text)")
        }
        return Response(json: .ok) { job.write(to: &$0) }
    }

    /// What a job would take, counted part by part: `next` is the `after` of the next part.
    private static func preview(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let order = try request.jobOrder(beside: ["after"], now: desk.clock.wall())
        let after = try request.id("after", DeliveryID.init(text:), like: "dlv_…-1")
        let found = try desk.read { reader throws(LedgerError) in
            try reader.candidates(order, of: nil, after: after, most: LedgerReader.rowsMost)
        }
        return Response(json: .ok) { json in
            json.object { json in
                json.member("deliveries", found.ids.count - found.pending)
                json.member("skipped", found.pending)
                json.member("next", found.isLast ? nil : found.place.text)
            }
        }
    }
}

extension APIRequest {
    func job() throws(Problem) -> JobID {
        let text = segment("id")
        guard let id = JobID(text: text) else { throw .notFound("\(text) is no job's id") }
        return id
    }

    /// - Parameter names: parameters of the endpoint that are no part of the order.
    func jobOrder(beside names: [String], now: WallTime) throws(Problem) -> JobOrder {
        try allowOnly(["kind", "event"] + Self.deliveryFilters + ["limit", "rate"] + names)
        let kind = try word("kind", \JobKind.text) ?? .replay
        var selection = try deliveryQuery()
        var events: [EventID] = []
        for text in try texts("event") {
            guard let id = EventID(text: text) else { throw .badRequest("\(text) is no event's id") }
            events.append(id)
        }
        guard events.count <= Limits.namedEvents else {
            throw .badRequest("more than \(Limits.namedEvents) events are named; select them by route, type and time")
        }
        if !events.isEmpty { selection.events = events }
        guard !selection.text.isEmpty else {
            throw .badRequest("name events, or at least one filter, so that not everything is sent again")
        }
        if kind == .retry {
            guard selection.state == nil || selection.state == .dead else {
                throw .badRequest("only dead deliveries are retried; leave state out")
            }
            selection.state = .dead
        }
        guard selection.state != .pending, selection.state != .held else {
            throw .badRequest("what is pending is sent anyhow; name delivered or dead, or no state")
        }
        // What comes in later is not meant.
        selection.until = min(selection.until ?? now, now)
        let most = try text("limit") == nil ? .max : Int64(try number("limit", in: 1...1_000_000_000, standard: 1))
        return JobOrder(kind: kind, selection: selection, most: most, rate: try rate("rate", standard: Limits.jobRate))
    }
}

extension JobRow {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id.text)
            json.member("kind", order.kind.text)
            json.member("state", state.text)
            json.member("selection", order.selection.text)
            json.member("limit", order.most == .max ? nil : String(order.most))
            json.member("rate", "\(order.rate.count)/\(order.rate.per.microseconds / 1_000_000)s")
            json.member("done", Int(done))
            json.member("skipped", Int(skipped))
            json.member("reached", place.event.raw == 0 ? nil : place.event.time)
            json.member("startedAt", startedAt)
            json.member("endedAt", endedAt)
            json.member("actor", actor)
            json.member("reason", reason.isEmpty ? nil : reason)
        }
    }
}
