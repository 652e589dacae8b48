import Admin
import Config
import Testing

@testable import headgate

@Suite("A table")
struct TextTableTests {
    private func table(_ rows: [[String]]) -> TextTable {
        var table = TextTable([.init("id", isWhole: true), .init("name"), .init("count", isNumber: true)])
        for row in rows { table.add(row) }
        return table
    }

    @Test func `aligns text to the left and numbers to the right`() {
        #expect(
            table([["a1", "x", "7"], ["b22", "yy", "1234567"]]).lines(width: 80) == [
                "ID   NAME    COUNT", "a1   x           7", "b22  yy    1234567",
            ])
    }

    @Test(arguments: [32, 40, 80, 200])
    func `fits the terminal`(_ width: Int) {
        let lines = table([["evt_38fxvf8gt0000", String(repeating: "long ", count: 30), "1"]]).lines(width: width)
        for line in lines { #expect(line.count <= width) }
    }

    @Test func `cuts what may be cut and never an id`() {
        let lines = table([["evt_38fxvf8gt0000", "a name that is too long", "12"]]).lines(width: 36)
        #expect(lines[1] == "evt_38fxvf8gt0000  a name th…     12")
    }

    @Test func `cuts nothing where there is no terminal`() {
        let name = String(repeating: "long ", count: 30) + "end"
        #expect(table([["evt_38fxvf8gt0000", name, "1"]]).lines(width: .max)[1].contains(name))
    }

    @Test func `shows an empty cell as a dash`() {
        #expect(table([["a", "", "1"]]).lines(width: 80)[1] == "a   -         1")
    }

    @Test(arguments: ["\u{1b}[2J", "a\nb", "\u{9b}31m", "x\u{202e}y", "\u{7}", "\r\n", "\u{2028}"])
    func `lets nothing through that a terminal would obey`(_ cell: String) {
        let lines = table([["a", cell, "1"]]).lines(width: 80)
        #expect(lines.count == 2)
        #expect(lines[1].unicodeScalars.allSatisfy { !$0.isObeyed })
    }

    @Test func `a card shows what there is, in one column`() {
        var card = TextCard()
        card.add("event", "evt_1")
        card.add("type", "")
        card.add("from", nil)
        card.add("provider's id", "a\u{1b}b")
        #expect(card.lines == ["event          evt_1", "provider's id  a\\u{1b}b"])
    }

    @Test func `a card shows a document name by name`() throws {
        let text = #"{"name":"a","paused":null,"gone":false,"retry":{"schedule":["5s","30s"]},"allow":[]}"#
        var card = TextCard()
        card.addMembers(of: try JSONDocument.read(Array(text.utf8)).value)
        #expect(card.lines == ["name            a", "gone            no", "retry.schedule  5s, 30s"])
    }

    @Test func `a time has its year and its zone`() throws {
        let row = try JSONDocument.read(Array(#"{"at":"2026-11-21T23:27:12.123456Z","never":null}"#.utf8))
        #expect(row.time("at") == "2026-11-21 23:27:12Z")
        #expect(row.time("never") == "")
    }

    @Test func `words wrap at spaces, never beyond the width`() {
        #expect(HelpText.wrap("aa bb cc", indent: 2, width: 7) == ["  aa bb", "  cc"])
        #expect(HelpText.wrap("a\n\nb", indent: 0) == ["a", "", "b"])
    }
}
