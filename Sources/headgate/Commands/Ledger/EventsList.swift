internal import Config

extension Command {
    static let eventsList = Command(
        "events list", "list events, the newest first",
        about: """
            Lists what was verified and kept. Of --subscriber, --state, --outcome and --status an event is shown when one of \
            its deliveries is like that. A search by text, source or type reads what the other flags leave, so name a time \
            in a large ledger.
            """,
        flags: Selection.flags + Selection.searchFlags + Listing.flags + [.json] + AdminSource.flags,
        examples: [
            "headgate events list --route hurupay --since 1h", "headgate events list --json --limit 1000",
            "headgate events list --since 2d --text cus_9s6XKzkNRiz8i3",
            "headgate events list --subscriber billing --state dead",
        ]
    ) { call in
        try Listing("/v1/events", call, filters: Selection.filters + Selection.searchFilters).print(
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
