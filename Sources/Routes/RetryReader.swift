internal import Config
internal import Domain

extension RouteReader {
    /// - Parameter standard: what counts where the object says nothing: the route's, for a subscriber.
    mutating func retryPolicy(_ node: ConfigNode?, over standard: RetryPolicy) -> RetryPolicy {
        let keys = ["schedule", "jitter", "timeout", "connectTimeout", "permanent"]
        guard let node, let object = node.object(keys: keys, into: &diagnostics) else { return standard }
        var policy = standard
        if let steps = object["schedule"] { policy.schedule = schedule(steps) }
        if let share = object["jitter"]?.fraction(in: 0...1, into: &diagnostics) { policy.jitter = share }
        let times = Limits.attemptTimeLeast...Limits.attemptTimeMost
        if let whole = object["timeout"]?.duration(in: times, into: &diagnostics) { policy.timeout = whole }
        if let dial = object["connectTimeout"]?.duration(in: times, into: &diagnostics) {
            policy.connectTimeout = dial
            if dial > policy.timeout, let place = object["connectTimeout"] {
                diagnostics.report(
                    place.error(
                        "is longer than the whole attempt may take, \(Quantity.text(policy.timeout))",
                        cure: "make timeout longer, or this shorter"))
            }
        } else {
            policy.connectTimeout = min(policy.connectTimeout, policy.timeout)
        }
        if let statuses = object["permanent"] {
            policy.permanent = Set(
                statuses.elements.compactMap { $0.int(in: 300...599, into: &diagnostics).map(Int32.init) })
        }
        return policy
    }

    /// An empty list is one attempt and no more.
    private mutating func schedule(_ node: ConfigNode) -> [TimeSpan] {
        let steps = node.elements
        guard steps.count <= Limits.scheduleSteps else {
            diagnostics.report(
                node.error("more than \(Limits.scheduleSteps) steps", cure: "wait longer between the later ones"))
            return []
        }
        return steps.compactMap { $0.duration(in: .zero...Limits.retryStepMost, into: &diagnostics) }
    }
}
