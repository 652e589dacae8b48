/// Comma-separated values (RFC 4180), as providers export them: a quoted cell may hold commas and line ends, and a byte order
/// mark at the beginning is none of the first cell.
enum CSV {
    /// Records without the empty ones, cell by cell.
    ///
    /// - Returns: nil when the bytes are no UTF-8, or a quoted cell does not end.
    static func records(_ bytes: [UInt8]) -> [[String]]? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var rest = Array(text.utf8)[...]
        if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
        var records: [[String]] = []
        var record: [String] = []
        while !rest.isEmpty {
            guard let cell = cell(&rest) else { return nil }
            record.append(cell)
            if rest.popFirst() == comma {
                if !rest.isEmpty { continue }
                record.append("")
            }
            if record != [""] { records.append(record) }
            record = []
        }
        return records
    }

    private static let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))

    /// Up to the comma or the line end behind it. Quotes mean something at its beginning alone: an id may hold one.
    private static func cell(_ rest: inout ArraySlice<UInt8>) -> String? {
        var cell: [UInt8] = []
        if rest.first == quote {
            rest.removeFirst()
            while true {
                guard let byte = rest.popFirst() else { return nil }
                if byte == quote {
                    guard rest.first == quote else { break }
                    rest.removeFirst()
                }
                cell.append(byte)
            }
        }
        let plain = rest.prefix { $0 != comma && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        rest = rest[plain.endIndex...]
        return String(decoding: cell + plain, as: UTF8.self)
    }
}
