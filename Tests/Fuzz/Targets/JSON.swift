import Domain
import Foundation

@testable import Signatures

extension FuzzTarget {
    /// A path in the first line, behind it a JSON text.
    ///
    /// Foundation's parser, which builds a tree, is the judge: what the finder accepts Foundation accepts, and where the finder
    /// finds a value Foundation has the same one. What Foundation accepts the finder refuses only for a repeated name on the
    /// way, for depth, or for bytes that are no UTF-8.
    static let json = FuzzTarget(name: "json") { input throws(Violation) in
        var lines = InputLines(input)
        guard let path = lines.next().flatMap({ JSONPath(text($0)) }) else { return }
        let document = Array(lines.rest)
        let tree = try? JSONSerialization.jsonObject(with: Data(document), options: [.fragmentsAllowed])
        var found: [JSONValue?] = []
        var items: [JSONFinder.Item] = []
        do throws(JSONFailure) {
            try document.span.withUnsafeBytes { bytes throws(JSONFailure) in
                try JSONFinder([path]).find(in: bytes, into: &found, items: &items)
            }
        } catch {
            if error == .malformed {
                let isText = String(validating: document, as: UTF8.self) != nil && !document.contains(0)
                let hasMark = document.starts(with: [0xef, 0xbb, 0xbf])
                // Foundation passes a comma behind the last member or element.
                let hasComma = text(document).contains(/,\s*[\]}]/)
                try hold(tree == nil || !isText || hasMark || hasComma, "refused, and Foundation reads it")
            }
            return
        }
        guard let tree else {
            try hold(hasWhatFoundationCannotHold(document), "accepted, and Foundation refuses it")
            return
        }
        let wanted = values(at: path.components[...], of: tree)
        let ours = path.isEvery ? items.map(\.value) : found.compactMap { $0 }
        try hold(ours.count == wanted.count, "found \(ours.count) values, Foundation \(wanted.count)")
        for (value, object) in zip(ours, wanted) { try compare(value, object, in: document) }
    }

    /// Halves of surrogate pairs, and numbers beyond its types.
    private static func hasWhatFoundationCannotHold(_ document: [UInt8]) -> Bool {
        let text = text(document).lowercased()
        return text.contains("\\ud") || text.contains(/[0-9]e[+-]?[0-9]{2}|[0-9]{18}/)
    }

    private static func values(at path: ArraySlice<[UInt8]>, of tree: Any) -> [Any] {
        guard let component = path.first else { return [tree] }
        if let members = tree as? [String: Any] {
            // Names are compared as bytes; a Swift dictionary compares them as Unicode does.
            let named = members.filter { Array($0.key.utf8) == component }
            return named.flatMap { values(at: path.dropFirst(), of: $0.value) }
        }
        guard let elements = tree as? [Any] else { return [] }
        if component == [UInt8(ascii: "*")] { return elements.flatMap { values(at: path.dropFirst(), of: $0) } }
        guard let place = Int(text(component)), String(place) == text(component), elements.indices.contains(place),
            place < 1_000_000_000
        else { return [] }
        return values(at: path.dropFirst(), of: elements[place])
    }

    private static func compare(_ value: JSONValue, _ object: Any, in document: [UInt8]) throws(Violation) {
        let range = document[value.range]
        switch value.kind {
        case .string: try hold(same(object, Array(range)), "\(text(range)) is \(object) to Foundation")
        case .escapedString:
            let unescaped = Array(range).withUnsafeBytes { unescapedJSON($0) }
            try hold(unescaped.map { same(object, $0) } ?? false, "\(text(range)) is \(object) to Foundation")
        case .null: try hold(object is NSNull, "null is \(object) to Foundation")
        case .bool: try hold(object as? Bool == (text(range) == "true"), "\(text(range)) is \(object) to Foundation")
        case .number:
            let number = object as? NSNumber
            try hold(number?.doubleValue == Double(text(range)), "\(text(range)) is \(object) to Foundation")
        case .container:
            let isObject = range.first == UInt8(ascii: "{")
            let agrees = isObject ? object is [String: Any] : object is [Any]
            try hold(agrees, "\(text(range)) is \(object) to Foundation")
        }
    }

    private static func same(_ object: Any, _ bytes: [UInt8]) -> Bool {
        (object as? String).map { Array($0.utf8) == bytes } ?? false
    }
}
