internal import Admin
internal import Config
internal import Domain
internal import Net

extension Invocation {
    /// A time, a day, which begins at midnight UTC, or how long ago.
    ///
    /// - Parameter now: what is counted back from.
    func moment(_ flag: String, before now: WallTime = SystemClock().wall()) throws -> WallTime? {
        guard let value = values.one(flag) else { return nil }
        if let ago = Quantity.duration(value.text) {
            return WallTime(microseconds: now.microseconds - ago.microseconds)
        }
        let time =
            WallTime(rfc3339: value.text) ?? WallTime(rfc3339: value.text + "T00:00:00Z")
            ?? Int64(value.text).flatMap { WallTime(unix: $0) }
        guard let time else {
            throw refusal(
                value, "is no time such as 2026-01-31T09:30:00Z or 2026-01-31, and no length of time such as 3d")
        }
        return time
    }
}
