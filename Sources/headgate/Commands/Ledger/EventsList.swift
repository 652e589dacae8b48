internal import Config

extension Command {
    static let eventsList = Command(
        "events list", "list events, the newest first",
        about: "Lists what was verified and kept.",
        flags: [
            Flag("--route", "ROUTE", "Of this route."), Flag("--type", "GLOB", "Of a type such as payment.*"),
            Flag("--provider-event-id", "ID", "With this id of the provider's."),
        ] + Listing.flags + [.json] + AdminSource.flags,
        examples: ["headgate events list --route hurupay --since 1h", "headgate events list --json --limit 1000"]
    ) { call in
        let filters = [
            (flag: "--route", name: "route"), (flag: "--type", name: "type"),
            (flag: "--provider-event-id", name: "providerEventId"),
        ]
        try Listing("/v1/events", call, filters: filters).print(
            [
                (.init("event", isWhole: true), { $0.text("id") }),
                (.init("received", isWhole: true), { $0.time("receivedAt") }),
                (.init("route"), { $0.text("route") }),
                (.init("type"), { $0.text("type") }),
                (.init("provider's id"), { $0.text("providerEventId") }),
                (.init("deliveries"), { Self.summary($0["deliveryCounts"]) }),
            ], call)
        return .success
    }

    /// `2 delivered, 1 dead`
    static func summary(_ counts: ConfigNode?) -> String {
        guard let counts else { return "" }
        return ["dead", "held", "pending", "delivered"].filter { !["", "0"].contains(counts.text($0)) }
            .map { "\(counts.text($0)) \($0)" }.joined(separator: ", ")
    }
}
