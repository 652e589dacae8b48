package import Domain

/// How long each stage of a connection may take. Totals, not gaps between reads: a client that sends a byte now and then
/// gets no more time than one that sends nothing.
package struct ConnectionTimes: Sendable {
    /// From the first byte of a head to its last; on a fresh connection from its start.
    package var head = Limits.headTime
    /// For a whole body or answer, plus one second for each `rate` bytes of it that went through.
    package var body = Limits.bodyTime
    package var write = Limits.writeTime
    package var rate = Limits.bodyRate
    /// Between an answer and the next request.
    package var idle = Limits.idleTime
    package var linger = Limits.lingerTime

    package init() {}

    func allowance(_ base: TimeSpan, for bytes: Int) -> TimeSpan {
        TimeSpan(microseconds: base.microseconds + Int64(bytes) * 1_000_000 / Int64(rate))
    }
}
