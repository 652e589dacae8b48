internal import Admin
internal import Config
internal import Domain
internal import Glibc
internal import Ledgers
internal import Net
internal import Routes

extension Command {
    static let ledgerExport = Command(
        "ledger export", "print all rows of one kind, the oldest first",
        about: """
            Prints events, deliveries, attempts or operators' actions as JSON lines or CSV, read from the ledger's file; a \
            gateway may run meanwhile. Takes little memory however much there is. Rows that come while it runs may be part of \
            it.
            """,
        flags: [
            Settings.flag("--ledger"),
            Flag("--what", "KIND", standard: "events", "events, deliveries, attempts or actions."),
            Flag("--format", "FORMAT", standard: "jsonl", "jsonl or csv."),
            Selection.since, Selection.until,
            Flag("--bodies", nil, "With headers and bodies, or responses, in base 64."),
        ],
        examples: [
            "headgate ledger export --what attempts --since 30d --format csv > attempts.csv",
            "headgate ledger export --bodies > events.jsonl",
        ]
    ) { call in
        let path = AdminSource.file(call.text("--ledger") ?? "data/ledger.db")
        let format = try call.word("--format", ExportFormat.jsonl)
        let what = try call.word("--what", ExportKind.events)
        let window = ExportWindow(since: try call.moment("--since"), until: try call.moment("--until"))
        let source = ExportSource(
            reader: try LedgerReader(path: path), window: window, withBodies: call.isOn("--bodies"))
        var text = ExportText(format)
        var count = 0
        try source.forEachPage(of: what) { rows in
            count += rows.count
            for row in rows { text.add(row) }
            try Self.put(text.take())
        }
        call.console.complain("\(count) \(what.rawValue)")
        return .success
    }

    /// A disk that is full must not pass for the end.
    private static func put(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw CommandFailure("the export cannot be written: \(String(cString: strerror(errno)))")
            }
        }
    }
}

extension Invocation {
    fileprivate func word<Word: RawRepresentable & CaseIterable>(_ flag: String, _ standard: Word) throws -> Word
    where Word.RawValue == String {
        guard let value = values.one(flag) else { return standard }
        guard let word = Word(rawValue: value.text) else {
            throw refusal(value, "is none of " + Word.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return word
    }
}
