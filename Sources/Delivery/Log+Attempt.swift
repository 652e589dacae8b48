internal import Domain
internal import Ledgers
internal import Routes
internal import Telemetry

extension Log {
    /// One line for each send.
    ///
    /// - Parameter reason: of a failure: which certificate is wrong, say.
    func report(
        _ attempt: Attempt, of delivery: ClaimedDelivery, _ verdict: Verdict, by lane: LaneConfig, reason: String?
    ) {
        write(attempt.outcome == .ok ? .info : .warning, "attempt") { line in
            line.add("route", lane.route)
            line.add("subscriber", lane.subscriber.name)
            line.add("id", delivery.id.event.text)
            line.add("delivery", delivery.id.text)
            line.add("attempt", attempt.number)
            line.add("outcome", attempt.outcome.text)
            line.add("status", attempt.status)
            line.add("took", milliseconds: attempt.took)
            if let reason { line.add("reason", reason) }
            switch verdict {
            case .delivered: line.add("state", DeliveryState.delivered.text)
            case .dead, .deadAndStop: line.add("state", DeliveryState.dead.text)
            case .again: line.add("retry_in", milliseconds: .zero)
            case .retry(let after): line.add("retry_in", milliseconds: after)
            }
        }
    }
}
