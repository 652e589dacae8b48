internal import Admin
internal import Config
internal import Domain
internal import Net
internal import Telemetry

extension Command {
    static let tokensNew = Command(
        "tokens new", words: [tokenWord], "grant a token for the admin API",
        about: """
            Grants a token and prints it, this once: the ledger keeps a hash of it. A token is good for read, for operate \
            (which also pauses, replays, retries) or for admin (which also grants tokens). One for register is for somebody \
            outside: it registers URLs of its own at /v1/webhook and sees nothing else. With --route a token sees and \
            changes only what is of these routes. Its name stands in the record of what is done with it.
            """,
        flags: [
            Flag("--scope", "SCOPE", standard: "read", "register, read, operate or admin."),
            Flag("--route", "ROUTE", repeats: true, "The only route it reaches."),
            Flag("--expires", "TIME", "When it ends: 90d, or 2027-01-31T00:00:00Z; never when absent."),
            Selection.reason, .json,
        ] + AdminSource.gatewayFlags,
        examples: [
            "headgate tokens new grafana --scope read --expires 365d",
            "headgate tokens new support --scope operate --route hurupay --expires 30d",
            "headgate tokens new partner-a --scope register --route hurupay",
        ]
    ) { call in
        var members: [(name: String, values: [String])] = [
            ("name", [call.words[0]]), ("scope", [call.text("--scope") ?? "read"]),
        ]
        let routes = call.values.all("--route").map(\.text)
        if !routes.isEmpty { members.append(("route", routes)) }
        if let text = call.text("--expires") { members.append(("expires", [end(of: text)])) }
        let answer = try AdminSource(call).post("/v1/tokens", members + call.reason)
        if call.isOn("--json") {
            call.console.print(String(decoding: answer, as: UTF8.self))
        } else {
            // Alone on standard output, so that a script can keep it.
            call.console.print(try JSONDocument.read(answer).text("token"))
            call.console.complain("shown this once; hand it over as HEADGATE_ADMIN_TOKEN or Authorization: Bearer")
        }
        return .success
    }

    /// How long from now, or a time, which the gateway reads.
    private static func end(of text: String) -> String {
        Quantity.duration(text).map { (SystemClock().wall() + $0).rfc3339 } ?? text
    }

    static let tokensList = Command(
        "tokens list", "list who may use the admin API",
        about: "Lists every token that was ever granted, with its last use, the newest first.",
        flags: [.json] + AdminSource.flags
    ) { call in
        let rows = try JSONDocument.read(try AdminSource(call).get("/v1/tokens"))["data"]?.elements ?? []
        if call.isOn("--json") {
            for row in rows { call.console.printJSON { $0.value(row.value) } }
            return .success
        }
        var table = TextTable([
            .init("name"), .init("scope", isWhole: true), .init("state", isWhole: true), .init("routes"),
            .init("expires", isWhole: true), .init("last use", isWhole: true), .init("granted", isWhole: true),
            .init("by"),
        ])
        for row in rows {
            var routes = "all"
            if case .array(let names)? = row["routes"]?.value {
                routes = names.map { if case .string(let name) = $0 { name } else { "" } }.joined(separator: ", ")
            }
            table.add([
                row.text("name"), row.text("scope"), row.text("state"), routes,
                String(row.text("expiresAt").prefix(10)), row.time("usedAt"), row.time("grantedAt"),
                row.text("grantedBy"),
            ])
        }
        table.lines(width: call.console.width).forEach(call.console.print)
        return .success
    }

    static let tokensRevoke = Command(
        "tokens revoke", words: [tokenWord], "end a token",
        about: "Ends a token: the next request with it is refused. Its name is not given again.",
        flags: [Selection.reason] + AdminSource.gatewayFlags,
        examples: ["headgate tokens revoke support --reason 'left'"]
    ) { call in
        _ = try AdminSource(call).post("/v1/tokens/\(AdminSource.encoded(call.words[0]))/revoke", call.reason)
        call.console.print("\(call.words[0]) is revoked")
        return .success
    }

    private static let tokenWord = Word(name: "NAME", meaning: "The token's name: small letters, digits, . _ -")
}
