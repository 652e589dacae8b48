package import Telemetry
internal import Domain

/// `headgate_events_total{route,result}`: what became of the requests of one route.
struct IntakeCounters {
    let accepted: Counter
    let duplicate: Counter
    let conflict: Counter
    /// The ledger could not take it, or too much waited.
    let unavailable: Counter
    private let metrics: Metrics
    private let route: String
    /// Reasons are few and come up late: each counter is made when first needed.
    private var refused: [String: Counter] = [:]

    init(_ metrics: Metrics, route: String) {
        self.metrics = metrics
        self.route = route
        accepted = Self.make(metrics, route, "accepted")
        duplicate = Self.make(metrics, route, "duplicate")
        conflict = Self.make(metrics, route, "conflict")
        unavailable = Self.make(metrics, route, "unavailable")
    }

    mutating func refuse(_ reason: String) {
        if let counter = refused[reason] { return counter.add() }
        let counter = Self.make(metrics, route, reason)
        refused[reason] = counter
        counter.add()
    }

    private static func make(_ metrics: Metrics, _ route: String, _ result: String) -> Counter {
        metrics.counter(
            "headgate_events_total", "Requests on a route, by what became of them.",
            [("route", route), ("result", result)])
    }
}
