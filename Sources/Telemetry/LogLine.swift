package import Domain
internal import Glibc

/// One line in the making: JSON (RFC 8259) or `key=value` text. Values are escaped so that nothing from outside can
/// end a line or reach a terminal as a control sequence.
package struct LogLine {
    private var bytes: [UInt8] = []
    private let format: Log.Format

    init(format: Log.Format, at time: WallTime, level: Log.Level, event: StaticString) {
        self.format = format
        bytes.reserveCapacity(256)
        switch format {
        case .json:
            raw("{\"time\":\"")
            raw(time.rfc3339)
            raw("\",\"level\":\"")
            raw(level.text)
            raw("\",\"event\":\"")
            raw(event)
            raw("\"")
        case .text:
            raw(time.rfc3339)
            raw(" ")
            raw(level.text)
            raw(" ")
            raw(event)
        }
    }

    package mutating func add(_ key: StaticString, _ value: some BinaryInteger) {
        begin(key)
        raw(String(value))
    }

    package mutating func add(_ key: StaticString, _ value: Bool) {
        begin(key)
        raw(value ? "true" as StaticString : "false")
    }

    /// Milliseconds with three places.
    package mutating func add(_ key: StaticString, milliseconds span: TimeSpan) {
        begin(key)
        let micro = span.microseconds
        raw("\(micro / 1000).")
        let rest = String(abs(micro % 1000))
        raw(String(repeating: "0", count: 3 - rest.utf8.count) + rest)
    }

    package mutating func add(_ key: StaticString, _ value: String) {
        var value = value
        value.withUTF8 { add(key, UnsafeRawBufferPointer($0)) }
    }

    package mutating func add(_ key: StaticString, list: [String]) {
        guard format == .json else { return add(key, list.joined(separator: ",")) }
        begin(key)
        raw("[")
        for (place, value) in list.enumerated() {
            if place > 0 { raw(",") }
            var value = value
            value.withUTF8 { quote(UnsafeRawBufferPointer($0)) }
        }
        raw("]")
    }

    /// Text from outside; bytes that are no printable ASCII are escaped.
    package mutating func add(_ key: StaticString, _ value: UnsafeRawBufferPointer) {
        begin(key)
        quote(value)
    }

    private mutating func quote(_ value: UnsafeRawBufferPointer) {
        bytes.append(UInt8(ascii: "\""))
        for byte in value {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x20..<0x7f: bytes.append(byte)
            default:
                raw("\\u00")
                bytes.append(Self.hex[Int(byte >> 4)])
                bytes.append(Self.hex[Int(byte & 15)])
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    consuming func end() -> [UInt8] {
        raw(format == .json ? "}\n" as StaticString : "\n")
        return bytes
    }

    private static let hex = Array("0123456789abcdef".utf8)

    private mutating func begin(_ key: StaticString) {
        switch format {
        case .json:
            raw(",\"")
            raw(key)
            raw("\":")
        case .text:
            raw(" ")
            raw(key)
            raw("=")
        }
    }

    private mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
