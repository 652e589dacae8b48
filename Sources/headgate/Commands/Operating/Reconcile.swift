internal import Admin
internal import Config
internal import Domain
internal import Net
internal import Routes
internal import Telemetry

extension Command {
    static let reconcile = Command(
        "reconcile", "check that what was received is what became of it",
        about: """
            For what was verified in a window of time: received = delivered + pending + held + dead + discarded + cancelled \
            + filtered + duplicates, for each subscriber. Filtered is what it did not ask for; this and duplicates are \
            counted by the hour, for every hour that the window touches. Exit status 1 when that is not so, or when a delivery that an event was accepted with is \
            missing. With --against it names the provider's ids in a file that were never received, and exits with 1 when \
            there are any.
            """,
        flags: [
            Flag("--route", "ROUTE", "Of this route."), Selection.since, Selection.until,
            Flag("--against", "FILE", "A provider's export: CSV, or one id a line."),
            Flag("--column", "NAME", "The column with the ids; without it the first, and no line of titles."), .json,
        ] + AdminSource.flags,
        examples: [
            "headgate reconcile --since 1d",
            "headgate reconcile --route stripe --against events.csv --column id",
        ]
    ) { call in
        let source = try AdminSource(call)
        var query = try Listing.query(call, filters: [(flag: "--route", name: "route")])
        if !query.contains(where: { $0.name == "until" }) { query.append(("until", SystemClock().wall().rfc3339)) }
        let missing = try call.text("--against").map { try Missing($0, call) }
        let tally = try Tally(from: source, query)
        if !tally.removedUntil.isEmpty, tally.mayMiss(query) {
            call.console.complain(
                "retention removed events up to \(tally.removedUntil): what came before is neither counted nor found")
        }
        if let missing { return try missing.report(from: source, query, call) }
        return try tally.report(call)
    }
}

/// The parts of a window's count, added up.
private struct Tally {
    private struct Row {
        let names: [String]
        var counts: [String: Int]
    }

    private static let fates = [
        "delivered", "pending", "held", "dead", "discarded", "cancelled", "filtered", "duplicates",
    ]
    private static let routeCounts = ["events", "unmatched", "conflicts", "expected", "duplicates"]
    private var routes: [Row] = []
    private var subscribers: [Row] = []
    /// Empty when retention removed nothing.
    private(set) var removedUntil = ""

    /// Whether the window begins before that. Both are RFC 3339, in UTC.
    func mayMiss(_ query: [(name: String, value: String)]) -> Bool {
        query.first { $0.name == "since" }.map { $0.value < removedUntil } ?? true
    }

    init(from source: AdminSource, _ query: [(name: String, value: String)]) throws {
        var after = ""
        repeat {
            let place = after.isEmpty ? [] : [(name: "after", value: after)]
            let part = try JSONDocument.read(try source.get("/v1/reconcile", query + place))
            for node in part["routes"]?.elements ?? [] { Self.add(node, ["route"], Self.routeCounts, to: &routes) }
            for node in part["subscribers"]?.elements ?? [] {
                Self.add(node, ["route", "subscriber"], ["received"] + Self.fates + ["replays"], to: &subscribers)
            }
            if removedUntil.isEmpty { removedUntil = part.text("removedUntil") }
            after = part.text("next")
        } while !after.isEmpty
    }

    private static func add(_ node: ConfigNode, _ names: [String], _ counts: [String], to rows: inout [Row]) {
        let names = names.map { node.text($0) }
        let place = rows.firstIndex { $0.names == names } ?? rows.count
        if place == rows.count { rows.append(Row(names: names, counts: [:])) }
        for count in counts { rows[place].counts[count, default: 0] += Int(node.text(count)) ?? 0 }
    }

