internal import Domain
internal import Ledgers
internal import Wire

/// Jobs that send many deliveries again, or give them up: started here, worked off by the gateway, cancelled here.
enum ReplayEndpoints {
    static let all = [
        APIEndpoint(
            "GET", "/v1/replays", .read, summary: "Jobs of replays, retries and cancellations, the newest first",
            takes: [.limit, .after(.jobID)], gives: [.json(.page(of: JobRow.shape))], narrows: true, list),
        APIEndpoint(
            "GET", "/v1/replays/preview", .read, summary: "What a job would take, counted part by part",
            takes: APIParameter.jobOrder + [.after(.deliveryID)],
            gives: [
                .json(
                    .object([
                        .member("deliveries", .count), .member("skipped", .count, "Passed over: pending."),
                        .member("next", .optional(.deliveryID), "The `after` of the next part; null at the end."),
                    ]))
            ], narrows: true, preview),
        APIEndpoint(
            "GET", "/v1/replays/{id}", .read, summary: "A job and how far it is",
            takes: [.init("id", .jobID, "The job's id.")], gives: [.json(JobRow.shape)], narrows: true, show),
        APIEndpoint(
            changing: "/v1/replays", .operate, summary: "Starts a job that sends deliveries again, or gives them up",
            takes: APIParameter.jobOrder + [.reason], gives: [.started(.object([.member("id", .jobID)]))], narrows: true
        ) { request, desk throws(Problem) in
            let order = try desk.jobOrder(request)
            let reason = try request.reason()
            return .ordered(.start(order), by: request, reason: reason) { _, _ in }
        },
        APIEndpoint(
            changing: "/v1/replays/{id}/cancel", .operate, summary: "Ends a job where it is",
            takes: [.init("id", .jobID, "The job's id."), .reason],
            gives: [.json(.object([.member("id", .jobID)]))], narrows: true
        ) { request, desk throws(Problem) in
            let id = try find(request, desk).id
            return .ordered(.stop(id), by: request, reason: try request.reason()) { json, _ in
                json.member("id", id.text)
            }
        },
    ]

    /// Newest first.
    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let limit = try request.pageLimit()
        let after = try request.id("after", JobID.init(text:), like: "job_1")
        let page = try desk.read { reader throws(LedgerError) in
            try reader.jobs(within: request.holder.routes, after: after, limit: limit)
        }
        return .page(page, next: \.text) { json, row in row.write(to: &json) }
    }

    private static func show(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let job = try find(request, desk)
        return Response(json: .ok) { job.write(to: &$0) }
    }

    private static func find(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> JobRow {
        let id = try request.job()
        guard let job = try desk.read({ reader throws(LedgerError) in try reader.job(id) }),
            request.holder.routes == nil || job.order.selection.route.map(request.holder.reaches) ?? false
        else { throw .notFound("the ledger has no job \(id.text)") }
        return job
    }

    /// What a job would take, counted part by part: `next` is the `after` of the next part.
    private static func preview(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let order = try desk.jobOrder(request)
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

extension AdminDesk {
    /// As it is asked for, of things that there are.
    fileprivate func jobOrder(_ request: APIRequest) throws(Problem) -> JobOrder {
        let order = try request.jobOrder(now: clock.wall())
        let unknown = try read { reader throws(LedgerError) in try reader.unknownName(in: order.selection) }
        if let unknown { throw .badRequest(unknown) }
        return order
    }
}

extension APIParameter {
    static let jobOrder: [APIParameter] =
        [
            .init(
                "kind", .words(JobKind.allCases.map(\.text)),
                "New deliveries, dead ones again, or none any more of what waits; replay."),
            .init("event", .eventID, "These events.", repeats: true),
        ] + deliveryFilters + [
            .init("limit", .integer(1...1_000_000_000), "So many deliveries at most."),
            .init("rate", .formed("[1-9][0-9]{0,5}/[smh]", like: "20/s"), "So many deliveries in a time; 100/s."),
        ]
}

extension APIRequest {
    func job() throws(Problem) -> JobID {
        let text = segment("id")
        guard let id = JobID(text: text) else { throw .notFound("\(text) is no job's id") }
        return id
    }

    func jobOrder(now: WallTime) throws(Problem) -> JobOrder {
        let kind = try word("kind", \JobKind.text) ?? .replay
        var selection = try deliveryQuery()
        // The order is kept and worked off later, so it says itself how far it reaches.
        if let routes = holder.routes {
            if selection.route == nil, routes.count == 1 { selection.route = routes.first }
            guard let route = selection.route, holder.reaches(route) else {
                throw .badRequest("name a route; this token reaches " + routes.sorted().joined(separator: ", "))
            }
        }
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
            throw .badRequest("name events, or at least one filter, so that not everything is meant")
        }
        if kind == .retry {
            guard selection.state == nil || selection.state == .dead else {
                throw .badRequest("only dead deliveries are retried; leave state out")
            }
            selection.state = .dead
        }
        let isWaiting = selection.state == .pending || selection.state == .held
        if kind == .cancel {
            guard selection.state == nil || isWaiting else {
                throw .badRequest("only what is pending or held is cancelled; name one of these, or no state")
            }
        } else if isWaiting {
            throw .badRequest("what is pending is sent anyhow; name delivered or dead, or no state")
        }
        // What comes in later is not meant.
        selection.until = min(selection.until ?? now, now)
        let most = try text("limit") == nil ? .max : Int64(try number("limit", in: 1...1_000_000_000, standard: 1))
        return JobOrder(kind: kind, selection: selection, most: most, rate: try rate("rate", standard: Limits.jobRate))
    }
}

extension JobRow {
    static let shape = APIShape.named(
        "Job",
        .object([
            .member("id", .jobID), .member("kind", .words(JobKind.allCases.map(\.text))),
            .member("state", .words(JobState.allCases.map(\.text))), .member("selection", .text()),
            .member("limit", .optional(.text())), .member("rate", .text()), .member("done", .count),
            .member("skipped", .count), .member("reached", .optional(.time)), .member("startedAt", .time),
            .member("endedAt", .optional(.time)), .member("actor", .text()), .member("reason", .optional(.text())),
        ]))

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
