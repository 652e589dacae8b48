internal import Domain

/// How the API's description tells what is registered.
enum RegistrationShapes {
    /// Of a subscriber, as a route file has them. PATCH takes null for what is `.anything` here, and forgets it.
    static func members(required: Set<String>) -> [APIParameter] {
        let known: [(name: String, shape: APIShape, meaning: String)] = [
            ("route", .text(), "Whose events it gets; for good."),
            ("name", .text(), "Its name in the route; for good."),
            ("url", .text(), "Where it listens."), ("events", .anything, "Globs on the event's type; none means all."),
            (
                "secret", .anything,
                "whsec_…, or a list, all of which sign; null for the gateway's own. One is made when it is absent."
            ),
            ("sign", .anything, "A provider's form besides: as, secrets, key, set."),
            ("retry", .anything, "schedule, jitter, timeout, connectTimeout, permanent."),
            ("concurrency", .anything, "Sends at one time, at most \(Limits.concurrencyMost)."),
            ("rate", .anything, "Such as 100/s."), ("headers", .anything, "Of every request."),
            ("forward", .anything, "Globs on the provider's headers."), ("auth", .anything, "basic or bearer."),
            ("paused", .flag, "Hold what comes for it."),
        ]
        return known.map { APIParameter($0.name, $0.shape, $0.meaning, required: required.contains($0.name)) }
    }

    /// What refuses at the paths of `WebhookEndpoints`.
    static let refusal = APIShape.named(
        "WebhookRefusal", .object([.member("success", .flag), .member("message", .text(), "What is wrong.")]))
}
