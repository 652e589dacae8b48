package import Domain
internal import Glibc

extension WallTime {
    /// RFC 3339 in UTC with microseconds, `2026-01-01T00:00:00.000000Z`. Written in place: every log line and every event
    /// has one.
    package var rfc3339: String {
        var seconds = time_t(seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return String(unsafeUninitializedCapacity: 27) { text in
            var place = 0
            func add(_ number: Int, digits: Int, then separator: Character) {
                var rest = number.magnitude  // before 1970 nonsense, not a trap
                for digit in (place..<place + digits).reversed() {
                    text[digit] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
                place += digits
                text[place] = separator.asciiValue ?? 0
                place += 1
            }
            add(Int(parts.tm_year) + 1900, digits: 4, then: "-")
            add(Int(parts.tm_mon) + 1, digits: 2, then: "-")
            add(Int(parts.tm_mday), digits: 2, then: "T")
            add(Int(parts.tm_hour), digits: 2, then: ":")
            add(Int(parts.tm_min), digits: 2, then: ":")
            add(Int(parts.tm_sec), digits: 2, then: ".")
            add(Int(microseconds - self.seconds * 1_000_000), digits: 6, then: "Z")
            return place
        }
    }
}
