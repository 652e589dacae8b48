internal import Domain

/// Reads digits and fixed characters from the front.
private struct Cursor {
    var rest: ArraySlice<UInt8>

    mutating func number(_ digits: Int) -> Int? {
        guard rest.count >= digits else { return nil }
        var value = 0
        for digit in rest.prefix(digits) {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        rest = rest.dropFirst(digits)
        return value
    }

    mutating func take(_ characters: StaticString) -> UInt8? {
        guard let first = rest.first, characters.withUTF8Buffer({ $0.contains(first) }) else { return nil }
        rest = rest.dropFirst()
        return first
    }

    mutating func word(_ length: Int) -> String? {
        guard rest.count >= length else { return nil }
        defer { rest = rest.dropFirst(length) }
        return String(decoding: rest.prefix(length), as: UTF8.self)
    }
}

/// A date alone, or with a time and an offset.
func isDate(_ text: [UInt8]) -> Bool {
    readRFC3339(text) != nil || readRFC3339(text + Array("T00:00:00Z".utf8)) != nil
}

func readRFC3339(_ text: [UInt8]) -> WallTime? {
    var cursor = Cursor(rest: text[...])
    guard let year = cursor.number(4), cursor.take("-") != nil, let month = cursor.number(2), cursor.take("-") != nil,
        let day = cursor.number(2), cursor.take("Tt ") != nil, let hour = cursor.number(2), cursor.take(":") != nil,
        let minute = cursor.number(2), cursor.take(":") != nil, let second = cursor.number(2)
    else { return nil }
    var microseconds = 0
    if cursor.take(".") != nil {
        var scale = 100_000
        var any = false
        while let digit = cursor.number(1) {
            microseconds += digit * scale
            scale /= 10
            any = true
        }
        guard any else { return nil }
    }
    var offset = 0
    switch cursor.take("Zz+-") {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"): break
    case let sign?:
        guard let hours = cursor.number(2) else { return nil }
        _ = cursor.take(":")
        guard let minutes = cursor.number(2), hours < 24, minutes < 60 else { return nil }
        offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
    case nil: return nil
    }
    guard cursor.rest.isEmpty, let seconds = seconds(year, month, day, hour, minute, second) else { return nil }
    return WallTime(microseconds: (seconds - Int64(offset) * 60) * 1_000_000 + Int64(microseconds))
}

func readHTTPDate(_ text: [UInt8]) -> WallTime? {
    var cursor = Cursor(rest: text[...])
    guard let weekday = cursor.word(3), ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(weekday),
        cursor.word(2) == ", ", let day = cursor.number(2), cursor.take(" ") != nil, let name = cursor.word(3),
        let month = monthNames.firstIndex(of: name), cursor.take(" ") != nil, let year = cursor.number(4),
        cursor.take(" ") != nil, let hour = cursor.number(2), cursor.take(":") != nil, let minute = cursor.number(2),
        cursor.take(":") != nil, let second = cursor.number(2), cursor.word(4) == " GMT", cursor.rest.isEmpty
    else { return nil }
    return seconds(year, month + 1, day, hour, minute, second).map { WallTime(seconds: $0) }
}

/// Seconds since 1970 of a date of the Gregorian calendar; nil when there is no such moment.
private func seconds(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int) -> Int64? {
    let leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
    let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard year >= 1970, (1...12).contains(month), (1...lengths[month - 1]).contains(day), hour < 24, minute < 60,
        second <= 60
    else { return nil }
    let years = year - 1
    let daysBefore = years * 365 + years / 4 - years / 100 + years / 400 - 719_162
    let days = daysBefore + lengths[..<(month - 1)].reduce(0, +) + day - 1
    return Int64(days) * 86400 + Int64(hour * 3600 + minute * 60 + second)
}

/// Year, month, day, hour, minute, second in UTC.
private func parts(_ time: WallTime) -> [Int] {
    let days = Int(time.seconds / 86400)
    let second = Int(time.seconds % 86400)
    // Eras of 400 years that begin in March (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let calendarMonth = month < 10 ? month + 3 : month - 9
    return [
        yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0), calendarMonth, dayOfYear - (153 * month + 2) / 5 + 1,
        second / 3600, second / 60 % 60, second % 60,
    ]
}

private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

extension TimeFormat {
    /// As a provider writes it.
    func text(_ time: WallTime) -> String {
        let parts = parts(time)
        let clock = "\(padded(parts[3])):\(padded(parts[4])):\(padded(parts[5]))"
        switch self {
        case .unix, .unixAny: return String(time.seconds)
        case .unixMilliseconds: return String(time.milliseconds)
        case .rfc3339: return "\(parts[0])-\(padded(parts[1]))-\(padded(parts[2]))T\(clock)Z"
        case .httpDate:
            let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int(time.seconds / 86400 % 7)]
            return "\(weekday), \(padded(parts[2])) \(monthNames[parts[1] - 1]) \(parts[0]) \(clock) GMT"
        }
    }
}

private let monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
