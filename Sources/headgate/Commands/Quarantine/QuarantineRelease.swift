internal import Admin
internal import Config
internal import Crypto
internal import Domain
internal import Ledgers
internal import Routes

extension Command {
    static let quarantineReverify = Command(
        "quarantine reverify", words: [Refused.word], "verify refused requests again, and change nothing",
        about: """
            Has refused requests verified again, as of the time when they were received: those that are named, or those that \
            the flags select. With the secrets that their routes have now, or with a new one that is to be tried before it is \
            put into the route's file. Says how many would be genuine; release lets them in.
            """,
        flags: Refused.flags + [
            Selection.since, Selection.until,
            Flag(
                "--secret", "[NAME=]SECRET",
                "Try this secret of the route: env:NAME or file:PATH. NAME= says which, where it has several."), .json,
        ] + AdminSource.gatewayFlags,
        examples: [
            "headgate quarantine reverify --route stripe --since 3d",
            "headgate quarantine reverify --route stripe --since 3d --secret env:NEW",
        ]
    ) { call in
        let source = try AdminSource(call)
        var tally = Tally()
        try Reverification(call).forEachRow(from: source, secret: try call.candidate()) { row in
            tally.add(row)
            if call.isOn("--json") { call.console.printJSON { $0.value(row.value) } }
        }
        if !call.isOn("--json") { tally.lines(width: call.console.width).forEach(call.console.print) }
        tally.problems.complain(to: call.console)
        return .success
    }

    static let quarantineRelease = Command(
        "quarantine release", words: [Refused.word], "make refused requests that verify now events",
        about: """
            Verifies refused requests once more, with the secrets that their routes have now, and makes events of those that \
            are genuine: they get the subscribers of now, and keep the time when they were received. What the provider has \
            sent again meanwhile is a duplicate, and what does not verify stays where it is.
            """,
        flags: [Flag("--all-verified", nil, "All that verify, of those that the other flags select.")] + Refused.flags
            + [
                Selection.since, Selection.until, Selection.reason, .json,
            ] + AdminSource.gatewayFlags,
        examples: [
            "headgate quarantine release --all-verified --route stripe --reason 'rotated'",
            "headgate quarantine release qtn_038fxvf8gt000 --reason 'clock was wrong'",
        ]
    ) { call in
        let source = try AdminSource(call)
        guard call.isOn("--reason") else {
            throw CommandFailure("say why with --reason; it is kept in the ledger", status: .usage)
        }
        let ids = try Refused.chosen("--all-verified", call) {
            var found: [String] = []
            try Reverification(call).forEachRow(from: source, secret: []) { row in
                if row.text("verified") == "true" { found.append(row.text("id")) }
            }
            return found
        }
        var counts: [String: Int] = [:]
        var problems: Set<HiddenProblem> = []
        var waiting = ids[...]
        while !waiting.isEmpty {
            let part = Array(waiting.prefix(Limits.quarantineOrdered))
            let answer = try JSONDocument.read(
                try source.post("/v1/quarantine/release", [("id", part)] + call.reason))
            let rows = answer["data"]?.elements ?? []
            let left = rows.filter { $0.text("result") == "left" }.map { $0.text("id") }
            guard left.count < part.count else { throw CommandFailure("the gateway releases nothing; ask it again") }
            waiting = left + waiting.dropFirst(part.count)
            for row in rows where row.text("result") != "left" {
                counts[row.text("result"), default: 0] += 1
                if call.isOn("--json") { call.console.printJSON { $0.value(row.value) } }
                guard row.text("result") == "refused" else { continue }
                call.console.complain("\(row.text("id")): \(row.text("why"))")
                if let problem = HiddenProblem(rawValue: row.text("why")) { problems.insert(problem) }
            }
        }
        problems.complain(to: call.console)
        if !call.isOn("--json") {
            call.console.print(
                "\(counts["released"] ?? 0) released, \(counts["duplicate"] ?? 0) that had been sent again, "
                    + "\(counts["refused"] ?? 0) refused")
        }
        return counts["refused"] == nil ? .success : .failure
    }
}

/// A look at refused requests, part by part.
private struct Reverification {
    private let members: [(name: String, values: [String])]

    init(_ call: Invocation) throws {
        let query = try Listing.query(call, filters: Refused.filters)
        guard call.words.count <= Limits.quarantineOrdered else {
            throw CommandFailure("name \(Limits.quarantineOrdered) requests at most; see -h", status: .usage)
        }
        guard call.words.isEmpty || query.allSatisfy({ $0.name == "route" }) else {
            throw CommandFailure("requests are named, so other flags have no meaning; see -h", status: .usage)
        }
        members = query.map { ($0.name, [$0.value]) } + (call.words.isEmpty ? [] : [("id", call.words)])
    }

    func forEachRow(
        from source: AdminSource, secret: [(name: String, values: [String])], _ body: (ConfigNode) -> Void
    ) throws {
        var after = ""
        repeat {
            let place = after.isEmpty ? [] : [(name: "after", values: [after])]
            let part = try JSONDocument.read(try source.post("/v1/quarantine/reverify", members + secret + place))
            (part["data"]?.elements ?? []).forEach(body)
            after = part.text("next")
        } while !after.isEmpty
    }
}

/// How many of which route are genuine now, and what the others are.
private struct Tally {
    private var counts: [[String]: Int] = [:]
    private(set) var problems: Set<HiddenProblem> = []

    mutating func add(_ row: ConfigNode) {
        let now = row.text("verified") == "true" ? "genuine" : row.text("now")
        if let problem = HiddenProblem(rawValue: now) { problems.insert(problem) }
        counts[[row.text("route"), row.text("why"), now], default: 0] += 1
    }

    func lines(width: Int) -> [String] {
        var table = TextTable([
            .init("route"), .init("refused for", isWhole: true), .init("now", isWhole: true),
            .init("requests", isNumber: true),
        ])
        for (names, count) in counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            table.add(names + [String(count)])
        }
        return table.lines(width: width)
    }
}

extension Set<HiddenProblem> {
    fileprivate func complain(to console: Console) {
        for problem in sorted(by: { $0.rawValue < $1.rawValue }) {
            console.complain("\(problem.rawValue): \(problem.cure)")
        }
    }
}

extension Invocation {
    /// What `--secret` says, as the API takes it.
    fileprivate func candidate() throws -> [(name: String, values: [String])] {
        guard let value = values.one("--secret") else { return [] }
        guard isOn("--route") else {
            throw CommandFailure("a secret is tried on one route; name it with --route", status: .usage)
        }
        let (name, secret) = try namedSecret(value)
        return [("secret", [secret])] + (name.map { [("secretName", [$0])] } ?? [])
    }
}