    /// What does not add up, in words.
    private var faults: [String] {
        subscribers.compactMap { row in
            let sum = Self.fates.map { row.counts[$0] ?? 0 }.reduce(0, +)
            let received = row.counts["received"] ?? 0
            return sum == received
                ? nil : "\(row.names.joined(separator: "/")): \(received) received, \(sum) accounted for"
        }
            + routes.compactMap { row in
                let found = subscribers.filter { $0.names[0] == row.names[0] }.map { row in
                    (row.counts["received"] ?? 0) - (row.counts["filtered"] ?? 0) - (row.counts["duplicates"] ?? 0)
                }
                let (sum, expected) = (found.reduce(0, +), row.counts["expected"] ?? 0)
                return sum == expected ? nil : "\(row.names[0]): \(expected) deliveries were accepted, \(sum) are there"
            }
    }

    func report(_ call: Invocation) throws -> ExitStatus {
        let faults = faults
        if call.isOn("--json") {
            for row in subscribers {
                call.console.printJSON { json in
                    json.object { json in
                        json.member("route", row.names[0])
                        json.member("subscriber", row.names[1])
                        for count in ["received"] + Self.fates + ["replays"] {
                            json.member(count, row.counts[count] ?? 0)
                        }
                    }
                }
            }
        } else {
            var table = TextTable(
                [.init("route"), .init("subscriber")]
                    + (["received"] + Self.fates + ["replays"]).map { .init($0, isNumber: true) })
            for row in subscribers {
                table.add(row.names + (["received"] + Self.fates + ["replays"]).map { String(row.counts[$0] ?? 0) })
            }
            table.lines(width: call.console.width).forEach(call.console.print)
            for row in routes {
                call.console.print(
                    "\(row.names[0]): \(row.counts["events"] ?? 0) events, \(row.counts["unmatched"] ?? 0) of them for no "
                        + "subscriber, \(row.counts["conflicts"] ?? 0) with the id of another; "
                        + "\(row.counts["duplicates"] ?? 0) duplicates")
            }
            call.console.print(faults.isEmpty ? "It adds up." : "IT DOES NOT ADD UP.")
        }
        faults.forEach(call.console.complain)
        return faults.isEmpty ? .success : .failure
    }
}

/// Ids of a provider's export that were never received.
private struct Missing {
    private let wanted: [String]

    init(_ file: String, _ call: Invocation) throws {
        let bytes: [UInt8]
        switch call.surroundings.readFile(file, Limits.exportBytes) {
        case .success(let content): bytes = content
        case .failure(let problem): throw CommandFailure("\(quoted(file)) \(problem.text)", status: .usage)
        }
        guard var records = CSV.records(bytes) else {
            throw CommandFailure("\(quoted(file)) is no CSV in UTF-8, or ends within quotes", status: .usage)
        }
        var column = 0
        if let name = call.text("--column") {
            guard let place = records.first?.firstIndex(of: name) else {
                throw CommandFailure("\(quoted(file)) has no column \(quoted(name)) in its first line", status: .usage)
            }
            column = place
            records.removeFirst()
        }
        wanted = records.compactMap { $0.indices.contains(column) && !$0[column].isEmpty ? $0[column] : nil }
        guard !wanted.isEmpty else { throw CommandFailure("\(quoted(file)) names no id", status: .usage) }
    }

    func report(
        from source: AdminSource, _ query: [(name: String, value: String)], _ call: Invocation
    ) throws -> ExitStatus {
        var left = Set(wanted)
        var after = ""
        repeat {
            let place = after.isEmpty ? [] : [(name: "after", value: after)]
            let limit = [(name: "limit", value: String(Limits.pageRowsMost))]
            let page = try JSONDocument.read(try source.get("/v1/events", query + limit + place))
            for row in page["data"]?.elements ?? [] { left.remove(row.text("providerEventId")) }
            after = page.text("next")
        } while !after.isEmpty && !left.isEmpty
        let isComplete = left.isEmpty
        for id in wanted where left.remove(id) != nil {
            if call.isOn("--json") {
                call.console.printJSON { json in json.object { $0.member("providerEventId", id) } }
            } else {
                call.console.print(onOneLine(id))
            }
        }
        return isComplete ? .success : .failure
    }
}
