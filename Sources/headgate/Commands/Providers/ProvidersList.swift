internal import Admin
internal import Config
internal import Domain
internal import Signatures

extension Command {
    static let providers = Command(
        "providers", "list the providers that are known by name",
        about: """
            Lists every preset that verify takes: how it is verified, where the signature stands, which secrets it needs, its \
            replay window and how much it proves; in a wide terminal also what tells duplicates apart, the answer, how long the \
            provider waits for it and how it tries again, and its documentation. A pipe gets everything. \
            headgate providers show NAME prints a route file to start from.
            """,
        flags: [.json],
        examples: ["headgate providers", "headgate providers show stripe > routes/stripe.json5"]
    ) { call in
        if call.isOn("--json") {
            for preset in byName {
                call.console.printJSON { json in json.object { ProviderCard(preset).write(to: &$0) } }
            }
            return .success
        }
        var columns: [(column: TextTable.Column, cell: (ProviderCard) -> String)] = [
            (.init("name", isWhole: true), \.preset.name), (.init("scheme"), \.scheme),
            (.init("signature in"), \.places),
            (.init("secrets"), { $0.secretNames.joined(separator: ", ") }),
            (.init("window", isWhole: true), { $0.window ?? "" }),
            (.init("proves", isWhole: true), \.outline.coverage.text),
        ]
        let width = call.console.width
        if width >= 120 { columns += [(.init("id"), { $0.preset.id ?? "" }), (.init("ack"), \.ack)] }
        if width >= 160 { columns += [(.init("waits"), \.waits), (.init("retries", least: 24), \.retries)] }
        // Most addresses are shorter, and a part of one leads nowhere.
        if width >= 240 { columns += [(.init("documentation", least: 64), \.docs)] }
        var table = TextTable(columns.map(\.column))
        for card in byName.map(ProviderCard.init) { table.add(columns.map { $0.cell(card) }) }
        table.lines(width: width).forEach(call.console.print)
        return .success
    }

    private static var byName: [Preset] { Preset.all.sorted { $0.name < $1.name } }
}
