import Domain

/// A clock by which nothing takes time: no timer rings, and a search ends only when it has found enough.
struct Stopped: Clock {
    func wall() -> WallTime { WallTime(seconds: 0) }
    func monotonic() -> MonotonicTime { MonotonicTime(nanoseconds: 0) }
}
