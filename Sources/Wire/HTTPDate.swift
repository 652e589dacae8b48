package import Domain

/// The `Date` line of an answer (RFC 9110 sections 5.6.7 and 6.6.1), kept as bytes for the second it names.
package struct HTTPDate: Sendable {
    package let seconds: Int64
    private let line: InlineArray<37, UInt8>

    package init(_ time: WallTime) {
        seconds = time.seconds
        let days = Self.floorDivide(seconds, 86_400)
        let clock = Int(seconds - days * 86_400)
        let (year, month, day) = Self.civil(days: days)
        let text = Array(
            """
            Date: \(Self.weekdays[Int((days % 7 + 11) % 7)]), \(Self.two(day)) \(Self.months[month - 1]) \(Self.four(year)) \
            \(Self.two(clock / 3600)):\(Self.two(clock / 60 % 60)):\(Self.two(clock % 60)) GMT\r\n
            """.utf8)
        line = InlineArray { text[$0] }
    }

    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) { line.span.withUnsafeBytes(body) }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    package var text: String {
        var text = ""
        withBytes { text = String(decoding: $0[6..<35], as: UTF8.self) }
        return text
    }

    /// 1970-01-01 was a Thursday.
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    private static func four(_ number: Int) -> String {
        String(repeating: "0", count: max(0, 4 - "\(number)".utf8.count)) + "\(number)"
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { (a - ((a % b) + b) % b) / b }

    /// The proleptic Gregorian date of a day counted from 1970-01-01; eras of 400 years, years that begin in March
    /// (https://howardhinnant.github.io/date_algorithms.html#civil_from_days).
    private static func civil(days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (
            Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), Int(month),
            Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
        )
    }
}
