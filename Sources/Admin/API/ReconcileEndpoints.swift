internal import Domain
internal import Ledgers
internal import Wire

/// Whether what was received is what became of it.
enum ReconcileEndpoints {
    static let all = [
        APIEndpoint(
            "GET", "/v1/reconcile", .read, summary: "What became of a window's events, counted part by part",
            takes: [.route, .since, .until, .after(.eventID)], gives: [.json(Reconciliation.shape)], narrows: true,
            count)
    ]

    /// Counted part by part: `next` is the `after` of the next part.
    private static func count(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let (route, since) = (try request.text("route"), try request.time("since"))
        if let route { try desk.require(route, request.holder) }
        // What comes in while it is counted is not of the window.
        let until = min(try request.time("until") ?? desk.clock.wall(), desk.clock.wall())
        let after = try request.id("after", EventID.init(text:), like: "evt_…")
        let found = try desk.read { reader throws(LedgerError) in
            try reader.reconcile(
                route: route, within: request.holder.routes, since: since, until: until, after: after)
        }
        return Response(json: .ok) { found.write(to: &$0) }
    }
}

extension AdminDesk {
    /// Of a route that is misspelt everything would add up. One that the token does not reach is told from none.
    fileprivate func require(_ route: String, _ holder: Holder) throws(Problem) {
        let known = try read { reader throws(LedgerError) in try reader.routes() }
        guard known.contains(route), holder.reaches(route) else { throw .badRequest("there is no route \(route)") }
    }
}

extension Reconciliation {
    static let shape: APIShape = {
        func counts(_ names: [String], of members: [String]) -> APIShape {
            .list(of: .object(names.map { .member($0, .text()) } + members.map { .member($0, .count) }))
        }
        return .object([
            .member("routes", counts(["route"], of: ["events", "unmatched", "conflicts", "expected", "duplicates"])),
            .member(
                "subscribers",
                counts(
                    ["route", "subscriber"],
                    of: [
                        "received", "delivered", "pending", "held", "dead", "discarded", "cancelled", "filtered",
                        "duplicates", "replays",
                    ])),
            .member(
                "removedUntil", .optional(.time),
                "Retention removes events up to here, but for those that are not sent yet: they are not counted. In the first "
                    + "part."),
            .member("next", .optional(.eventID), "The `after` of the next part; null at the end."),
        ])
    }()

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("routes")
            json.array(of: routes.sorted { $0.key < $1.key }) { json, one in
                json.object { json in
                    json.member("route", one.key)
                    json.member("events", one.value.events)
                    json.member("unmatched", one.value.unmatched)
                    json.member("conflicts", one.value.conflicts)
                    json.member("expected", one.value.expected)
                    json.member("duplicates", one.value.duplicates)
                }
            }
            json.key("subscribers")
            let places = subscribers.sorted { ($0.key.route, $0.key.subscriber) < ($1.key.route, $1.key.subscriber) }
            json.array(of: places) { json, one in
                json.object { json in
                    json.member("route", one.key.route)
                    json.member("subscriber", one.key.subscriber)
                    json.member("received", one.value.received)
                    json.member("delivered", one.value.delivered)
                    json.member("pending", one.value.pending)
                    json.member("held", one.value.held)
                    json.member("dead", one.value.dead)
                    json.member("discarded", one.value.discarded)
                    json.member("cancelled", one.value.cancelled)
                    json.member("filtered", one.value.filtered)
                    json.member("duplicates", one.value.duplicates)
                    json.member("replays", one.value.replays)
                }
            }
            json.member("removedUntil", removedUntil)
            json.member("next", next?.text)
        }
    }
}
