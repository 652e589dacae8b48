internal import Config

extension Command {
    static let subscribersPause = Command(
        "subscribers pause", words: [subscriberWord], "hold what comes in for a subscriber",
        about: """
            Sends nothing more to a subscriber: what is accepted for it is held, also through a restart, until it is resumed.
            """,
        flags: [Selection.reason] + AdminSource.gatewayFlags,
        examples: ["headgate subscribers pause hurupay/billing --reason 'database migration'"]
    ) { call in try changeSubscriber("pause", "paused", call) }

    static let subscribersResume = Command(
        "subscribers resume", words: [subscriberWord], "send a subscriber what was held, and what comes",
        about: """
            Sends again to a subscriber that was paused, or that was stopped because it answered 410: first what was held, \
            in the order in which it was due, at the subscriber's rate.
            """,
        flags: [Selection.reason] + AdminSource.gatewayFlags, examples: ["headgate subscribers resume hurupay/billing"]
    ) { call in try changeSubscriber("resume", "active", call) }

    private static let subscriberWord = Word(
        name: "ROUTE/NAME", meaning: "The subscriber and its route: hurupay/billing")

    private static func changeSubscriber(_ verb: String, _ state: String, _ call: Invocation) throws -> ExitStatus {
        let names = call.words[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard names.count == 2, !names.contains("") else {
            throw CommandFailure("\(quoted(call.words[0])) is no ROUTE/NAME; see -h", status: .usage)
        }
        let path = names.map(AdminSource.encoded).joined(separator: "/")
        let answer = try AdminSource(call).post("/v1/subscribers/\(path)/\(verb)", call.reason)
        let isNew = try JSONDocument.read(answer).text("changed") == "true"
        call.console.print("\(call.words[0]) is \(state)\(isNew ? "" : " already")")
        return .success
    }

    static let deliveriesDiscard = Command(
        "deliveries discard", words: [deliveryWord], "mark a dead delivery as given up",
        about: "Marks a dead delivery, so that no job takes it up again.",
        flags: [Selection.reason] + AdminSource.gatewayFlags,
        examples: ["headgate deliveries discard dlv_38fxvf8gt0000-1 --reason 'refunded by hand'"]
    ) { call in try change(call.words[0], "discard", call) }

    static let deliveriesSendNow = Command(
        "deliveries send-now", words: [deliveryWord], "send a pending delivery without waiting for its time",
        about: "Makes a pending delivery due now. Its schedule goes on from there.",
        flags: [Selection.reason] + AdminSource.gatewayFlags
    ) { call in try change(call.words[0], "send-now", call) }

    private static let deliveryWord = Word(name: "DELIVERY", meaning: "A delivery's id: dlv_…-1")

    static func change(_ id: String, _ verb: String, _ call: Invocation) throws -> ExitStatus {
        _ = try AdminSource(call).post("/v1/deliveries/\(AdminSource.encoded(id))/\(verb)", call.reason)
        let done = [
            "retry": "is due now", "send-now": "is due now", "discard": "is discarded", "cancel": "is cancelled",
        ]
        call.console.print("\(id) \(done[verb] ?? verb)")
        return .success
    }

    static let actionsList = Command(
        "actions list", "list what operators did, the latest first",
        about: """
            Lists every change that was ordered: when, by which token, why, and what became of it; also who was refused.
            """,
        flags: [
            Flag("--action", "KIND", "Of this kind: pause, replay, grant-token, refuse …"),
            Flag("--actor", "NAME", "By this token; admin is the one of the settings."),
            Flag("--target", "GLOB", "Of a target such as hurupay/*."),
        ] + Listing.flags + [.json] + AdminSource.flags,
        examples: ["headgate actions list --actor support --since 7d"]
    ) { call in
        let filters = [("--action", "action"), ("--actor", "actor"), ("--target", "target")]
        try Listing("/v1/actions", call, filters: filters.map { (flag: $0.0, name: $0.1) }).print(
            [
                (.init("no", isNumber: true), { $0.text("id") }), (.init("at", isWhole: true), { $0.time("at") }),
                (.init("by"), { $0.text("actor") }), (.init("action", isWhole: true), { $0.text("action") }),
                (.init("of"), { $0.text("target") }), (.init("done", isNumber: true), done),
                (.init("reason"), { $0.text("reason") }),
            ], call)
        return .success
    }

    /// What is removed for its age is no delivery, and not counted in the action that announces it.
    private static func done(_ action: ConfigNode) -> String {
        ["remove-events", "remove-bodies"].contains(action.text("action")) ? "" : action.text("done")
    }
}
