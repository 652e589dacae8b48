internal import Config

extension Command {
    static let deliveriesList = Command(
        "deliveries list", "list deliveries, those of the newest events first",
        about: "Lists what goes, went or could not go to which subscriber.",
        flags: [
            Flag("--route", "ROUTE", "Of this route."), Flag("--subscriber", "NAME", "Of this subscriber."),
            Flag("--state", "STATE", "pending, delivered, dead or held."),
        ] + Listing.flags + [.json] + AdminSource.flags,
        examples: [
            "headgate deliveries list --state dead --since 1d", "headgate deliveries list --subscriber billing --json",
        ]
    ) { call in
        let filters = [
            (flag: "--route", name: "route"), (flag: "--subscriber", name: "subscriber"),
            (flag: "--state", name: "state"),
        ]
        try Listing("/v1/deliveries", call, filters: filters).print(
            [
                (.init("delivery", isWhole: true), { $0.text("id") }),
                (.init("subscriber"), { "\($0.text("route"))/\($0.text("subscriber"))" }),
                (.init("state", isWhole: true), { $0.text("state") }),
                (.init("attempts", isNumber: true), { $0.text("attempts") }),
                (.init("last"), { Self.lastAnswer($0) }),
                (.init("due or done", isWhole: true), { $0.time($0.text("dueAt").isEmpty ? "settledAt" : "dueAt") }),
            ], call)
        return .success
    }
}
