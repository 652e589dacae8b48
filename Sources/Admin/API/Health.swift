internal import Domain
internal import Telemetry
internal import Wire

/// What probes and dashboards ask for.
enum Health {
    static let endpoints = [
        APIEndpoint("GET", "/healthz", .anyone) { request, _ in
            Response(json: .ok) { json in json.object { $0.member("status", "alive") } }
        },
        APIEndpoint("GET", "/readyz", .anyone) { request, desk in
            let readiness = desk.state.readiness()
            return Response(json: readiness.isReady ? .ok : .serviceUnavailable) { readiness.write(to: &$0) }
        },
        APIEndpoint("GET", "/metrics", .anyone) { request, desk in
            Response(
                .ok, contentType: "text/plain; version=0.0.4; charset=utf-8", body: Bytes(desk.metrics.text()),
                fields: Response.apiFields)
        },
    ]
}

extension AdminState.Readiness {
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
