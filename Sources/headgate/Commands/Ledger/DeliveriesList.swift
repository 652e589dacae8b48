internal import Config

extension Command {
    static let deliveriesList = Command(
        "deliveries list", "list deliveries, those of the newest events first",
        about: "Lists what goes, went or could not go to which subscriber.",
        flags: Selection.flags + Selection.searchFlags + Listing.flags + [.json] + AdminSource.flags,
        examples: [
            "headgate deliveries list --state dead --since 1d", "headgate deliveries list --subscriber billing --json",
        ]
    ) { call in
        try Listing("/v1/deliveries", call, filters: Selection.filters + Selection.searchFilters).print(
            [
                (.init("delivery", isWhole: true), { $0.text("id") }),
                (.init("subscriber"), { "\($0.text("route"))/\($0.text("subscriber"))" }),
                (.init("state", isWhole: true), { Self.state($0) }),
                (.init("attempts", isNumber: true), { $0.text("attempts") }),
                (.init("last"), { Self.lastAnswer($0) }),
                (.init("due or done", isWhole: true), { $0.time($0.text("dueAt").isEmpty ? "settledAt" : "dueAt") }),
            ], call)
        return .success
    }

    /// `dead, discarded`
    static func state(_ row: ConfigNode) -> String {
        [row.text("state"), row.text("closure")].filter { !$0.isEmpty }.joined(separator: ", ")
    }
}
