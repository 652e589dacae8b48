import Domain
import Testing

@Suite("An event filter")
struct EventFilterTests {
    private func matches(_ globs: [String], _ type: String) -> Bool {
        let filter = EventFilter(globs)
        return Array(type.utf8).withUnsafeBytes { filter.matches($0) }
    }

    @Test(
        "matches by globs",
        arguments: [
            ([], "anything", true), ([], "", true), (["a.b"], "a.b", true), (["a.b"], "a.bc", false),
            (["a.*"], "a.b.c", true),
            (["a.*"], "a.", true), (["a.*"], "a", false), (["*"], "", true), (["*.done"], "x.done", true),
            (["*.done"], "x.done.", false), (["a*c*e"], "abcde", true), (["a*c*e"], "abde", false),
            (["x", "y"], "y", true),
            (["a"], "", false), (["**"], "z", true), (["a.b"], "axb", false),
        ] as [([String], String, Bool)])
    func globs(_ globs: [String], _ type: String, _ expected: Bool) { #expect(matches(globs, type) == expected) }

    @Test("takes linear time on patterns made to hurt")
    func hostile() {
        #expect(!matches([String(repeating: "a*", count: 100) + "b"], String(repeating: "a", count: 255)))
    }
}
