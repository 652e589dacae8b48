import Domain
import Testing

@Suite("A glob") struct GlobTests {
    static func matches(_ pattern: String, _ text: String, foldingCase: Bool = false) -> Bool {
        Array(text.utf8).withUnsafeBytes { Glob.matches(Array(pattern.utf8), $0, foldingCase: foldingCase) }
    }

    @Test(
        "matches",
        arguments: [
            ("a", "a"), ("*", ""), ("*", "abc"), ("a.*", "a."), ("a.*", "a.b.c"), ("*.c", "a.b.c"), ("a*c", "abcbc"),
            ("**", "x"),
            ("", ""),
        ])
    func match(_ pattern: String, _ text: String) { #expect(Self.matches(pattern, text)) }

    @Test(
        "does not match", arguments: [("a", ""), ("a", "A"), ("a.*", "ab"), ("a*c", "abcd"), ("", "a"), ("*b", "ba")])
    func noMatch(_ pattern: String, _ text: String) { #expect(!Self.matches(pattern, text)) }

    @Test("folds the case of ASCII letters when asked")
    func folding() {
        #expect(Self.matches("x-*", "X-Request-Id", foldingCase: true))
        #expect(!Self.matches("x@", "X`", foldingCase: true))
    }

    @Test("stays quick on a pattern made to be slow")
    func hostile() {
        #expect(!Self.matches(String(repeating: "*a", count: 100) + "b", String(repeating: "a", count: 2000)))
    }
}
