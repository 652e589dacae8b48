internal import Admin
internal import Config

extension Command {
    static let secretsList = Command(
        "secrets list", "list which secrets are used, and which may go",
        about: """
            Lists every secret that proves requests of a route (in) or signs for a subscriber (out): when it was used \
            last, how often, and what that says. A secret is told by its name and a fingerprint, never shown. Counted since \
            the gateway first had it; a crash loses the last two seconds. All live secrets of a subscriber sign, so only \
            the subscriber knows when an old one may go.
            """,
        flags: [
            Flag("--route", "ROUTE", "Of this route."), Flag("--subscriber", "NAME", "Of this subscriber."), .json,
        ] + AdminSource.gatewayFlags,
        examples: ["headgate secrets list --route hurupay"]
    ) { call in
        let query = [("--route", "route"), ("--subscriber", "subscriber")].compactMap { flag, name in
            call.text(flag).map { (name: name, value: $0) }
        }
        let rows = try JSONDocument.read(try AdminSource(call).get("/v1/secrets", query))["data"]?.elements ?? []
        if call.isOn("--json") {
            for row in rows { call.console.printJSON { $0.value(row.value) } }
            return .success
        }
        var table = TextTable([
            .init("way", isWhole: true), .init("of"), .init("secret"), .init("fingerprint", isWhole: true),
            .init("uses", isNumber: true), .init("last use", isWhole: true), .init("advice"),
        ])
        for row in rows {
            let subscriber = row.text("subscriber")
            table.add([
                row.text("direction"), row.text("route") + (subscriber.isEmpty ? "" : "/\(subscriber)"),
                row.text("secret"), row.text("fingerprint"), row.text("uses"), row.time("lastUsedAt"),
                row.text("advice"),
            ])
        }
        table.lines(width: call.console.width).forEach(call.console.print)
        return .success
    }
}
