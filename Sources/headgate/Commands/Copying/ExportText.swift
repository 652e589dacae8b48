internal import Admin

enum ExportFormat: String, CaseIterable, Sendable { case jsonl, csv }

/// Rows as text: JSON lines, or CSV (RFC 4180) with a line of titles.
struct ExportText {
    private let format: ExportFormat
    private var bytes: [UInt8] = []
    private var hasTitles = false

    init(_ format: ExportFormat) { self.format = format }

    /// What came together since it was called last.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    mutating func add(_ row: ExportRow) {
        switch format {
        case .jsonl:
            var json = JSONWriter()
            json.object { json in
                for (name, value) in row {
                    switch value {
                    case .text(let text): json.member(name, text)
                    case .number(let number): json.member(name, number)
                    }
                }
            }
            bytes += json.bytes + [UInt8(ascii: "\n")]
        case .csv:
            if !hasTitles { line(row.map(\.name)) }
            hasTitles = true
            line(
                row.map { column in
                    switch column.value {
                    case .text(let text): text ?? ""
                    case .number(let number): number.map { String($0) } ?? ""
                    }
                })
        }
    }

    private mutating func line(_ cells: [String]) {
        for (place, cell) in cells.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            let isPlain = cell.utf8.allSatisfy { !Self.special.contains($0) }
            bytes += isPlain ? Array(cell.utf8) : Array("\"\(cell.replacing("\"", with: "\"\""))\"".utf8)
        }
        bytes += "\r\n".utf8
    }

    private static let special: Set<UInt8> = [
        UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n"),
    ]
}
