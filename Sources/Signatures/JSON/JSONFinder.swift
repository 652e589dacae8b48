internal import Domain

/// A value as it stands in the document.
package struct JSONValue: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The range is the text between the quotes.
        case string
        /// The same, with escapes that must be resolved before the text means anything.
        case escapedString
        case number
        case bool
        case null
        case container
    }
    package let kind: Kind
    package let range: Range<Int>
}

package enum JSONFailure: Error, Sendable, Equatable {
    case malformed
    /// A name on one of the asked paths occurs twice in one object. Readers disagree about which one counts, so neither
    /// may be trusted.
    case duplicateKey
    case tooDeep
    case tooLong
}

/// Finds values in a JSON text (RFC 8259) in one pass over its bytes: no tree, no recursion, nothing allocated.
///
/// The whole text is checked, also what nobody asked for: a text that some reader might understand differently proves
/// nothing. Bytes are UTF-8 without a byte order mark; depth is bound by `Limits.jsonDepth`.
package struct JSONFinder: Sendable {
    package let paths: [JSONPath]
    /// At [d]: the paths of exactly d components, as bits.
    private let ending: [UInt64]
    /// Paths that lead to many values, as bits.
    private let every: UInt64
    /// Of each path: the place of its first `*`.
    private let stars: [Int]

    package static let pathsMost = 64

    package init(_ paths: [JSONPath]) {
        precondition(paths.count <= Self.pathsMost)
        self.paths = paths
        var ending = [UInt64](repeating: 0, count: (paths.map(\.components.count).max() ?? 0) + 1)
        for (bit, path) in paths.enumerated() { ending[path.components.count] |= 1 << UInt64(bit) }
        self.ending = ending
        stars = paths.map { $0.places.firstIndex(of: JSONPath.every) ?? 0 }
        every = paths.enumerated().reduce(0) { $1.element.isEvery ? $0 | 1 << UInt64($1.offset) : $0 }
    }

    /// A value of a path that leads to many.
    package struct Item: Sendable {
        /// Of the path.
        package let place: Int
        /// Of the element that its first `*` stands for, in its array.
        package let element: Int
        package let value: JSONValue
    }

    /// Whether the path at this place leads to many values.
    func isEvery(_ place: Int) -> Bool { every & 1 << UInt64(place) != 0 }

    package func find(in text: UnsafeRawBufferPointer, into found: inout [JSONValue?]) throws(JSONFailure) {
        var items: [Item] = []
        try find(in: text, into: &found, items: &items)
    }

    /// - Parameters:
    ///   - found: set to one element for each path, nil where the document has no such value.
    ///   - items: set to the values of the paths that lead to many, in the order of the document.
    package func find(
        in text: UnsafeRawBufferPointer, into found: inout [JSONValue?], items: inout [Item]
    ) throws(JSONFailure) {
        found.removeAll(keepingCapacity: true)
        items.removeAll(keepingCapacity: true)
        for _ in paths { found.append(nil) }
        // On the stack, about 4 KiB; a level is written before it is read.
        let failure = withUnsafeTemporaryAllocation(of: Level.self, capacity: Limits.jsonDepth) { levels in
            do throws(JSONFailure) {
                try scan(text, UnsafeMutableBufferPointer(rebasing: levels[..<Limits.jsonDepth]), &found, &items)
                return nil as JSONFailure?
            } catch { return error }
        }
        if let failure { throw failure }
    }

    private struct Level {
        /// Paths whose beginning led to this container.
        let paths: UInt64
        let isObject: Bool
        let start: Int
        /// Paths whose next component was met here already.
        var met: UInt64 = 0
        /// Of the element that is read, in an array.
        var place = 0
    }

    private func scan(
        _ text: UnsafeRawBufferPointer, _ levels: UnsafeMutableBufferPointer<Level>, _ found: inout [JSONValue?],
        _ items: inout [Item]
    ) throws(JSONFailure) {
        var scanner = JSONScanner(text)
        var depth = 0
        var asked: UInt64 = paths.count == 64 ? .max : 1 << UInt64(paths.count) - 1

        while true {
            let first = try scanner.nextSignificant()
            var start = scanner.place
            var kind: JSONValue.Kind
            var opened = false
            switch first {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < levels.count else { throw .tooDeep }
                levels.initializeElement(
                    at: depth, to: Level(paths: asked, isObject: first == UInt8(ascii: "{"), start: start))
                depth += 1
                scanner.place += 1
                kind = .container
                opened = true
            case UInt8(ascii: "\""):
                let escaped = try scanner.skipString()
                kind = escaped ? .escapedString : .string
                start += 1
            case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
                try scanner.skipWord()
                kind = first == UInt8(ascii: "n") ? .null : .bool
            default:
                try scanner.skipNumber()
                kind = .number
            }
            if opened {
                let next = try scanner.nextSignificant()
                if next != (levels[depth - 1].isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    asked = try enter(&levels[depth - 1], depth, &scanner)
                    continue
                }
            } else {
                let end = kind == .string || kind == .escapedString ? scanner.place - 1 : scanner.place
                try record(JSONValue(kind: kind, range: start..<end), asked, depth, levels, &found, &items)
            }

            // A value has ended, or an empty container is about to.
            var more = false
            while depth > 0, !more {
                let next = try scanner.nextSignificant()
                let level = levels[depth - 1]
                if next == UInt8(ascii: ","), !opened {
                    scanner.place += 1
                    levels[depth - 1].place += 1
                    asked = try enter(&levels[depth - 1], depth, &scanner)
                    more = true
                } else if next == (level.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    scanner.place += 1
                    depth -= 1
                    opened = false
                    let value = JSONValue(kind: .container, range: level.start..<scanner.place)
                    try record(value, level.paths, depth, levels, &found, &items)
                } else {
                    throw .malformed
                }
            }
            if more { continue }
            guard scanner.isAtEnd() else { throw .malformed }
            return
        }
    }

    /// Goes to the next member or element of the innermost container; the paths that lead on to it.
    private func enter(
        _ level: inout Level, _ depth: Int, _ scanner: inout JSONScanner
    ) throws(JSONFailure) -> UInt64 {
        let component = depth - 1
        var candidates = level.paths
        var matched: UInt64 = 0
        guard level.isObject else {
            while candidates != 0 {
                let bit = candidates.trailingZeroBitCount
                candidates &= candidates - 1
                let places = paths[bit].places
                guard component < places.count else { continue }
                let wanted = places[component]
                if wanted == level.place || wanted == JSONPath.every { matched |= 1 << UInt64(bit) }
            }
            return matched
        }
        guard try scanner.nextSignificant() == UInt8(ascii: "\"") else { throw .malformed }
        let start = scanner.place + 1
        let escaped = try scanner.skipString()
        let name = UnsafeRawBufferPointer(rebasing: scanner.text[start..<scanner.place - 1])
        while candidates != 0 {
            let bit = candidates.trailingZeroBitCount
            candidates &= candidates - 1
            let components = paths[bit].components
            // A `*` leads into arrays alone: a member of that name would stand for elements that nobody looks at.
            guard component < components.count, paths[bit].places[component] != JSONPath.every else { continue }
            if jsonName(name, escaped: escaped, is: components[component]) { matched |= 1 << UInt64(bit) }
        }
        if matched & level.met != 0 { throw .duplicateKey }
        level.met |= matched
        guard try scanner.nextSignificant() == UInt8(ascii: ":") else { throw .malformed }
        scanner.place += 1
        return matched
    }

    private func record(
        _ value: JSONValue, _ asked: UInt64, _ depth: Int, _ levels: UnsafeMutableBufferPointer<Level>,
        _ found: inout [JSONValue?], _ items: inout [Item]
    ) throws(JSONFailure) {
        guard depth < ending.count else { return }
        var hits = asked & ending[depth]
        while hits != 0 {
            let place = hits.trailingZeroBitCount
            hits &= hits - 1
            guard isEvery(place) else {
                found[place] = value
                continue
            }
            guard items.count < Limits.batchItems else { throw .tooLong }
            items.append(Item(place: place, element: levels[stars[place]].place, value: value))
        }
    }
}
