internal import Admin
internal import Config
internal import Domain
internal import Net
internal import Telemetry

/// A list of the API, page by page.
struct Listing {
    let path: String
    let query: [(name: String, value: String)]
    let limit: Int

    static let flags = [
        Flag("--since", "TIME", "Not before this: 2026-01-31T09:30:00Z, 2026-01-31, or how long ago, such as 3d."),
        Flag("--until", "TIME", "Before this."),
        Flag("--limit", "COUNT", standard: "50", "So many rows at most."),
    ]

    /// - Parameter filters: flags that narrow the list, and the parameters they stand for.
    init(_ path: String, _ call: Invocation, filters: [(flag: String, name: String)]) throws {
        self.path = path
        limit = try call.number("--limit", in: 1...1_000_000, standard: Limits.pageRows)
        query = try Self.query(call, filters: filters)
    }

    /// Every row that there is.
    init(_ path: String, all query: [(name: String, value: String)]) {
        (self.path, self.query, limit) = (path, query, .max)
    }

    /// The parameters that flags stand for, times among them.
    static func query(
        _ call: Invocation, filters: [(flag: String, name: String)]
    ) throws -> [(name: String, value: String)] {
        var query = filters.compactMap { filter in call.text(filter.flag).map { (name: filter.name, value: $0) } }
        for (flag, name) in [("--since", "since"), ("--until", "until")] {
            if let time = try call.moment(flag) { query.append((name, time.rfc3339)) }
        }
        return query
    }

    /// Row by row, as the pages come.
    ///
    /// - Returns: how the search index helped on the last page; empty where it was not needed.
    @discardableResult
    func forEachRow(from source: AdminSource, _ body: (ConfigNode) -> Void) throws -> String {
        var (count, after, index) = (0, "", "")
        repeat {
            let page = [(name: "limit", value: String(min(limit - count, Limits.pageRowsMost)))]
            let place = after.isEmpty ? [] : [(name: "after", value: after)]
            let answer = try JSONDocument.read(try source.get(path, query + page + place))
            let rows = answer["data"]?.elements ?? []
            rows.forEach(body)
            count += rows.count
            after = answer.text("next")
            index = answer.text("index")
        } while count < limit && !after.isEmpty
        return index
    }

    /// JSON lines, or a table of these columns.
    func print(_ columns: [(column: TextTable.Column, cell: (ConfigNode) -> String)], _ call: Invocation) throws {
        let source = try AdminSource(call)
        let began = SystemClock().monotonic()
        var index = ""
        if call.isOn("--json") {
            index = try forEachRow(from: source) { row in call.console.printJSON { $0.value(row.value) } }
        } else {
            var table = TextTable(columns.map(\.column))
            index = try forEachRow(from: source) { row in table.add(columns.map { $0.cell(row) }) }
            for line in table.lines(width: call.console.width) { call.console.print(line) }
        }
        let isSlow = SystemClock().monotonic() - began > .seconds(1)
        switch index {
        case "damaged": call.console.complain("the search index was damaged; a running gateway makes it again")
        case "absent" where isSlow: call.console.complain("there is no search index (--search-size): rows were read")
        case "behind" where isSlow: call.console.complain("the search index is behind: rows were read")
        default: break
        }
    }
}

extension Console {
    /// One thing of the API: as JSON, or name by name.
    func show(_ answer: [UInt8], asJSON: Bool) throws {
        let document = try JSONDocument.read(answer)
        if asJSON { return printJSON { $0.value(document.value) } }
        var card = TextCard()
        card.addMembers(of: document.value)
        card.lines.forEach { print($0) }
    }
}

/// JSON from the API as a tree.
enum JSONDocument {
    static func read(_ bytes: [UInt8]) throws -> ConfigNode {
        var diagnostics = Diagnostics()
        // Whoever read the bytes bounded them; an event's evidence is larger than any file of routes.
        guard let document = JSON5.parse(bytes, file: "answer", most: .max, into: &diagnostics) else {
            throw CommandFailure("the answer is no JSON; is this a headgate's admin listener?")
        }
        return document
    }
}

extension ConfigNode {
    /// The text of a scalar member; empty when it is absent, null, a list or an object.
    func text(_ key: String) -> String {
        switch self[key]?.value {
        case .string(let text), .number(let text): text
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object, nil: ""
        }
    }

    /// A time of the API as tables have it, without its fraction, in UTC: `2026-11-21 09:30:00Z`.
    func time(_ key: String) -> String {
        let text = text(key)
        return text.count < 19 ? text : text.prefix(19).replacing("T", with: " ") + "Z"
    }
}
