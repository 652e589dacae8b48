/// Globs on an event's type: `*` stands for any run of bytes. No globs: every event matches. An event without a type
/// matches only a filter without globs or a glob of stars alone.
package struct EventFilter: Sendable, Equatable {
    package let globs: [String]
    private let patterns: [[UInt8]]

    package init(_ globs: [String]) {
        self.globs = globs
        patterns = globs.map { Array($0.utf8) }
    }

    package func matches(_ type: UnsafeRawBufferPointer) -> Bool {
        patterns.isEmpty || patterns.contains { Self.matches($0, type) }
    }

    /// Linear in practice: one remembered star, no recursion.
    private static func matches(_ pattern: [UInt8], _ text: UnsafeRawBufferPointer) -> Bool {
        var (p, t) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                (p, t) = (last.pattern + 1, last.text + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
