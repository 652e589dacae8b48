internal import Domain

/// How old and how new a request may be by its own timestamp.
struct TimeWindow: Sendable {
    let value: Template
    let format: TimeFormat
    /// Zero: not bound.
    let tolerance: TimeSpan
    let future: TimeSpan
    /// Whether `future` bounds; it does not when both are zero.
    var isOff: Bool { tolerance == .zero && future == .zero }

    func check(_ evaluation: inout Evaluation) throws(Verification.Refusal) {
        guard let text = try evaluation.text(of: value) else { throw .fieldMissing }
        guard let (time, unit) = format.read(text) else { throw .timeMalformed }
        if isOff { return }
        // A stamp in whole seconds is compared in whole seconds, as its sender's clock showed them.
        let now = WallTime(microseconds: evaluation.now.microseconds / unit * unit)
        if time <= now, tolerance != .zero {
            evaluation.lateness = Double((now - time).microseconds) / Double(tolerance.microseconds)
        } else if time > now, future != .zero {
            evaluation.lateness = Double((time - now).microseconds) / Double(future.microseconds)
        }
        if tolerance != .zero, now - time > tolerance { throw .timeStale }
        if time - now > future { throw .timeFuture }
    }
}

enum TimeFormat: String, Sendable, CaseIterable {
    case unix
    case unixMilliseconds = "unix-ms"
    /// Seconds, or milliseconds from 12 digits on.
    case unixAny = "unix-any"
    /// RFC 3339; a space for the T and an offset without colon are read too.
    case rfc3339
    /// IMF-fixdate (RFC 9110 section 5.6.7).
    case httpDate = "http-date"

    /// The time and the microseconds of its unit; nil when the text is not exactly of this format.
    func read(_ text: [UInt8]) -> (time: WallTime, unit: Int64)? {
        switch self {
        case .unix:
            return digits(text, most: 12).map { (WallTime(seconds: $0), 1_000_000) }
        case .unixMilliseconds:
            return digits(text, most: 15).map { (WallTime(microseconds: $0 * 1000), 1000) }
        case .unixAny:
            return (text.count < 12 ? TimeFormat.unix : .unixMilliseconds).read(text)
        case .rfc3339: return readRFC3339(text).map { ($0, 1) }
        case .httpDate: return readHTTPDate(text).map { ($0, 1_000_000) }
        }
    }

    /// Digits and nothing else: no sign, no space, no other script's digits.
    private func digits(_ text: [UInt8], most: Int) -> Int64? {
        guard (1...most).contains(text.count), text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}
