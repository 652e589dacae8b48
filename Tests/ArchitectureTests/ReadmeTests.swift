import Testing

/// The README is read by people who have nothing else: what it names must be there.
@Suite("The README")
struct ReadmeTests {
    let readme: String
    let makefile: String

    init() throws {
        readme = try Repository.text("README.md")
        makefile = try Repository.text("Makefile")
    }

    @Test func `names only commands that the Makefile has`() {
        let targets = Set(makefile.matches(of: /(?m)^([a-z-]+):/).map { String($0.1) })
        // In code, at the start of a line or of a quoted command: prose may make sure of other things.
        let named = Set(readme.matches(of: /(?m)(?:^\$? ?|`)make ([a-z][a-z-]*)/).map { String($0.1) })
        #expect(named.isSuperset(of: ["run", "test", "bench"]))
        #expect(named.subtracting(targets).isEmpty, "not in the Makefile")
    }

    @Test func `names only paths that exist`() {
        let paths = readme.matches(of: /(?:^|[\s`("])((?:Sources|Tests|routes|\.make|\.ci)\/[\w.\/-]*[\w\/])/)
        #expect(!paths.isEmpty)
        for path in Set(paths.map { String($0.1) }) where !path.contains("…") {
            #expect(Repository.exists(path), "\(path) does not exist")
        }
    }

    @Test(arguments: Manifest.current.products.filter { $0.kind != .cLibrary })
    func `shows every module in its tree`(_ target: Manifest.Target) throws {
        let tree = readme.matches(of: /(?ms)^```\w*\n(.*?)^```/).first { $0.1.contains("Sources") }
        let shown = try #require(tree, "a fenced block with the tree of Sources").1
        #expect(shown.contains(try Regex("\\b\(target.name)\\b")), "\(target.name) is missing")
    }
}
