/// A moment of the calendar, in microseconds since 1970 UTC: what the ledger keeps and what providers sign.
package struct WallTime: Hashable, Sendable, Comparable {
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
    package init(seconds: Int64) { microseconds = seconds * 1_000_000 }

    package var seconds: Int64 { microseconds / 1_000_000 }
    package var milliseconds: Int64 { microseconds / 1000 }

    package static func < (a: WallTime, b: WallTime) -> Bool { a.microseconds < b.microseconds }
    package static func + (time: WallTime, span: TimeSpan) -> WallTime {
        WallTime(microseconds: time.microseconds.addingReportingOverflow(span.microseconds).partialValue)
    }
    package static func - (a: WallTime, b: WallTime) -> TimeSpan {
        TimeSpan(microseconds: a.microseconds - b.microseconds)
    }
}

/// A moment of the clock that never jumps, in nanoseconds since an arbitrary start: for timers and latencies.
package struct MonotonicTime: Hashable, Sendable, Comparable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (a: MonotonicTime, b: MonotonicTime) -> Bool { a.nanoseconds < b.nanoseconds }
    package static func + (time: MonotonicTime, span: TimeSpan) -> MonotonicTime {
        MonotonicTime(nanoseconds: time.nanoseconds + span.microseconds * 1000)
    }
    package static func - (a: MonotonicTime, b: MonotonicTime) -> TimeSpan {
        TimeSpan(microseconds: (a.nanoseconds - b.nanoseconds) / 1000)
    }
}

/// A length of time, in microseconds.
package struct TimeSpan: Hashable, Sendable, Comparable {
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
    package static func milliseconds(_ count: Int64) -> TimeSpan { TimeSpan(microseconds: count * 1000) }
    package static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(microseconds: count * 1_000_000) }
    package static let zero = TimeSpan(microseconds: 0)

    package var milliseconds: Int64 { microseconds / 1000 }
    package var inSeconds: Double { Double(microseconds) / 1e6 }

    package static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.microseconds < b.microseconds }
    package static func * (span: TimeSpan, factor: Double) -> TimeSpan {
        TimeSpan(microseconds: Int64((Double(span.microseconds) * factor).rounded()))
    }
}

/// Where time comes from. The system's clocks in production, a hand-moved clock in tests of pure machines.
package protocol Clock: Sendable {
    func wall() -> WallTime
    func monotonic() -> MonotonicTime
}
