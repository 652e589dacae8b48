/// Writes JSON (RFC 8259) straight into bytes. Everything that a terminal or a script in a page could obey is escaped, so
/// that text from outside stays text wherever a line of it is shown.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init() {}

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package mutating func object(_ members: (inout JSONWriter) -> Void) { nest("{", "}", members) }
    package mutating func array(_ elements: (inout JSONWriter) -> Void) { nest("[", "]", elements) }

    package mutating func array<Element>(
        of elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        array { json in
            for element in elements { write(&json, element) }
        }
    }

    /// The name of the member whose value is written next.
    package mutating func key(_ name: String) {
        begin()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ text: String) {
        begin()
        quote(text)
    }

    /// As it stands: `text` must be a JSON number.
    package mutating func number(_ text: String) { word(text) }
    package mutating func bool(_ value: Bool) { word(value ? "true" : "false") }
    package mutating func null() { word("null") }

    private mutating func word(_ text: String) {
        begin()
        bytes += text.utf8
    }

    private mutating func nest(
        _ opening: Unicode.Scalar, _ closing: Unicode.Scalar, _ inside: (inout JSONWriter) -> Void
    ) {
        begin()
        bytes.append(UInt8(ascii: opening))
        needsComma = false
        inside(&self)
        bytes.append(UInt8(ascii: closing))
        needsComma = true
    }

    private mutating func begin() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}

extension JSONWriter {
    package mutating func member(_ name: String, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    package mutating func member(_ name: String, _ value: (some BinaryInteger)?) {
        key(name)
        if let value { number(String(value)) } else { null() }
    }

    package mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }
}

extension JSONWriter {
    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars { put(scalar) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": bytes += #"\""#.utf8
        case "\\": bytes += #"\\"#.utf8
        case "\n": bytes += #"\n"#.utf8
        case "\r": bytes += #"\r"#.utf8
        case "\t": bytes += #"\t"#.utf8
        // `<` cannot end a script element of a page that carries this (HTML, "script data state").
        case "<": escape(0x3c)
        case " "..."~": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        case _ where scalar.isObeyed:
            for unit in UTF16.encode(scalar) ?? UTF16.EncodedScalar() { escape(unit) }
        default: bytes += UTF8.encode(scalar) ?? UTF8.EncodedScalar()
        }
    }

    private mutating func escape(_ unit: UInt16) {
        let hex = String(unit, radix: 16)
        bytes += #"\u"#.utf8
        bytes += String(repeating: "0", count: 4 - hex.utf8.count).utf8
        bytes += hex.utf8
    }
}

extension Unicode.Scalar {
    /// Controls, and what reorders or breaks a line (U+202E, U+2028, …): never shown as it is.
    package var isObeyed: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
