internal import Domain
internal import Ledgers
internal import Wire

/// Subscribers as the ledger knows them, also those that are gone from the routes.
enum SubscriberEndpoints {
    static let all = [
        APIEndpoint("GET", "/v1/subscribers", .token, list)
    ]

    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        try request.allowOnly([])
        let rows = try desk.read { reader throws(LedgerError) in try reader.subscribers() }
        return Response(json: .ok) { json in
            json.object { json in
                json.key("data")
                json.array(of: rows) { json, row in row.write(to: &json) }
                json.member("next", nil as String?)
            }
        }
    }
}

extension SubscriberRow {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("route", route)
            json.member("name", name)
            json.member("url", url)
            json.member("paused", paused)
            json.member("gone", isGone)
            json.key("deliveryCounts")
            json.object { json in
                for state in DeliveryState.allCases { json.member(state.text, deliveries[state] ?? 0) }
            }
        }
    }
}
