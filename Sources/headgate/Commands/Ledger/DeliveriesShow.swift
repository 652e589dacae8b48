internal import Config
internal import Domain

extension Command {
    static let deliveriesShow = Command(
        "deliveries show", words: [.init(name: "DELIVERY", meaning: "A delivery's id: dlv_…-1")],
        "show a delivery and each of its attempts",
        about: "Shows everything that the ledger knows of one delivery.",
        flags: [.json] + AdminSource.flags,
        examples: ["headgate deliveries show dlv_38fxvf8gt0000-1"]
    ) { call in
        let bytes = try AdminSource(call).get("/v1/deliveries/\(AdminSource.encoded(call.words[0]))")
        if call.isOn("--json") {
            call.console.print(String(decoding: bytes, as: UTF8.self))
        } else {
            show(try JSONDocument.read(bytes), on: call.console)
        }
        return .success
    }

    private static func show(_ delivery: ConfigNode, on console: Console) {
        var card = TextCard()
        card.add("delivery", delivery.text("id"))
        card.add("event", delivery.text("event"))
        card.add("type", delivery.text("eventType"))
        card.add("route", delivery.text("route"))
        card.add("subscriber", delivery.text("subscriber"))
        card.add("url", delivery.text("url"))
        card.add("state", state(delivery))
        card.add("replay of", delivery.text("replayOf"))
        card.add("received", delivery.text("receivedAt"))
        card.add("due", delivery.text("dueAt"))
        card.add("settled", delivery.text("settledAt"))
        card.lines.forEach(console.print)

        let attempts = delivery["history"]?.elements ?? []
        guard !attempts.isEmpty else { return }
        console.print("\nAttempts")
        var table = TextTable([
            .init("no", isNumber: true), .init("started", isWhole: true), .init("took ms", isNumber: true),
            .init("outcome", isWhole: true), .init("status", isNumber: true), .init("address"),
        ])
        for attempt in attempts {
            table.add([
                attempt.text("number"), attempt.time("startedAt"), attempt.text("tookMs"), attempt.text("outcome"),
                attempt.text("status"), attempt.text("address"),
            ])
        }
        table.lines(width: console.width).forEach(console.print)
        console.print("\nLast answer")
        for line in bodyLines(attempts.last?["response"]) { console.print(line.isEmpty ? "" : "  " + line) }
    }
}
