package import Domain

extension Connection {
    /// When `timePassed` has something to do. May move with every event: ask when the armed timer fires rather than at each
    /// change, and re-arm only when it moved nearer. Nil while the handler works: its own bounds hold then.
    package var deadline: MonotonicTime? {
        if let blocked { return blocked.since + times.allowance(times.write, for: blocked.bytes) }
        switch state {
        case .head: return stageStart + (headBegan || isFresh ? times.head : times.idle)
        case .body(let reader): return stageStart + times.allowance(times.body, for: reader.received)
        case .lingering: return stageStart + times.linger
        case .admission, .request, .answering, .refused, .ending, .closed: return nil
        }
    }

    /// - Returns: true when `next` has something new to say.
    package mutating func timePassed(at now: MonotonicTime) -> Bool {
        guard let deadline, deadline <= now else { return false }
        switch state {
        case _ where blocked != nil: state = .closed
        case .head where headBegan: refuse(.headTooSlow, at: now)
        case .body: refuse(.bodyTooSlow, at: now)
        case .head, .lingering, .admission, .request, .answering, .refused, .ending, .closed: state = .closed
        }
        return true
    }
}
