import Config

@testable import Signatures

extension FuzzTarget {
    /// A document of JSON5.
    ///
    /// It is read or refused with exactly one diagnostic, on one line, that names a place; what was read can be written and
    /// reads the same; and JSON is JSON5, but for repeated names and halves of surrogate pairs.
    static let json5 = FuzzTarget(name: "json5") { input throws(Violation) in
        var diagnostics = Diagnostics()
        guard let node = JSON5.parse(input, file: "f", into: &diagnostics) else {
            try hold(diagnostics.all.count == 1, "\(diagnostics.all.count) diagnostics")
            let line = diagnostics.all[0].line
            try hold(isOneLine(line), "a diagnostic of several lines: \(line)")
            let isOurRule = ["twice", "half of a pair"].contains { line.contains($0) }
            try hold(isOurRule || !isJSON(input), "JSON is refused: \(line)")
            return
        }
        try hold(diagnostics.all.isEmpty, "read, with \(diagnostics.all)")
        let text = written(node.value)
        var second = Diagnostics()
        let again = JSON5.parse(Array(text.utf8), file: "f", into: &second)
        // As bytes: Swift's strings are equal when Unicode calls them equivalent.
        try hold(
            again.map { Array(written($0.value).utf8) == Array(text.utf8) } ?? false,
            "\(text) reads as \(String(describing: again?.value)) \(second.all)")
    }

    static func isOneLine(_ line: String) -> Bool {
        line.unicodeScalars.allSatisfy { scalar in
            ![.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
        }
    }

    private static func isJSON(_ input: [UInt8]) -> Bool {
        var found: [JSONValue?] = []
        return input.withUnsafeBytes { bytes in (try? JSONFinder([]).find(in: bytes, into: &found)) != nil }
    }

    private static func written(_ value: ConfigValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .number(let text): text
        case .string(let text): quotedJSON(text)
        case .array(let values): "[" + values.map(written).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { quotedJSON($0.key) + ":" + written($0.value) }.joined(separator: ",") + "}"
        }
    }
}
