internal import Routes
internal import Telemetry
internal import Wire

/// What a request of one route is answered and counted by once the ledger has spoken: the part of a route that travels
/// through the ledger's thread with the event.
final class RouteAnswers: Sendable {
    let name: String
    let acknowledgement: Response
    let accepted: Counter
    let duplicate: Counter
    /// Accepted, with an id that was seen before with another body.
    let conflict: Counter
    /// The ledger could not take it, or too much waited.
    let unavailable: Counter

    init(_ config: RouteConfig, _ metrics: Metrics) {
        name = config.name
        acknowledgement = Response(config.ack)
        accepted = Self.counter(metrics, config.name, "accepted")
        duplicate = Self.counter(metrics, config.name, "duplicate")
        conflict = Self.counter(metrics, config.name, "conflict")
        unavailable = Self.counter(metrics, config.name, "unavailable")
    }

    /// `result` is one of the above, or the class of a refusal.
    static func counter(_ metrics: Metrics, _ route: String, _ result: String) -> Counter {
        metrics.counter(
            "headgate_events_total", "Requests on a route, by what became of them.",
            [("route", route), ("result", result)])
    }
}

extension Response {
    init(_ answer: RouteConfig.Ack) {
        self.init(
            Status(answer.status) ?? .internalServerError, contentType: answer.type.isEmpty ? nil : answer.type,
            body: answer.body)
    }
}
