import Domain

@testable import Signatures

extension FuzzTarget {
    /// A timestamp as a provider writes it.
    ///
    /// Every format that reads it reads a moment that it can write itself, and reads that as the same moment; digits are read
    /// by value.
    static let dates = FuzzTarget(name: "dates") { input throws(Violation) in
        for format in TimeFormat.allCases {
            guard let (time, unit) = format.read(input) else { continue }
            // Offsets lead out of what can be written; no window reaches there.
            guard format != .rfc3339 || (0..<253_402_300_800).contains(time.seconds) else { continue }
            let whole = WallTime(microseconds: time.microseconds / 1_000_000 * 1_000_000)
            let written = format.text(time)
            guard let again = format.read(Array(written.utf8))?.time else {
                throw Violation(description: "\(text(input)) as \(format) is \(written), which cannot be read")
            }
            let expected = format == .unixMilliseconds ? time : whole
            // Which of the two it is depends on the number of digits.
            if format != .unixAny { try hold(again == expected, "\(text(input)) as \(format) is \(written): \(again)") }
            if format == .unix { try hold(time.seconds == Int64(text(input)), "\(text(input)) is \(time.seconds)") }
            try hold([1, 1000, 1_000_000].contains(unit), "a unit of \(unit)")
        }
    }
}
