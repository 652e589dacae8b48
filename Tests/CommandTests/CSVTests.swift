import Testing

@testable import headgate

@Suite("CSV")
struct CSVTests {
    static let read: [(String, [[String]]?)] = [
        ("a,b", [["a", "b"]]), ("", []), ("a,", [["a", ""]]), (",a", [["", "a"]]), (#""a,b",c"#, [["a,b", "c"]]),
        (#""a""b""#, [[#"a"b"#]]), ("evt_1", [["evt_1"]]), ("a\r\nb\n\nc\rd\n", [["a"], ["b"], ["c"], ["d"]]),
        ("\u{feff}id,at\n1,2", [["id", "at"], ["1", "2"]]), ("\u{feff}\"id\"\n1", [["id"], ["1"]]),
        ("1,\"two\r\nlines\"\n2,x", [["1", "two\r\nlines"], ["2", "x"]]),
        ("it\"s\nno\"", [["it\"s"], ["no\""]]), (#"a,"b"#, nil), ("\"\"", []), ("é,ü", [["é", "ü"]]),
    ]

    @Test(arguments: read)
    func `is read into records and their cells`(_ text: String, _ records: [[String]]?) {
        #expect(CSV.records(Array(text.utf8)) == records)
    }

    @Test func `is text`() { #expect(CSV.records([0xff, 0xfe, 0x61, 0x00]) == nil) }
}
