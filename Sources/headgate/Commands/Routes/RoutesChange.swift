internal import Admin
internal import Config

extension Command {
    static let routesList = Command(
        "routes list", "list routes as they are now",
        about: """
            Lists every route with what its file says and what was changed of it since: whether it takes events, from \
            which addresses, how many credentials it has.
            """,
        flags: [.json] + AdminSource.gatewayFlags
    ) { call in
        let rows = try JSONDocument.read(try AdminSource(call).get("/v1/routes"))["data"]?.elements ?? []
        if call.isOn("--json") {
            for row in rows { call.console.printJSON { $0.value(row.value) } }
            return .success
        }
        var table = TextTable([
            .init("route"), .init("path"), .init("preset"), .init("state", isWhole: true),
            .init("credentials", isNumber: true), .init("addresses"), .init("reason"),
        ])
        for row in rows {
            let addresses = row.strings("allow").joined(separator: ", ")
            table.add([
                row.text("name"), row.text("path"), row.text("preset"), row.text("state"), row.text("credentials"),
                addresses.isEmpty ? "any" : addresses, row.text("reason"),
            ])
        }
        table.lines(width: call.console.width).forEach(call.console.print)
        return .success
    }

    static let routesShow = Command(
        "routes show", words: [routeWord], "show one route as it is now",
        about: "Shows a route with what was changed of it beside its file.",
        flags: [.json] + AdminSource.gatewayFlags, examples: ["headgate routes show hurupay"]
    ) { call in
        try call.console.show(try AdminSource(call).get(path(of: call)), asJSON: call.isOn("--json"))
        return .success
    }

    static let routesDisable = Command(
        "routes disable", words: [routeWord], "take nothing on a route until it is enabled",
        about: """
            Answers every request on the route with 503 and Retry-After, and keeps nothing of it: providers that send \
            again do so for hours to days; GitHub never does by itself, and some stop a webhook that fails for days. What \
            was accepted before goes on to subscribers. It lasts through reloads and restarts. To take events and hold \
            them, pause the subscribers instead.
            """,
        flags: [Selection.reason] + AdminSource.gatewayFlags,
        examples: ["headgate routes disable hurupay --reason 'key leaked'"]
    ) { call in try switchRoute("disable", "disabled", call) }

    static let routesEnable = Command(
        "routes enable", words: [routeWord], "take events on a route again",
        about: "Takes events on a route that was disabled, from the answer on.",
        flags: [Selection.reason] + AdminSource.gatewayFlags, examples: ["headgate routes enable hurupay"]
    ) { call in try switchRoute("enable", "enabled", call) }

    static let routesAllow = Command(
        "routes allow",
        words: [routeWord, Word(name: "[RANGE]...", meaning: "Addresses that may send.", count: 0...1024)],
        "set the addresses that may send to a route",
        about: """
            Puts these addresses and ranges in place of those of the route's file, from the answer on, through reloads and \
            restarts. They count beside the signature, never instead of it. With --as-written the file's count again. \
            Any address is 0.0.0.0/0 and ::/0.
            """,
        flags: [
            Flag("--as-written", nil, "Those of the route's file again."),
            Flag("--if-version", "NUMBER", "Only when this is still its version, as routes show tells it."),
            Selection.reason,
        ] + AdminSource.gatewayFlags,
        examples: [
            "headgate routes allow hurupay 203.0.113.0/24 2001:db8::/32",
            "headgate routes allow hurupay --as-written",
        ]
    ) { call in
        let ranges = call.words.dropFirst()
        guard ranges.isEmpty == call.isOn("--as-written") else {
            throw CommandFailure("name the addresses, or give --as-written; see -h", status: .usage)
        }
        let allow: ConfigValue = ranges.isEmpty ? .null : .array(ranges.map { .string($0) })
        let fields = call.text("--if-version").map { ["If-Match: \"\($0)\""] } ?? []
        let answer = try AdminSource(call).send(
            "PUT", path(of: call) + "/addresses", call, .object([("allow", allow)]), fields)
        let isNew = try JSONDocument.read(answer).text("changed") == "true"
        let who = ranges.isEmpty ? "those of its file" : ranges.joined(separator: ", ")
        call.console.print("\(call.words[0]) admits \(who)\(isNew ? "" : " already")")
        return .success
    }

    private static let routeWord = Word(name: "ROUTE", meaning: "The route: its file's name")

    private static func path(of call: Invocation) -> String { "/v1/routes/" + AdminSource.encoded(call.words[0]) }

    private static func switchRoute(_ verb: String, _ state: String, _ call: Invocation) throws -> ExitStatus {
        let answer = try AdminSource(call).post("\(path(of: call))/\(verb)", call.reason)
        let isNew = try JSONDocument.read(answer).text("changed") == "true"
        call.console.print("\(call.words[0]) is \(state)\(isNew ? "" : " already")")
        return .success
    }
}

extension ConfigNode {
    /// The texts of a list of strings; none when it is absent.
    func strings(_ key: String) -> [String] {
        guard case .array(let values)? = self[key]?.value else { return [] }
        return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
}
