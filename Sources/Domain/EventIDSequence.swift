/// Gives event ids that grow with time and never repeat: 42 bits of milliseconds since 1970 (until the year 2109),
/// 8 bits of node (several gateways on one ledger), 13 bits of sequence. Owned by the one who writes the ledger.
package struct EventIDSequence {
    private let node: Int64
    private var millisecond: Int64
    private var sequence: Int64

    private static let sequenceBits: Int64 = 13
    private static let nodeBits: Int64 = 8

    /// - Parameters:
    ///   - node: unique among the gateways of one ledger.
    ///   - last: the greatest id already in the ledger, so that a clock set back cannot repeat one.
    package init(node: UInt8 = 0, after last: EventID = EventID(0)) {
        self.node = Int64(node)
        millisecond = last.raw >> (Self.sequenceBits + Self.nodeBits)
        sequence = last.raw & (1 << Self.sequenceBits - 1)
    }

    package mutating func next(at now: WallTime) -> EventID {
        if now.milliseconds > millisecond {
            (millisecond, sequence) = (now.milliseconds, 0)
        } else if sequence < 1 << Self.sequenceBits - 1 {
            sequence += 1
        } else {
            (millisecond, sequence) = (millisecond + 1, 0)
        }
        return EventID((millisecond << Self.nodeBits | node) << Self.sequenceBits | sequence)
    }
}

extension ID where Of == Event {
    /// No event that was given its id at `time` or later has a smaller one. Times that no id can hold are the nearest that
    /// one can.
    package static func first(at time: WallTime) -> EventID {
        EventID(min(max(time.milliseconds, 0), 1 << 42 - 1) << 21)
    }

    /// When the id was given, to the millisecond; later than the clock's time if the clock had been set back.
    package var time: WallTime { WallTime(microseconds: (raw >> 21) * 1000) }
}
