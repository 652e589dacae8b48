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
        patterns.isEmpty || patterns.contains { Glob.matches($0, type) }
    }
}
