internal import Admin
internal import Config

extension Command {
    static let subscribersList = Command(
        "subscribers list", "list subscribers and what waits for them",
        about: """
            Lists every subscriber of the routes, and those that are gone from them and still have deliveries in the ledger.
            """,
        flags: [Flag("--all", nil, "Those that are gone without any delivery, too."), .json] + AdminSource.flags
    ) { call in
        let known = try JSONDocument.read(try AdminSource(call).get("/v1/subscribers"))["data"]?.elements ?? []
        let rows = known.filter {
            call.isOn("--all") || $0.text("gone") != "true" || !summary($0["deliveryCounts"]).isEmpty
        }
        if call.isOn("--json") {
            for row in rows { call.console.printJSON { $0.value(row.value) } }
            return .success
        }
        var table = TextTable([
            .init("route"), .init("subscriber"), .init("state", isWhole: true), .init("deliveries"), .init("why"),
            .init("url"),
        ])
        for row in rows {
            let state = row.text("gone") == "true" ? "gone" : row.text("paused").isEmpty ? "active" : "paused"
            table.add([
                row.text("route"), row.text("name"), state, summary(row["deliveryCounts"]), row.text("paused"),
                row.text("url"),
            ])
        }
        table.lines(width: call.console.width).forEach(call.console.print)
        return .success
    }
}
