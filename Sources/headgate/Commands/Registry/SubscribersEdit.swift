internal import Admin
internal import Config

extension Command {
    static let subscribersAdd = Command(
        "subscribers add", words: [placeWord, Word(name: "URL", meaning: "Where it listens: https://…")],
        "register a subscriber with the running gateway",
        about: """
            Registers a subscriber of a route, as a route file would; it gets events from now on, also after a restart. \
            Without --secret one is made, sealed with the gateway's --ledger-key, and printed once. The same command again \
            changes nothing; with other flags it is refused.
            """,
        flags: SubscriberFlags.all + [
            Flag("--shared-secret", nil, "Sign with the gateway's own secret instead of one of its own."),
            Flag("--idempotency-key", "KEY", "The same key again finds what the first one made."),
            Selection.reason, .json,
        ] + AdminSource.gatewayFlags,
        examples: [
            "headgate subscribers add hurupay/audit https://audit.example/ --event 'pay*.*'",
            "headgate subscribers add hurupay/audit https://audit.example/ --secret env:KEY",
        ]
    ) { call in
        let place = try place(of: call)
        let members =
            [("route", .string(place.route)), ("name", .string(place.name)), ("url", .string(call.words[1]))]
            + (try SubscriberFlags.members(call))
            + (call.isOn("--shared-secret") ? [("secret", .null)] : [])
        let fields = call.text("--idempotency-key").map { ["Idempotency-Key: \($0)"] } ?? []
        let answer = try AdminSource(call).send("POST", "/v1/subscribers", call, .object(members), fields)
        if !call.isOn("--json"), case let secret = try JSONDocument.read(answer).text("secret"), !secret.isEmpty {
            call.console.print("\(call.words[0]) is registered; its secret, shown once:")
            call.console.print(secret)
            return .success
        }
        return try report(answer, "is registered", call)
    }

    static let subscribersSet = Command(
        "subscribers set", words: [placeWord], "change a registered subscriber",
        about: """
            Changes what is named and leaves the rest. What is pending keeps the URL that it was accepted for. Subscribers of \
            route files are changed there.
            """,
        flags: SubscriberFlags.all + [
            Flag("--url", "URL", "Where it listens."),
            Flag("--unset", "MEMBER", repeats: true, "Forget this: events, rate, retry, secret, headers …"),
            Flag("--if-version", "NUMBER", "Only when this is still its version, as subscribers show tells it."),
            Selection.reason, .json,
        ] + AdminSource.gatewayFlags,
        examples: [
            "headgate subscribers set hurupay/audit --url https://audit.example/v2",
            "headgate subscribers set hurupay/audit --secret env:NEW --secret env:OLD",
        ]
    ) { call in
        let place = try place(of: call)
        let members =
            (try SubscriberFlags.members(call)) + (call.text("--url").map { [("url", .string($0))] } ?? [])
            + call.values.all("--unset").map { ($0.text, ConfigValue.null) }
        guard !members.isEmpty else { throw CommandFailure("say what is to change; see -h", status: .usage) }
        let fields = call.text("--if-version").map { ["If-Match: \"\($0)\""] } ?? []
        let answer = try AdminSource(call).send("PATCH", place.path, call, .object(members), fields)
        return try report(answer, "is changed", call)
    }

    static let subscribersRemove = Command(
        "subscribers remove", words: [placeWord], "take a registered subscriber away",
        about: """
            Nothing more is accepted for it. What is pending for it stays in the ledger, held: deliveries list shows it, \
            deliveries cancel gives it up, and it goes on when a subscriber of this name is registered again.
            """,
        flags: [Selection.reason, .json] + AdminSource.gatewayFlags,
        examples: ["headgate subscribers remove hurupay/audit --reason 'moved to billing'"]
    ) { call in
        let (source, place) = (try AdminSource(call), try place(of: call))
        let answer = try source.send("DELETE", place.path, call, nil, [])
        let status = try report(answer, "is removed", call)
        if !call.isOn("--json"), let held = try held(for: place.name, of: place.route, source) {
            call.console.print(
                """
                deliveries that stay held: \(held); to give them up: headgate deliveries cancel --route \(place.route) --subscriber \
                \(place.name) --state held
                """)
        }
        return status
    }

    /// Nil when nothing is.
    private static func held(for name: String, of route: String, _ source: AdminSource) throws -> String? {
        let rows = try JSONDocument.read(try source.get("/v1/subscribers", [(name: "route", value: route)]))["data"]
        let count = rows?.elements.first { $0.text("name") == name }?["deliveryCounts"]?.text("held")
        return count == "0" ? nil : count
    }

    static let subscribersShow = Command(
        "subscribers show", words: [placeWord], "show one subscriber",
        about: "Shows a subscriber as it is registered; of its secrets only how many there are.",
        flags: [.json] + AdminSource.flags, examples: ["headgate subscribers show hurupay/audit"]
    ) { call in
        try call.console.show(try AdminSource(call).get(try place(of: call).path), asJSON: call.isOn("--json"))
        return .success
    }

    private static let placeWord = Word(name: "ROUTE/NAME", meaning: "The subscriber and its route: hurupay/billing")

    private static func report(_ answer: [UInt8], _ done: String, _ call: Invocation) throws -> ExitStatus {
        if call.isOn("--json") {
            let row = try JSONDocument.read(answer)
            call.console.printJSON { $0.value(row.value) }
        } else {
            call.console.print("\(call.words[0]) \(done)")
        }
        return .success
    }

    private static func place(of call: Invocation) throws -> (route: String, name: String, path: String) {
        let names = call.words[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard names.count == 2, !names.contains("") else {
            throw CommandFailure("\(quoted(call.words[0])) is no ROUTE/NAME; see -h", status: .usage)
        }
        return (names[0], names[1], "/v1/subscribers/" + names.map(AdminSource.encoded).joined(separator: "/"))
    }
}
