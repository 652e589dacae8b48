internal import Admin
internal import Config

/// A job that is ordered: counted beforehand, or started.
struct JobRequest {
    let kind: String
    let query: [(name: String, value: String)]
    /// Of events in one preview: a query has room for few.
    private static let eventsAtOnce = 32

    init(_ kind: String, events: [String], _ call: Invocation) throws {
        self.kind = kind
        let filters = Selection.filters + [(flag: "--limit", name: "limit"), (flag: "--rate", name: "rate")]
        query =
            try [(name: "kind", value: kind)] + events.map { (name: "event", value: $0) }
            + Listing.query(call, filters: filters)
    }

    func run(_ call: Invocation) throws -> ExitStatus {
        let source = try AdminSource(call)
        if call.isOn("--dry-run") { return try preview(from: source, call) }
        var members: [(name: String, values: [String])] = []
        for (name, value) in query {
            if let place = members.firstIndex(where: { $0.name == name }) {
                members[place].values.append(value)
            } else {
                members.append((name, [value]))
            }
        }
        let answer = try source.post("/v1/replays", members + call.reason)
        let id = try JSONDocument.read(answer).text("id")
        if call.isOn("--json") {
            call.console.print(String(decoding: answer, as: UTF8.self))
        } else {
            call.console.print("\(id) started; see headgate replays show \(id)")
        }
        return .success
    }

    /// Queries that together ask for all events that are named, each once.
    private var previews: [[(name: String, value: String)]] {
        let others = query.filter { $0.name != "event" }
        let events = Set(query.filter { $0.name == "event" }.map(\.value)).sorted()
        if events.isEmpty { return [others] }
        return stride(from: 0, to: events.count, by: Self.eventsAtOnce).map { start in
            others + events[start..<min(start + Self.eventsAtOnce, events.count)].map { (name: "event", value: $0) }
        }
    }

    /// Adds up what each part of the search finds.
    private func preview(from source: AdminSource, _ call: Invocation) throws -> ExitStatus {
        let most = try call.number("--limit", in: 1...1_000_000_000, standard: .max)
        var (deliveries, skipped) = (0, 0)
        for query in previews {
            var after = ""
            repeat {
                let place = after.isEmpty ? [] : [(name: "after", value: after)]
                let part = try JSONDocument.read(try source.get("/v1/replays/preview", query + place))
                deliveries += Int(part.text("deliveries")) ?? 0
                skipped += Int(part.text("skipped")) ?? 0
                after = part.text("next")
            } while !after.isEmpty && deliveries < most
        }
        deliveries = min(deliveries, most)
        if call.isOn("--json") {
            let (deliveries, skipped) = (deliveries, skipped)
            call.console.printJSON { json in
                json.object { json in
                    json.member("deliveries", deliveries)
                    json.member("skipped", skipped)
                }
            }
        } else {
            call.console.print(
                kind == "cancel"
                    ? "\(deliveries) would be given up, but for those that are being sent by then"
                    : "\(deliveries) would be sent again, \(skipped) passed over because they are pending")
        }
        return .success
    }
}

extension Command {
    static let eventsReplay = Command(
        "events replay", words: [.init(name: "[EVENT]...", meaning: "Events' ids: evt_…", count: 0...1000)],
        "send events again",
        about: """
            Makes new deliveries of events: the same bytes and the same webhook-id, signed with the current secret, to the \
            subscriber's current URL, marked with the header headgate-replay-of. Takes the events that are named, or the \
            deliveries that the flags select, of each event and subscriber the latest. What is still pending is passed \
            over and counted. The gateway works it off at the rate, also after a restart.
            """,
        flags: Selection.jobFlags,
        examples: [
            "headgate events replay --subscriber billing --state dead --since 1d",
            "headgate events replay --type 'payout.*' --since 2d --rate 20/s --dry-run",
            "headgate events replay evt_38fxvf8gt0000 --reason 'lost in their migration'",
        ]
    ) { call in try JobRequest("replay", events: call.words, call).run(call) }

