internal import Config

/// The flags that narrow deliveries, for lists and for jobs alike.
enum Selection {
    static let flags = [
        Flag("--route", "ROUTE", "Of this route."), Flag("--subscriber", "NAME", "Of this subscriber."),
        Flag("--type", "GLOB", "Of events of a type such as payment.*"),
        Flag("--state", "STATE", "pending, delivered, dead or held."),
        Flag("--outcome", "CLASS", "Whose last attempt ended so: http, connect, tls, timeout-after-send …"),
        Flag("--status", "CODE", "Whose last attempt was answered so: 503."),
    ]

    static let filters = [
        (flag: "--route", name: "route"), (flag: "--subscriber", name: "subscriber"), (flag: "--type", name: "type"),
        (flag: "--state", name: "state"), (flag: "--outcome", name: "outcome"), (flag: "--status", name: "status"),
    ]

    /// What else narrows lists: jobs do not read bodies.
    static let searchFlags = [
        Flag("--provider-event-id", "ID", "With this id of the provider's."),
        Flag("--source", "ADDRESS", "From this address or range."),
        Flag(
            "--text", "TEXT",
            "With this text in a header or the body (its first 64 KiB), from the beginning of a word on; '*TEXT': anywhere, by "
                + "reading."),
    ]

    static let searchFilters = [
        (flag: "--provider-event-id", name: "providerEventId"), (flag: "--source", name: "source"),
        (flag: "--text", name: "q"),
    ]

    static let since = Flag(
        "--since", "TIME", "Not before this: 2026-01-31T09:30:00Z, 2026-01-31, or how long ago, such as 3d.")
    static let until = Flag("--until", "TIME", "Before this.")
    static let reason = Flag("--reason", "TEXT", mayBeEmpty: true, "Why; kept in the ledger for ever.")

    /// Flags of a job.
    static let jobFlags =
        flags + [
            since, until, Flag("--limit", "COUNT", "So many deliveries at most."),
            Flag("--rate", "RATE", standard: "100/s", "So many deliveries in a second (20/s) or a minute (600/m)."),
            Flag("--dry-run", nil, "Count what would be done, and do nothing."), reason, .json,
        ] + AdminSource.flags
}

extension Invocation {
    /// What `--reason` says, as the API takes it.
    var reason: [(name: String, values: [String])] { text("--reason").map { [("reason", [$0])] } ?? [] }
}
