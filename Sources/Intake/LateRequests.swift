internal import Domain

/// Notices when a route's requests come late one after the other: a single one may be a provider's repeat.
struct LateRequests {
    private var count = 0

    /// - Parameter lateness: how much of its time window a request has used; 0 where there is none.
    /// - Returns: true once for each run of `Limits.lateRequests`.
    mutating func note(_ lateness: Double) -> Bool {
        guard lateness > Limits.lateShare else {
            count = 0
            return false
        }
        count += 1
        guard count >= Limits.lateRequests else { return false }
        count = 0
        return true
    }
}
