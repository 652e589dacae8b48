internal import Crypto
package import Domain
internal import Telemetry

extension JSONWriter {
    /// Bytes of any kind: always as base64, and as text where they are text of no more than `Limits.bodyBytes`, so that an
    /// answer stays within a small multiple of its body.
    ///
    /// - Parameter most: how many of them are shown; `size` counts all.
    package mutating func body(_ bytes: [UInt8], most: Int = .max) {
        let shown = bytes.count > most ? Array(bytes.prefix(most)) : bytes
        object { json in
            json.member("size", bytes.count)
            json.member("base64", Base64.encode(shown))
            let isShort = shown.count <= Limits.bodyBytes
            json.member("text", isShort ? String(validating: shown, as: UTF8.self) : nil)
        }
    }

    /// Bytes that are text in all but malice: what is no UTF-8 shows as U+FFFD.
    package mutating func member(_ name: String, _ value: Bytes?) { member(name, value?.text) }

    /// RFC 3339, UTC, microseconds.
    package mutating func member(_ name: String, _ value: WallTime?) { member(name, value?.rfc3339) }

    /// Milliseconds with three places.
    package mutating func member(_ name: String, milliseconds span: TimeSpan) {
        key(name)
        let rest = String(abs(span.microseconds % 1000))
        number("\(span.microseconds / 1000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest)
    }
}
