internal import Domain
internal import Telemetry
internal import Wire

/// What probes and dashboards ask for.
enum Health {
    static let endpoints = [
        APIEndpoint(
            "GET", "/healthz", .anyone, summary: "Whether the process lives", takes: [],
            gives: [.json(.object([.member("status", .words(["alive"]))]))]
        ) { request, _ in
            Response(json: .ok) { json in json.object { $0.member("status", "alive") } }
        },
        APIEndpoint(
            "GET", "/readyz", .anyone, summary: "Whether events are taken", takes: [],
            gives: [.json(AdminState.Readiness.shape), .json(AdminState.Readiness.shape, status: .serviceUnavailable)]
        ) { request, desk in
            let readiness = desk.state.readiness()
            return Response(json: readiness.isReady ? .ok : .serviceUnavailable) { readiness.write(to: &$0) }
        },
        APIEndpoint(
            "GET", "/metrics", .anyone, summary: "Figures for Prometheus", takes: [],
            gives: [.other("text/plain; version=0.0.4; charset=utf-8")]
        ) { request, desk in
            Response(
                .ok, contentType: "text/plain; version=0.0.4; charset=utf-8", body: Bytes(desk.metrics.text()),
                fields: Response.apiFields)
        },
    ]
}

extension AdminState.Readiness {
    static let shape = APIShape.named(
        "Readiness",
        .object([
            .member("ready", .flag), .member("ledger", .words(["writable", "not writable"])),
            .member("routes", .count, "How many are loaded."), .member("draining", .flag),
            .member(
                "unavailable", .list(of: .object([.member("route", .text()), .member("reason", .text())])),
                "Routes that answer 503: for want of a secret, or by an operator's order."),
        ]))

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("ready", isReady)
            json.member("ledger", isLedgerWritable ? "writable" : "not writable")
            json.member("routes", routes)
            json.member("draining", isDraining)
            json.key("unavailable")
            json.array(of: unavailable) { json, one in
                json.object { json in
                    json.member("route", one.route)
                    json.member("reason", one.reason)
                }
            }
        }
    }
}
