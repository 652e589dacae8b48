package import Domain

/// How quantities are written in route files and flags: a whole number and a unit, no space, no fraction.
package enum Quantity {
    /// `250ms`, `5s`, `2m`, `1h`, `1d`; nil when it is none, or beyond what a `TimeSpan` holds.
    package static func duration(_ text: String) -> TimeSpan? {
        guard let (count, unit) = split(text), let scale = durations.first(where: { $0.unit == unit })?.microseconds
        else {
            return nil
        }
        let (value, overflow) = Int64(count).multipliedReportingOverflow(by: scale)
        return overflow ? nil : TimeSpan(microseconds: value)
    }

    /// `512`, `512B`, `64KB` (1000), `1MiB` (1024²), up to `GiB`; units in any case.
    package static func bytes(_ text: String) -> Int? {
        guard let (count, unit) = split(text),
            let scale = unit.isEmpty ? 1 : sizes.first(where: { $0.unit == unit.lowercased() })?.bytes
        else { return nil }
        let (value, overflow) = count.multipliedReportingOverflow(by: scale)
        return overflow ? nil : value
    }

    /// `100/s`, `600/m`, `5000/h`; at least one.
    package static func rate(_ text: String) -> Rate? {
        guard let (count, unit) = split(text), count > 0, unit.first == "/",
            let scale = durations.first(where: { $0.unit == unit.dropFirst() })?.microseconds,
            (1_000_000...3_600_000_000).contains(scale)
        else { return nil }
        return Rate(count: count, per: TimeSpan(microseconds: scale))
    }

    /// In the largest unit that divides it: `90s`, `2m`.
    package static func text(_ span: TimeSpan) -> String {
        let fitting = durations.last {
            span.microseconds % $0.microseconds == 0 && span.microseconds >= $0.microseconds
        }
        guard let fitting else { return "\(span.milliseconds)ms" }
        return "\(span.microseconds / fitting.microseconds)\(fitting.unit)"
    }

    /// In the largest binary unit that divides it: `64KiB`.
    package static func text(bytes: Int) -> String {
        for (unit, scale) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes >= scale {
            if bytes % scale == 0 { return "\(bytes / scale)\(unit)" }
        }
        return "\(bytes)B"
    }

    private static let durations: [(unit: String, microseconds: Int64)] = [
        ("ms", 1000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000),
    ]

    private static let sizes: [(unit: String, bytes: Int)] = [
        ("b", 1), ("kb", 1000), ("mb", 1_000_000), ("gb", 1_000_000_000),
        ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30),
    ]

    private static func split(_ text: String) -> (count: Int, unit: String)? {
        let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let count = Int(Substring(digits)) else { return nil }
        return (count, String(text[digits.endIndex...]))
    }
}
