internal import Domain

/// Ways through the events, each from the end of the last one, and now and then from the first event that was left because
/// it is not sent yet.
struct RetentionSweep {
    /// Up to here all is gone that may go.
    private(set) var start: EventID
    /// Up to here all went that could when the last sweep came by.
    private(set) var swept: EventID
    var place: EventID
    private(set) var end: EventID
    private var left: EventID?

    init(_ start: EventID) { (self.start, swept, place, end) = (start, start, start, start) }

    func beginning(isWhole: Bool) -> EventID { isWhole ? start : swept }

    mutating func begin(to end: EventID, isWhole: Bool) {
        if isWhole { left = nil }
        place = beginning(isWhole: isWhole)
        self.end = max(end, swept)
    }

    mutating func leave(_ event: EventID) { left = left ?? event }

    mutating func finish() {
        swept = end
        start = left.map { EventID($0.raw - 1) } ?? end
    }
}
