internal import Config
internal import Domain
internal import Net
internal import Telemetry

/// What a demonstration shows, as tables.
struct DemoReport {
    /// One sample.
    struct Sent {
        let route: String
        /// As signed.
        let body: [UInt8]
        var answer: HTTPExchange.Answer?
        var problem = ""

        var isAccepted: Bool { answer.map { (200...299).contains($0.status) } ?? false }
    }

    /// One request as a subscriber got it.
    struct Received {
        let request: HeardRequest
        let address: SocketAddress
        /// Byte for byte what was sent to the route.
        let isIdentical: Bool

        init(_ request: HeardRequest, at address: SocketAddress, sent: [Sent]) {
            self.request = request
            self.address = address
            isIdentical = sent.contains { $0.route == request.route && $0.body == request.body }
        }

        var isWell: Bool { isIdentical && request.signature == .valid }
    }

    private let console: Console

    init(_ console: Console) { self.console = console }

    func begin(_ demo: Demonstration) {
        var card = TextCard()
        card.add("intake", demo.intake)
        card.add("admin", demo.admin)
        card.add("subscribers", demo.routes.subscribers.map { "http://\($0.text)" }.joined(separator: ", "))
        card.lines.forEach(console.print)
    }

    func show(_ sent: [Sent]) {
        title("Sent to each route, signed as its provider would")
        var table = TextTable([
            .init("route"), .init("bytes", isNumber: true), .init("answer", isNumber: true),
            .init("after ms", isNumber: true),
            .init("body of the answer"),
        ])
        for one in sent {
            let after = one.answer.map { "\($0.took.microseconds / 1000).\($0.took.microseconds % 1000 / 100)" } ?? ""
            table.add([
                one.route, "\(one.body.count)", one.answer.map { "\($0.status)" } ?? "", after,
                one.answer?.text ?? one.problem,
            ])
        }
        show(table)
    }

    func show(_ received: [Received]) {
        title("Received by the subscribers")
        var table = TextTable([
            .init("subscriber"), .init("event", isWhole: true), .init("type"), .init("attempt", isNumber: true),
            .init("signature"), .init("body"),
        ])
        for one in received.sorted(by: { ($0.request.id, $0.address.port) < ($1.request.id, $1.address.port) }) {
            let body = one.isIdentical ? "identical" : "NOT what was sent"
            table.add([
                ":\(one.address.port)\(one.request.path)", one.request.id, one.request.type, one.request.attempt,
                one.request.signature.text, body,
            ])
        }
        show(table)
    }

    /// What this run put there.
    func showLedger(_ source: AdminSource, since: WallTime) throws {
        let query = [(name: "since", value: since.rfc3339), (name: "limit", value: "1000")]
        title("The ledger: events")
        var events = TextTable([
            .init("event", isWhole: true), .init("route"), .init("provider's id"), .init("verified"),
            .init("deliveries"),
        ])
        for row in try rows("/v1/events", query, source) {
            events.add([
                row.text("id"), row.text("route"), row.text("providerEventId"), row.text("verified"),
                Command.summary(row["deliveryCounts"]),
            ])
        }
        show(events)
        title("The ledger: deliveries")
        var deliveries = TextTable([
            .init("delivery", isWhole: true), .init("route"), .init("subscriber"), .init("state", isWhole: true),
            .init("attempts", isNumber: true), .init("last", isNumber: true),
        ])
        for row in try rows("/v1/deliveries", query, source) {
            deliveries.add([
                row.text("id"), row.text("route"), row.text("subscriber"), row.text("state"), row.text("attempts"),
                Command.lastAnswer(row),
            ])
        }
        show(deliveries)
    }

    private func rows(
        _ path: String, _ query: [(name: String, value: String)], _ source: AdminSource
    ) throws -> [ConfigNode] {
        try JSONDocument.read(source.get(path, query))["data"]?.elements ?? []
    }

    private func title(_ text: String) { console.print("\n\(text)\n") }
    private func show(_ table: TextTable) { table.lines(width: console.width - 2).forEach { console.print("  " + $0) } }
}