    static let deliveriesRetry = Command(
        "deliveries retry", words: [.init(name: "[DELIVERY]", meaning: "A delivery's id: dlv_…-1", count: 0...1)],
        "requeue dead deliveries",
        about: """
            Makes a dead delivery due now, with its schedule from the beginning, to the URL that it was accepted for: the \
            one that is named, or those that the flags select, but for those that were discarded or cancelled.
            """,
        flags: Selection.jobFlags,
        examples: [
            "headgate deliveries retry dlv_38fxvf8gt0000-1",
            "headgate deliveries retry --subscriber billing --since 1d",
        ]
    ) { call in try one(or: "retry", call) }

    static let deliveriesCancel = Command(
        "deliveries cancel", words: [.init(name: "[DELIVERY]", meaning: "A delivery's id: dlv_…-1", count: 0...1)],
        "give up deliveries that wait",
        about: """
            Ends a delivery that is pending or held, which is dead then, and marked: the one that is named, or those that \
            the flags select. One that is being sent cannot be cancelled, and a job passes it over; pause its subscriber \
            first. What is held for a subscriber that is gone stays, whatever its age, until this is done.
            """,
        flags: Selection.jobFlags,
        examples: [
            "headgate deliveries cancel dlv_38fxvf8gt0000-1",
            "headgate deliveries cancel --subscriber old --state held --reason 'moved'",
        ]
    ) { call in try one(or: "cancel", call) }

    /// The delivery that is named, or a job for those that the flags select.
    private static func one(or kind: String, _ call: Invocation) throws -> ExitStatus {
        guard let id = call.words.first else { return try JobRequest(kind, events: [], call).run(call) }
        for filter in Selection.filters + [("--since", ""), ("--until", ""), ("--limit", ""), ("--dry-run", "")]
        where call.isOn(filter.flag) {
            throw CommandFailure("a delivery is named, so \(filter.flag) has no meaning; see -h", status: .usage)
        }
        return try change(id, kind, call)
    }

    static let replaysList = Command(
        "replays list", "list jobs of replays, retries and cancellations",
        about: "Lists what was ordered to be sent again or given up, and how far it is, the newest first.",
        flags: [Flag("--limit", "COUNT", standard: "50", "So many rows at most."), .json] + AdminSource.flags
    ) { call in
        try Listing("/v1/replays", call, filters: []).print(
            [
                (.init("job", isWhole: true), { $0.text("id") }), (.init("kind", isWhole: true), { $0.text("kind") }),
                (.init("state", isWhole: true), { $0.text("state") }),
                (.init("done", isNumber: true), { $0.text("done") }),
                (.init("skipped", isNumber: true), { $0.text("skipped") }),
                (.init("started", isWhole: true), { $0.time("startedAt") }),
                (.init("selection"), { $0.text("selection") }),
            ], call)
        return .success
    }

    static let replaysShow = Command(
        "replays show", words: [.init(name: "JOB", meaning: "A job's id: job_17")], "show a job and how far it is",
        about: "Shows a job of replays, retries or cancellations.", flags: [.json] + AdminSource.flags
    ) { call in
        let bytes = try AdminSource(call).get("/v1/replays/\(AdminSource.encoded(call.words[0]))")
        guard !call.isOn("--json") else {
            call.console.print(String(decoding: bytes, as: UTF8.self))
            return .success
        }
        let job = try JSONDocument.read(bytes)
        var card = TextCard()
        for (title, name) in [
            ("job", "id"), ("kind", "kind"), ("state", "state"), ("selection", "selection"), ("limit", "limit"),
            ("rate", "rate"), ("done", "done"), ("skipped", "skipped"), ("reached", "reached"),
            ("started", "startedAt"),
            ("ended", "endedAt"), ("by", "actor"), ("reason", "reason"),
        ] {
            card.add(title, job.text(name))
        }
        card.lines.forEach(call.console.print)
        return .success
    }

    static let replaysCancel = Command(
        "replays cancel", words: [.init(name: "JOB", meaning: "A job's id: job_17")], "end a job where it is",
        about: "Ends a job. What it did already stays done.",
        flags: [Selection.reason] + AdminSource.gatewayFlags
    ) { call in
        _ = try AdminSource(call).post("/v1/replays/\(AdminSource.encoded(call.words[0]))/cancel", call.reason)
        call.console.print("\(call.words[0]) cancelled")
        return .success
    }
}
