internal import Config
internal import Domain

extension Command {
    static let quarantineList = Command(
        "quarantine list", "list requests that were refused, the newest first",
        about: """
            Lists what was refused and kept: a signature that is wrong, missing or too old, a source that is not allowed. \
            Nothing of it was forwarded.
            """,
        flags: Refused.flags + Listing.flags + [.json] + AdminSource.flags,
        examples: ["headgate quarantine list --route stripe --why signature-wrong --since 1d"]
    ) { call in
        try Listing("/v1/quarantine", call, filters: Refused.filters).print(
            [
                (.init("request", isWhole: true), { $0.text("id") }),
                (.init("received", isWhole: true), { $0.time("receivedAt") }),
                (.init("route"), { $0.text("route") }), (.init("why", isWhole: true), { $0.text("why") }),
                (.init("from"), { $0.text("source") }), (.init("bytes", isNumber: true), { $0.text("bodyBytes") }),
            ], call)
        return .success
    }

    static let quarantineShow = Command(
        "quarantine show", words: [.init(name: "REQUEST", meaning: "A refused request's id: qtn_…")],
        "show a refused request, its fields and its body",
        about: """
            Shows what is kept of one refused request; with --json, the whole body too. Its query and fields that carry a \
            token are kept for the verifier alone, sealed with the ledger key, and never shown; without --ledger-key they \
            are not kept.
            """,
        flags: [.json] + AdminSource.flags, examples: ["headgate quarantine show qtn_038fxvf8gt000"]
    ) { call in
        let source = try AdminSource(call)
        let path = "/v1/quarantine/\(AdminSource.encoded(call.words[0]))"
        if call.isOn("--json") {
            call.console.print(String(decoding: try source.get(path), as: UTF8.self))
            return .success
        }
        let found = try JSONDocument.read(try source.get(path, [(name: "body", value: "start")]))
        var card = TextCard()
        for (title, name) in [
            ("request", "id"), ("route", "route"), ("received", "receivedAt"), ("from", "source"), ("why", "why"),
            ("method", "method"), ("path", "path"), ("body", "bodyBytes"),
        ] {
            card.add(title, found.text(name))
        }
        let hiding = found.text("hiddenKept") == "true" ? "sealed" : "not kept"
        if found.text("hasQuery") == "true" { card.add("query", hiding) }
        let hidden = (found["credentials"]?.elements ?? []).compactMap { node in
            if case .string(let name) = node.value { name } else { nil }
        }
        for name in hidden { card.add(name, hiding) }
        card.lines.forEach(call.console.print)
        call.console.print("\nHeaders")
        for line in headerLines(found["headers"]) { call.console.print("  " + line) }
        call.console.print("\nBody")
        let isKept = found.text("bodyKept") == "true"
        for line in isKept ? bodyLines(found["body"]) : ["not kept, so this request cannot be released"] {
            call.console.print(line.isEmpty ? "" : "  " + line)
        }
        return .success
    }

    static let quarantineDiscard = Command(
        "quarantine discard", words: [Refused.word], "throw refused requests away",
        about: "Removes refused requests: those that are named, or with --all those that the flags select.",
        flags: [Flag("--all", nil, "All that the other flags select.")] + Refused.flags + [
            Selection.since, Selection.until, Selection.reason,
        ] + AdminSource.gatewayFlags,
        examples: ["headgate quarantine discard --all --source 203.0.113.9 --reason 'a scanner'"]
    ) { call in
        let source = try AdminSource(call)
        guard call.isOn("--reason") else {
            throw CommandFailure("say why with --reason; it is kept in the ledger", status: .usage)
        }
        let ids = try Refused.chosen("--all", call) {
            var found: [String] = []
            let query = try Listing.query(call, filters: Refused.filters)
            try Listing("/v1/quarantine", all: query).forEachRow(from: source) {
                found.append($0.text("id"))
            }
            return found
        }
        var count = 0
        for part in ids.parts(of: Limits.quarantineOrdered) {
            let answer = try source.post("/v1/quarantine/discard", [("id", part)] + call.reason)
            count += Int(try JSONDocument.read(answer).text("discarded")) ?? 0
        }
        call.console.print("\(count) discarded")
        return count == 0 && !ids.isEmpty ? .failure : .success
    }
}

/// What narrows refused requests.
enum Refused {
    static let flags = [
        Flag("--route", "ROUTE", "Of this route."),
        Flag("--why", "CLASS", "Refused for this: signature-wrong, signature-missing, time-stale, source-address …"),
        Flag("--source", "ADDRESS", "From this address."),
    ]
    static let filters = [
        (flag: "--route", name: "route"), (flag: "--why", name: "why"), (flag: "--source", name: "source"),
    ]
    static let word = Command.Word(name: "[REQUEST]...", meaning: "Refused requests' ids: qtn_…", count: 0...1000)

    /// The ids that are named, or those that `find` finds when `flag` asks for it.
    static func chosen(_ flag: String, _ call: Invocation, _ find: () throws -> [String]) throws -> [String] {
        switch (call.words.isEmpty, call.isOn(flag)) {
        case (false, false): return call.words
        case (true, true): return try find()
        default: throw CommandFailure("name requests, or say \(flag); not both; see -h", status: .usage)
        }
    }
}

extension Array {
    /// In order, each as long as possible.
    func parts(of most: Int) -> [[Element]] {
        stride(from: 0, to: count, by: most).map { Array(self[$0..<Swift.min($0 + most, count)]) }
    }
}
