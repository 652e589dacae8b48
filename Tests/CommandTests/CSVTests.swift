import Testing

@testable import headgate

@Suite("A line of CSV")
struct CSVTests {
    @Test(arguments: [
        ("a,b", ["a", "b"]), ("", [""]), ("a,", ["a", ""]), (#""a,b",c"#, ["a,b", "c"]), (#""a""b""#, [#"a"b"#]),
        ("evt_1", ["evt_1"]),
    ])
    func `is read into its cells`(_ line: String, _ cells: [String]) {
        #expect(CSVLine.cells(line[...]) == cells)
    }
}
