/// A way to a value: names of members and places in arrays, joined by dots (`data.items.0.id`). A dot that belongs to a
/// name is written `\.`.
package struct JSONPath: Sendable, Hashable {
    package let components: [[UInt8]]
    /// The component as a place in an array; -1 when it is none.
    let places: [Int]

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
        let isPlace =
            component.count <= 9 && component.allSatisfy { (0x30...0x39).contains($0) }
            && (component.count == 1 || component[0] != 0x30)
        return isPlace ? component.reduce(0) { $0 * 10 + Int($1 - 0x30) } : -1
    }
}
