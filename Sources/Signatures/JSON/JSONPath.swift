/// A way to a value: names of members and places in arrays, joined by dots (`data.items.0.id`). A dot that belongs to a
/// name is written `\.`; `*` in place of a number stands for every element (`value.*.id`).
package struct JSONPath: Sendable, Hashable {
    package let components: [[UInt8]]
    /// The component as a place in an array; -1 when it is none, `every` for all of them.
    let places: [Int]

    static let every = -2

    /// It leads to many values.
    package var isEvery: Bool { places.contains(Self.every) }

    /// To the elements that its last `*` stands for.
    var elements: JSONPath {
        let end = places.lastIndex(of: Self.every) ?? components.count - 1
        return JSONPath(components: Array(components[...end]))
    }

    /// Whether it leads into those elements, and into no others.
    func isInside(_ elements: JSONPath) -> Bool {
        components.starts(with: elements.components) && places.count(where: { $0 == Self.every }) == 1
    }

    /// With a number for its first `*`, and the way to that element alone.
    func element(_ place: Int) -> (path: JSONPath, itself: JSONPath) {
        guard let star = places.firstIndex(of: Self.every) else { return (self, self) }
        var components = components
        components[star] = Array(String(place).utf8)
        return (JSONPath(components: components), JSONPath(components: Array(components[...star])))
    }

    /// Nil when empty, when a component is empty, or when it goes deeper than any document may.
    package init?(_ text: some StringProtocol) {
        var components: [[UInt8]] = [[]]
        var escaped = false
        for character in text.utf8 {
            if !escaped, character == UInt8(ascii: "\\") {
                escaped = true
            } else if !escaped, character == UInt8(ascii: ".") {
                components.append([])
            } else {
                components[components.count - 1].append(character)
                escaped = false
            }
        }
        guard !escaped, components.count <= 32, components.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init(components: components)
    }

    init(components: [[UInt8]]) {
        self.components = components
        places = components.map(Self.place)
    }

    private static func place(_ component: [UInt8]) -> Int {
        if component == [UInt8(ascii: "*")] { return every }
        let isPlace =
            component.count <= 9 && component.allSatisfy { (0x30...0x39).contains($0) }
            && (component.count == 1 || component[0] != 0x30)
        return isPlace ? component.reduce(0) { $0 * 10 + Int($1 - 0x30) } : -1
    }
}
