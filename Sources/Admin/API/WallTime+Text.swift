package import Domain
internal import Glibc

extension WallTime {
    /// Nil beyond what microseconds can hold.
    package init?(unix seconds: Int64) {
        guard (0...9_000_000_000_000).contains(seconds) else { return nil }
        self.init(seconds: seconds)
    }

    /// A date and time with an offset (RFC 3339 section 5.6); one before 1970 counts as 1970, and digits beyond microseconds
    /// do not count.
    package init?(rfc3339 text: String) {
        let form = /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))/
            .asciiOnlyDigits()
        guard let found = text.wholeMatch(of: form)?.output else { return nil }
        func number(_ digits: Substring?) -> Int32 { digits.flatMap { Int32($0) } ?? 0 }
        var date = tm()
        (date.tm_year, date.tm_mon, date.tm_mday) = (number(found.1) - 1900, number(found.2) - 1, number(found.3))
        (date.tm_hour, date.tm_min, date.tm_sec) = (number(found.4), number(found.5), number(found.6))
        guard date.tm_hour < 24, date.tm_min < 60, date.tm_sec < 60 else { return nil }
        let (month, day) = (date.tm_mon, date.tm_mday)
        let local = Int64(timegm(&date))
        // timegm makes 2 March of 30 February: what it changed was no date.
        guard date.tm_mon == month, date.tm_mday == day else { return nil }
        let east = Int64(number(found.9) * 3600 + number(found.10) * 60) * (found.8 == "-" ? -1 : 1)
        let micro = found.7.map { $0.prefix(6) + String(repeating: "0", count: max(0, 6 - $0.count)) }
        self.init(microseconds: max(0, (local - east) * 1_000_000 + (micro.flatMap { Int64($0) } ?? 0)))
    }
}
