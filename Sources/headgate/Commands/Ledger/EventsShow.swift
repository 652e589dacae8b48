internal import Config
internal import Domain

extension Command {
    static let eventsShow = Command(
        "events show", words: [.init(name: "EVENT", meaning: "An event's id: evt_…")],
        "show an event, its body and its deliveries",
        about: "Shows everything that the ledger knows of one event; with --json, the whole body too.",
        flags: [.json] + AdminSource.flags,
        examples: ["headgate events show evt_38fxvf8gt0000 --json"]
    ) { call in
        let source = try AdminSource(call)
        let path = "/v1/events/\(AdminSource.encoded(call.words[0]))"
        if call.isOn("--json") {
            call.console.print(String(decoding: try source.get(path), as: UTF8.self))
            return .success
        }
        let event = try JSONDocument.read(try source.get(path, [(name: "body", value: "start")]))
        show(event, on: call.console)
        return .success
    }

    private static func show(_ event: ConfigNode, on console: Console) {
        var card = TextCard()
        card.add("event", event.text("id"))
        card.add("route", event.text("route"))
        card.add("type", event.text("type"))
        card.add("provider's id", event.text("providerEventId"))
        card.add("received", event.text("receivedAt"))
        card.add("from", event.text("source"))
        let proof = event.text("provenBy")
        card.add("verified", event.text("verified") + (proof.isEmpty ? "" : " by \(proof)"))
        card.add("same id as", event.text("conflictsWith"))
        if let release = event["released"], !release.text("at").isEmpty {
            card.add(
                "released", "\(release.text("at")) by \(release.text("by")): \(release.text("reason"))")
        }
        card.add("body", "\(event.text("bodyBytes")) bytes, SHA-256 \(event.text("bodySha256"))")
        if let removed = event["removed"], case .object = removed.value {
            let words = [removed.text("how"), removed.text("actor"), removed.text("at"), removed.text("reason")]
            card.add("removed", words.filter { !$0.isEmpty }.joined(separator: ", "))
        }
        card.lines.forEach(console.print)

        console.print("\nHeaders")
        for line in headerLines(event["headers"]) { console.print("  " + line) }
        console.print("\nBody")
        for line in bodyLines(event["body"]) { console.print(line.isEmpty ? "" : "  " + line) }

        console.print("\nDeliveries")
        var table = TextTable([
            .init("delivery", isWhole: true), .init("subscriber"), .init("state", isWhole: true),
            .init("attempts", isNumber: true), .init("last"), .init("done", isWhole: true), .init("url"),
        ])
        for delivery in event["deliveries"]?.elements ?? [] {
            table.add([
                delivery.text("id"), delivery.text("subscriber"), delivery.text("state"), delivery.text("attempts"),
                lastAnswer(delivery), delivery.time("settledAt"), delivery.text("url"),
            ])
        }
        table.lines(width: console.width).forEach(console.print)
        let others = (event["notDeliveredTo"]?.elements ?? []).compactMap { node -> String? in
            if case .string(let name) = node.value { name } else { nil }
        }
        if !others.isEmpty {
            console.print("\nfiltered, or here only later: " + onOneLine(others.joined(separator: ", ")))
        }
    }

    static func headerLines(_ pairs: ConfigNode?) -> [String] {
        (pairs?.elements ?? []).compactMap { pair in
            guard case .array(let parts) = pair.value, case .string(let name)? = parts.first,
                case .string(let value)? = parts.last
            else { return nil }
            return onOneLine("\(name): \(value)")
        }
    }

    /// The start of a body as text, each line safe to show; of bytes that are none, only how many.
    static func bodyLines(_ body: ConfigNode?) -> [String] {
        guard let body else { return [] }
        guard case .string(let text)? = body["text"]?.value else {
            return ["\(body.text("size")) bytes that are no text; --json has them"]
        }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
            onOneLine(String(line).replacing("\t", with: "    "))
        }
        return text.utf8.count < Int(body.text("size")) ?? 0 ? lines + ["…"] : lines
    }

    /// `503`, or the outcome where no status was read.
    static func lastAnswer(_ delivery: ConfigNode) -> String {
        delivery.text("lastStatus").isEmpty ? delivery.text("lastOutcome") : delivery.text("lastStatus")
    }
}
