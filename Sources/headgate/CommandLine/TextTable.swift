internal import Config

/// Rows that fit a terminal. Cells may come from outside: what a terminal would obey is shown escaped.
struct TextTable {
    struct Column {
        let title: String
        /// Never cut: ids are there to be copied, and a number that is cut is another number.
        let isWhole: Bool
        let isNumber: Bool
        /// Columns that it keeps while others give way.
        let least: Int

        init(_ title: String, isWhole: Bool = false, isNumber: Bool = false, least: Int = 6) {
            self.least = least
            self.title = title
            self.isWhole = isWhole || isNumber
            self.isNumber = isNumber
        }
    }

    let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    /// - Parameter cells: as many as there are columns; an empty one shows as a dash.
    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count)
        rows.append(cells.map { $0.isEmpty ? "-" : onOneLine($0) })
    }

    /// The titles and every row, each at most `width` columns as long as the whole cells leave room for that.
    func lines(width: Int) -> [String] {
        let widths = widths(in: width)
        return ([columns.map { $0.title.uppercased() }] + rows).map { line($0, widths) }
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (place, cell) in cells.enumerated() {
            let cut = Self.cut(cell, to: widths[place])
            let padding = String(repeating: " ", count: widths[place] - cut.count)
            line += (place > 0 ? "  " : "") + (columns[place].isNumber ? padding + cut : cut + padding)
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    /// The widest columns that may be cut give way first.
    private func widths(in total: Int) -> [Int] {
        var widths = columns.indices.map { place in
            rows.reduce(columns[place].title.count) { max($0, $1[place].count) }
        }
        var excess = widths.reduce(0, +) + 2 * (columns.count - 1) - total
        while excess > 0 {
            let soft = columns.indices.filter { !columns[$0].isWhole && widths[$0] > columns[$0].least }
            guard let widest = soft.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private static func cut(_ cell: String, to width: Int) -> String {
        cell.count <= width ? cell : cell.prefix(width - 1) + "…"
    }
}

/// Names and values, one a line, the values in one column.
struct TextCard {
    private var entries: [(name: String, value: String)] = []

    /// Nothing is shown for what is not there.
    mutating func add(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { entries.append((name, onOneLine(value))) }
    }

    /// Every member of a JSON document that is there, those of its objects as `name.member`, lists on one line.
    mutating func addMembers(of document: ConfigValue, under name: String = "") {
        switch document {
        case .null: break
        case .bool(let value): add(name, value ? "yes" : "no")
        case .number(let text), .string(let text): add(name, text)
        case .array(let values):
            var items = TextCard()
            for value in values { items.addMembers(of: value) }
            add(name, items.entries.map(\.value).joined(separator: ", "))
        case .object(let members):
            for member in members {
                addMembers(of: member.value, under: name.isEmpty ? member.key : "\(name).\(member.key)")
            }
        }
    }

    var lines: [String] {
        let column = (entries.map(\.name.count).max() ?? 0) + 2
        return entries.map { $0.name + String(repeating: " ", count: column - $0.name.count) + $0.value }
    }
}
