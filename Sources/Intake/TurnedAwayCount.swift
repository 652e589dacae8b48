internal import Domain
internal import Net
internal import Server
internal import Telemetry

/// Counts what came to nothing before a route could judge it, and writes a line about each reason now and then: strangers
/// decide how often it happens.
struct TurnedAwayCount {
    private var quiet: [TurnedAway: Quiet] = [:]
    private let counters: [TurnedAway: Counter]
    private let log: Log

    private struct Quiet {
        let until: MonotonicTime
        var suppressed = 0
    }

    init(_ metrics: Metrics, log: Log) {
        self.log = log
        counters = Dictionary(
            uniqueKeysWithValues: TurnedAway.allCases.map { reason in
                let counter = metrics.counter(
                    "headgate_turned_away_total",
                    "Requests and connections that came to nothing before a route could judge them.",
                    [("reason", reason.name)])
                return (reason, counter)
            })
    }

    /// - Parameter path: for a line that helps; it is a stranger's text.
    mutating func note(
        _ reason: TurnedAway, from peer: Peer?, path: UnsafeRawBufferPointer? = nil, at now: MonotonicTime
    ) {
        counters[reason]?.add()
        if let known = quiet[reason], now < known.until {
            quiet[reason]?.suppressed += 1
            return
        }
        let suppressed = quiet[reason]?.suppressed ?? 0
        quiet[reason] = Quiet(until: now + Limits.turnedAwayInterval)
        log.write(.warning, "turned away") { line in
            line.add("reason", reason.name)
            if let peer { line.add("source", peer.address.text) }
            if let path { line.add("path", UnsafeRawBufferPointer(rebasing: path.prefix(Limits.pathBytes))) }
            if suppressed > 0 { line.add("suppressed", suppressed) }
        }
    }
}
